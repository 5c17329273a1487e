import { type Fault, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Plan } from '../facts/plan.ts';
import type { Hold, HoldBounds } from '../ledger/ledger.ts';
import { estimatePrompt } from '../metering/estimate.ts';
import { answersOf, exposuresOf } from '../metering/exposure.ts';
import { plan } from '../router/plan.ts';
import { chatErrand } from '../upstream/chat-errand.ts';
import { echoOf } from '../upstream/echo.ts';
import { passedOn } from '../upstream/passed-on.ts';
import { type Run, type RunOutcome, startRun } from '../upstream/run.ts';
import { allowanceOf, boundsOf } from './allowance.ts';
import { withAvailability } from './availability.ts';
import type { Completion, CompletionContext, CompletionListener, CompletionResult } from './completion.ts';
import { createDelivery, type Delivery } from './delivery.ts';
import { type Ended, endingOf, lastEvents } from './ending.ts';
import type { Gateway } from './gateway.ts';
import { goesOn, restOf } from './go-on.ts';
import { holdRequestOf } from './hold.ts';
import { withOverrun } from './overrun.ts';
import { modelsOf, questionOf } from './question.ts';
import { aboutOf, type CompletionRequest, receiptOf } from './receipt.ts';

const IDLE: Completion = { pause: () => {}, resume: () => {}, cancel: () => {} };
const NO_RUN: Run = IDLE;

/** The life of a call: plan, hold, run, meter, settle, receipt. Captures catalogue and clock once. */
export function complete(gateway: Gateway, request: CompletionRequest, listener: CompletionListener): Completion {
  const catalog = gateway.catalog();
  const seed = Math.floor(gateway.world.random() * 2 ** 32);
  const promptTokens = estimatePrompt(request.call);
  const surroundings = { catalog, enabled: gateway.enabled(), health: gateway.health.view(), seed, promptTokens };
  const decided = plan(questionOf(request.call, surroundings));
  if (decided.fault) {
    listener.done({ kind: 'failed', fault: decided.fault });
    return IDLE;
  }
  const held = heldOutput(request, decided);
  const about = aboutOf(request, { operation: 'chat', catalogVersion: catalog.version, seed });
  const exposed = { exposures: exposuresOf(request.call, promptTokens), call: request.call };
  const bounds = (): HoldBounds => boundsOf(decided, exposed, goesOn(gateway, request) ? 2 : 1);
  const hold = gateway.ledger.hold(
    holdRequestOf(request, about, decided, { promptTokens, outputTokens: held * answersOf(request.call), bounds }),
  );
  const context = { gateway, request, listener, decided, exposed, promptTokens, held, about };
  return hold instanceof Promise ? runWhenHeld(context, hold) : runHeld(context, hold);
}

function runWhenHeld(context: CompletionContext, hold: Promise<Hold | Fault>): Completion {
  let running: Completion | null = null;
  let cancelled = false;
  hold.then(
    (value) => {
      running = runHeld(context, value);
      if (cancelled) running.cancel();
    },
    (cause) => failInside(context, cause),
  );
  return {
    pause: () => running?.pause(),
    resume: () => running?.resume(),
    cancel: () => {
      cancelled = true;
      running?.cancel();
    },
  };
}

function runHeld(context: CompletionContext, hold: Hold | Fault): Completion {
  const { gateway, request, listener, decided } = context;
  if ('code' in hold) {
    listener.done({ kind: 'failed', fault: hold });
    return IDLE;
  }
  let run: Run | null = null;
  const current = (): Run => run ?? NO_RUN;
  let asked: Endpoint | null = null;
  const limit = hold.limit();
  const allowance = limit === null ? null : allowanceOf(decided, context.exposed, limit);
  const delivery = createDelivery(context, { hold, allowance, run: current });
  const rest = goesOn(gateway, request) ? restOf(context, delivery, allowance) : undefined;
  run = startRun(
    gateway.upstream,
    {
      errand: passedOn(chatErrand(gateway, request.call, { limited: allowance?.limited, rest }), request),
      plan: allowance?.plan ?? decided,
      who: request.caller.keyId,
      stopsOnRefusal: (request.call.gateway.onRefusal ?? gateway.defaults.onRefusal) === 'stop',
    },
    {
      dispatched: ({ endpoint }, prepared) => {
        asked = endpoint;
        hold.dispatched(endpoint.id);
        if (listener.echo) listener.echo(echoOf(prepared));
      },
      events: delivery.events,
      cut: delivery.cut,
      done: (outcome) => settle(context, hold, delivery, outcome),
    },
  );
  hold.interrupt = delivery.interrupt;
  hold.durable.then(delivery.stored, (cause) => {
    gateway.log('an intent could not be stored', cause);
    current().cancel();
  });
  const cancel = (): void => {
    if (!request.call.stream && !stopsWithClient(asked)) return;
    delivery.abandon();
    current().cancel();
  };
  return { pause: delivery.pause, resume: delivery.resume, cancel };
}

/** A whole answer is paid for once it is asked for, so it is heard out; of a server on this machine only time would be lost. */
const stopsWithClient = (endpoint: Endpoint | null): boolean => endpoint?.provider.local === true;

/** Commits what happened, then lets the last of the answer out. */
function settle(context: CompletionContext, hold: Hold, delivery: Delivery, outcome: RunOutcome): void {
  const ended = endingOf(outcome, delivery.counted());
  const { gateway, about, request, listener } = context;
  const receipt = withOverrun(gateway, receiptOf(request, about, outcome, ended), hold);
  const committed = ended.state === 'failed' ? hold.release(receipt) : hold.settle(receipt);
  committed.then(
    () => {
      listener.settled(receipt);
      listener.done(deliver(context, delivery, outcome, ended));
    },
    (cause) => failInside(context, cause, delivery),
  );
}

function deliver(
  { request: { call } }: CompletionContext,
  delivery: Delivery,
  outcome: RunOutcome,
  ended: Ended,
): CompletionResult {
  if (outcome.kind === 'failed') return { kind: 'failed', fault: withAvailability(outcome.fault, modelsOf(call)) };
  if (ended.fault && ended.firstContentAt === null) return { kind: 'failed', fault: ended.fault };
  if (outcome.kind === 'replied')
    return {
      kind: 'replied',
      reply: {
        ...outcome.reply,
        ...(ended.serviceTier !== null && { serviceTier: ended.serviceTier }),
        usage: ended.usage,
        bill: ended.bill,
      },
      target: outcome.target,
    };
  if (outcome.target) delivery.last(lastEvents(ended), outcome.target);
  return { kind: 'streamed' };
}

/** The store is broken: what was shown ends with a fault, and nothing is told as complete. */
function failInside({ gateway, listener }: CompletionContext, cause: unknown, delivery?: Delivery): void {
  gateway.log('a call could not be settled', cause);
  const value = fault('server', 'Internal Server Error');
  listener.done(delivery?.breakOff(value) ? { kind: 'streamed' } : { kind: 'failed', fault: value });
}

/** Output tokens of one answer that an estimate of its cost covers: the caller's limit, else a fixed number. */
function heldOutput(request: CompletionRequest, decided: Plan): number {
  const limit = decided.candidates[0]?.endpoint.maxOutput ?? Number.POSITIVE_INFINITY;
  return Math.min(request.call.maxOutputTokens ?? LIMITS.held_output_tokens, limit);
}
