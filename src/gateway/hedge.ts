import { type NanoUsd, nano } from '../base/money.ts';
import type { OperationId } from '../call/operation.ts';
import { completionTokens, usageOf } from '../call/usage.ts';
import { priceAtInstant } from '../catalog/price.ts';
import type { Hold } from '../ledger/ledger.ts';
import { billFor, worstCase } from '../metering/cost.ts';
import { type Hedging, startHedged } from '../upstream/hedged.ts';
import { type Run, type RunListener, type RunOutcome, type RunRequest, startRun } from '../upstream/run.ts';
import { chargedOf, chargeOf } from './charge.ts';
import { addBills } from './chat/legs.ts';
import type { CallContext } from './operation.ts';
import type { Ended } from './receipt.ts';

/** Runs a call: beside a second endpoint where its caller wishes that, else as it is. */
export const begin = <O extends OperationId>(
  context: CallContext<O>,
  hold: Hold,
  request: RunRequest<O>,
  listener: RunListener<O>,
): Run => {
  const { gateway } = context;
  const hedging = context.request.call.gateway.hedge === undefined ? null : hedgingOf(context, hold, request);
  return hedging
    ? startHedged(gateway.upstream, request, listener, hedging)
    : startRun(gateway.upstream, request, listener);
};

/** Null = nothing is streamed, there is nobody else, the first one is down, or nobody knows how long it usually takes. */
function hedgingOf<O extends OperationId>(
  { gateway, request: { call }, exposed, size, held }: CallContext<O>,
  hold: Hold,
  { errand, plan: { candidates } }: RunRequest<O>,
): Hedging | null {
  const { hedge = 'off' } = call.gateway;
  const [first, ...others] = candidates;
  if (hedge === 'off' || !errand.isStreamed || exposed.call === null || !first) return null;
  if (!others.some(({ endpoint }) => endpoint !== first.endpoint)) return null;
  if (gateway.health.gate(first.endpoint.id).gate !== 'open') return null;
  const figures = gateway.health.view().of(first.endpoint.id);
  const afterMs = (figures?.latencyMsLast5m ?? figures?.latencyMs)?.[hedge];
  if (afterMs === undefined) return null;
  return {
    afterMs,
    pay: (second) => {
      const limit = hold.limit();
      // As much again as all that this call was permitted; where nothing is limited the books show what is under way.
      if (limit !== null) return hold.topUp(limit);
      return hold.topUp(chargedOf(second, worstCase(second.endpoint.price, size.promptTokens, held)));
    },
  };
}

/**
 * How the call ended, with what the exchange takes that was given up. No vendor tells that: most bill what they had read,
 * those that go on writing after their client has left (`Provider.billsAfterCancel`) as much again as was written
 * elsewhere. What fails or is given up as a whole costs nothing for it, as ever.
 */
export function withOutrun<O extends OperationId>(
  { request: { receivedAt }, size }: CallContext<O>,
  hold: Hold,
  ended: Ended,
  { outrun }: RunOutcome<O>,
): Ended {
  if (!outrun || ended.state === 'failed') return ended;
  const { target, afterMs } = outrun;
  const { provider, price, id } = target.endpoint;
  const charged = provider.billsAfterCancel ? 'answer' : 'prompt';
  const output = charged === 'answer' ? completionTokens(ended.usage) : 0;
  const usage = usageOf({ input: size.promptTokens, output, source: 'estimate' });
  const whole = chargeOf(target, billFor(usage, priceAtInstant(price, receivedAt)));
  const bill = { ...whole, cost: within(hold, ended.bill.cost, whole.cost) };
  return {
    ...ended,
    bill: addBills(ended.bill, bill),
    hedged: { endpoint: id, afterMs, charged, cost: bill.cost },
  };
}

/** An estimate never takes more than was set aside. */
function within(hold: Hold, spent: NanoUsd, estimate: NanoUsd): NanoUsd {
  const limit = hold.limit();
  if (limit === null || spent + estimate <= limit) return estimate;
  return nano(limit > spent ? limit - spent : 0n);
}
