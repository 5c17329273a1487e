import { type Fault, fault } from '../../base/fault.ts';
import { LIMITS } from '../../base/limits.ts';
import { type NanoUsd, NO_MONEY } from '../../base/money.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { createCollector } from '../../call/collect.ts';
import type { CallOf, ReplyOf, StepOf } from '../../call/operation.ts';
import { type ChatStep, eventsOf } from '../../call/text-run.ts';
import type { Answered, Ask, AskedOperation } from '../../facts/asking.ts';
import type { Receipt } from '../../facts/receipt.ts';
import { addBills } from '../chat/legs.ts';
import type { Gateway } from '../gateway.ts';
import { screenedBy } from '../guard/prompt.ts';
import type { CallHandle, CallListener, CallResult, Operation } from '../operation.ts';
import { perform } from '../perform.ts';
import type { CallRequest } from '../receipt.ts';
import { deeper } from './nesting.ts';
import { purseLedger } from './purse-ledger.ts';
import type { State } from './state.ts';

/** The operations that calls within a call are performed with. */
export type AskedOperations = { readonly [O in AskedOperation]: Operation<O> };

/** Work that asks models: whose it is, and whether its time is over. */
export type Asker = {
  /** The tool or the plugin. */
  readonly name: string;
  isOver: boolean;
  /** What gives up what it has under way. */
  readonly gives: Set<() => void>;
};

export const newAsker = (name: string): Asker => ({ name, isOver: false, gives: new Set() });

/** Ends all that it has under way, for good. */
export function giveUp(asker: Asker): void {
  asker.isOver = true;
  for (const give of asker.gives) give();
}

/** Asks models for this asker; what they take is on the tree's receipt, however it ends. */
export function askFor(state: State, asker: Asker): Ask {
  return <O extends AskedOperation>(operation: O, call: CallOf<O>) => {
    if (!state.nesting.take()) return Promise.resolve(failed(TOO_MANY));
    const asked = askOne(state, asker, operation, call);
    state.asking.add(asked);
    const over = (): unknown => state.asking.delete(asked);
    asked.then(over, over);
    return asked;
  };
}

const TOO_MANY: Fault = fault(
  'invalid_request',
  `More than ${LIMITS.asks_max} models are not asked within one request.`,
);
const GONE: Fault = fault('cancelled', 'The request is over.');

async function askOne<O extends AskedOperation>(
  state: State,
  asker: Asker,
  operation: O,
  call: CallOf<O>,
): Promise<Result<Answered<O>, Fault>> {
  const isGone = (): boolean => state.isOver || asker.isOver;
  const screened = await screenedFor(state, operation, call);
  if (!screened.ok) return screened;
  if (isGone()) return failed(GONE);
  let cost: NanoUsd = NO_MONEY;
  let model = '';
  const gateway = lentTo(state, (receipt) => {
    cost = receipt.bill.cost;
    model = receipt.model ?? '';
    keep(state, asker, receipt);
  });
  const reply = await replyOf(gateway, state.operations[operation] as Operation<O>, screened.value, asker);
  return reply.ok ? ok({ reply: reply.value, model, cost }) : reply;
}

/** The request of a call within a call, as guardrails let it pass. */
function screenedFor<O extends AskedOperation>(
  { context: { gateway, request }, nesting }: State,
  operation: O,
  call: CallOf<O>,
): Promise<Result<CallRequest<O>, Fault>> {
  const { world } = gateway;
  const { caller, app, userAgent, trace, clientDialect } = request;
  const later = (task: () => void): void => void world.after(0, task);
  return new Promise((resolve) => {
    screenedBy(caller, { operation, call, later }, (screened) => {
      if (!screened.ok) return resolve(failed(screened.error.fault));
      const asked: CallRequest<O> = {
        id: world.newId('gen'),
        ...screened.value,
        clientDialect,
        caller,
        app,
        userAgent,
        trace,
        receivedAt: world.now(),
        begunAt: world.elapsed(),
        nesting: deeper(nesting),
      };
      resolve(ok(asked));
    });
  });
}

/** The gateway as a call within a call sees it: its money is that of the whole, and nobody else hears of it. */
function lentTo({ context, purse, carrying }: State, ended: (receipt: Receipt) => void): Gateway {
  const { contents: _, ...gateway } = context.gateway;
  return {
    ...gateway,
    ledger: purseLedger(gateway.ledger, { purse, hold: carrying.hold, ended }),
    telemetry: { ...gateway.telemetry, refused: () => {} },
  };
}

function keep(state: State, { name }: Asker, receipt: Receipt): void {
  const { model, endpoint, usage, bill, totalMs, fault: reason } = receipt;
  state.askedBill = addBills(state.askedBill, bill);
  state.legs.push({
    purpose: 'model',
    name,
    ...(model !== null && { by: model }),
    ...(endpoint !== null && { endpoint }),
    usage,
    cost: bill.cost,
    ms: totalMs,
    ...(reason && { reason: reason.code }),
  });
}

function replyOf<O extends AskedOperation>(
  gateway: Gateway,
  operation: Operation<O>,
  request: CallRequest<O>,
  asker: Asker,
): Promise<Result<ReplyOf<O>, Fault>> {
  return new Promise((resolve) => {
    const collector = createCollector();
    let broken: Fault | null = null;
    let handle: CallHandle | null = null;
    const give = (): void => handle?.cancel();
    const take = (step: ChatStep): void => {
      if (step.type === 'fault') broken = step.fault;
      else if (step.type === 'texts') for (const event of eventsOf(step)) collector.add(event);
      else collector.add(step);
    };
    const listener: CallListener<O> = {
      events: (steps: readonly StepOf<O>[]) => {
        if (operation.id === 'chat') for (const step of steps as readonly unknown[]) take(step as ChatStep);
      },
      settled: () => {},
      done: (result) => {
        asker.gives.delete(give);
        const streamed = (): Result<ReplyOf<O>, Fault> =>
          broken ? failed(broken) : ok(collector.reply() as unknown as ReplyOf<O>);
        resolve(outcomeOf(result, streamed));
      },
    };
    asker.gives.add(give);
    handle = perform(gateway, operation, request, listener);
    if (asker.isOver) handle.cancel();
  });
}

function outcomeOf<O extends AskedOperation>(
  result: CallResult<O>,
  streamed: () => Result<ReplyOf<O>, Fault>,
): Result<ReplyOf<O>, Fault> {
  switch (result.kind) {
    case 'failed':
      return failed(result.fault);
    case 'replied':
      result.release?.();
      return ok(result.reply);
    case 'streamed':
      return streamed();
    default:
      return result satisfies never;
  }
}
