import { assert } from '../base/assert.ts';
import { type Fault, fault } from '../base/fault.ts';
import type { EmbeddingReply } from '../call/embedding.ts';
import { usageOf } from '../call/usage.ts';
import { priceAtInstant } from '../catalog/price.ts';
import type { Plan } from '../facts/plan.ts';
import type { Receipt } from '../facts/receipt.ts';
import type { Target } from '../facts/target.ts';
import type { Hold, HoldBounds } from '../ledger/ledger.ts';
import { isBelievableOf } from '../metering/believable.ts';
import { billFor, NO_BILL } from '../metering/cost.ts';
import { estimateInputs } from '../metering/estimate.ts';
import { exposuresOfInputs } from '../metering/exposure.ts';
import { asMessages, type Seen, withPieces } from '../metering/pieces.ts';
import { plan } from '../router/plan.ts';
import { embeddingErrand } from '../upstream/embedding-errand.ts';
import { passedOn } from '../upstream/passed-on.ts';
import { type RunOutcome, startRun } from '../upstream/run.ts';
import { allowanceOf, boundsOf } from './allowance.ts';
import { withAvailability } from './availability.ts';
import type { Counted, Ended } from './ending.ts';
import type { Gateway } from './gateway.ts';
import { holdRequestOf } from './hold.ts';
import { withOverrun } from './overrun.ts';
import { embeddingQuestionOf, modelsOf } from './question.ts';
import { aboutOf, type EmbeddingRequest, receiptOf } from './receipt.ts';

export type EmbeddingResult =
  | {
      readonly kind: 'replied';
      readonly reply: EmbeddingReply;
      readonly target: Target;
      readonly receipt: Receipt;
    }
  | { readonly kind: 'failed'; readonly fault: Fault };

/**
 * The life of a call for embeddings: plan, hold, run, settle, receipt, as of any call. It runs to its end and is settled
 * whether the client stays or not; it rejects only where the settlement itself cannot be stored.
 */
export async function embed(gateway: Gateway, request: EmbeddingRequest): Promise<EmbeddingResult> {
  const catalog = gateway.catalog();
  const seed = Math.floor(gateway.world.random() * 2 ** 32);
  const sizes = estimateInputs(request.call);
  const promptTokens = sizes.reduce((sum, size) => sum + size, 0);
  const surroundings = { catalog, enabled: gateway.enabled(), health: gateway.health.view(), seed };
  const decided = plan(embeddingQuestionOf(request.call, { ...surroundings, promptTokens: Math.max(...sizes) }));
  if (decided.fault) return { kind: 'failed', fault: decided.fault };
  const about = aboutOf(request, { operation: 'embeddings', catalogVersion: catalog.version, seed });
  const exposed = { exposures: exposuresOfInputs(request.call), call: null };
  const bounds = (): HoldBounds => boundsOf(decided, exposed, 1);
  const hold = await gateway.ledger.hold(
    holdRequestOf(request, about, decided, { promptTokens, outputTokens: 0, bounds }),
  );
  if ('code' in hold) return { kind: 'failed', fault: hold };
  const limit = hold.limit();
  const paidFor = limit === null ? decided : allowanceOf(decided, exposed, limit).plan;
  const outcome = await runHeld(gateway, request, paidFor, hold);
  const ended = endingOf(outcome, promptTokens, {
    messages: asMessages(request.call.inputs),
    receivedAt: request.receivedAt,
    endedAt: gateway.world.elapsed(),
  });
  const receipt = withOverrun(gateway, receiptOf(request, about, outcome, ended), hold);
  await (ended.state === 'failed' ? hold.release(receipt) : hold.settle(receipt));
  if (outcome.kind !== 'replied')
    return { kind: 'failed', fault: withAvailability(ended.fault ?? SERVER, modelsOf(request.call)) };
  const reply = { ...outcome.reply, usage: ended.usage, bill: ended.bill };
  return { kind: 'replied', reply, target: outcome.target, receipt };
}

const SERVER = fault('server', 'Internal Server Error');

function runHeld(
  gateway: Gateway,
  request: EmbeddingRequest,
  decided: Plan,
  hold: Hold,
): Promise<RunOutcome<EmbeddingReply>> {
  return new Promise((resolve) => {
    let interruption: Fault | null = null;
    const done = (outcome: RunOutcome<EmbeddingReply>): void =>
      resolve(interruption ? { ...outcome, kind: 'failed', fault: interruption } : outcome);
    const run = startRun(
      gateway.upstream,
      {
        errand: passedOn(embeddingErrand(gateway, request.call), request),
        plan: decided,
        who: request.caller.keyId,
      },
      { dispatched: ({ endpoint }) => hold.dispatched(endpoint.id), events: () => {}, done },
    );
    hold.interrupt = (reason) => {
      interruption = reason;
      run.cancel();
    };
    hold.durable.catch((cause) => {
      gateway.log('an intent could not be stored', cause);
      run.cancel();
    });
  });
}

/** A vendor that counts nothing, or what cannot be, is charged for by our estimate, which the usage says. */
function endingOf(
  outcome: RunOutcome<EmbeddingReply>,
  promptTokens: number,
  { messages, receivedAt, endedAt }: Pick<Counted, 'receivedAt' | 'endedAt'> & Pick<Seen, 'messages'>,
): Ended {
  assert(outcome.kind !== 'streamed' && outcome.kind !== 'broken', 'embeddings are not streamed');
  const estimate = usageOf({ input: promptTokens, source: 'estimate' });
  const common = { finish: null, serviceTier: null, firstContentAt: null, endedAt };
  if (outcome.kind === 'replied') {
    const { target, reply } = outcome;
    const told = reply.usage && isBelievableOf(reply.usage, promptTokens) ? reply.usage : estimate;
    const usage = withPieces(told, target.endpoint.price, { messages, images: 0, textTokens: () => 0 });
    return {
      ...common,
      state: 'completed',
      target,
      usage,
      bill: billFor(usage, priceAtInstant(target.endpoint.price, receivedAt)),
      fault: null,
    };
  }
  const value = outcome.kind === 'failed' ? outcome.fault : SERVER;
  return { ...common, state: 'failed', target: null, usage: estimate, bill: NO_BILL, fault: value };
}
