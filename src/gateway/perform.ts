import { type Fault, fault } from '../base/fault.ts';
import { NO_MONEY } from '../base/money.ts';
import type { OperationId, ReplyOf } from '../call/operation.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Expected } from '../facts/question.ts';
import type { Hold, HoldBounds } from '../ledger/ledger.ts';
import { groundsText } from '../router/grounds-text.ts';
import { plan } from '../router/plan.ts';
import { echoOf } from '../upstream/echo.ts';
import { passedOn } from '../upstream/passed-on.ts';
import type { Run, RunListener, RunOutcome, RunRequest } from '../upstream/run.ts';
import { allowanceOf, boundsOf } from './allowance.ts';
import { withAvailability } from './availability.ts';
import { keeping, replay } from './cached.ts';
import type { Gateway } from './gateway.ts';
import { governed } from './govern.ts';
import { judged } from './guard/judge.ts';
import { handleOf } from './handle-of.ts';
import { begin, withOutrun } from './hedge.ts';
import { holdRequestOf } from './hold.ts';
import type { CallContext, CallHandle, CallListener, CallResult, CallSize, Delivery, Operation } from './operation.ts';
import { withOverrun } from './overrun.ts';
import { modelsOf } from './question.ts';
import { aboutOf, type CallRequest, type Ended, receiptOf } from './receipt.ts';
import { shadowed } from './shadow.ts';
import { stick } from './stickiness.ts';

const IDLE: CallHandle = { pause: () => {}, resume: () => {}, cancel: () => {} };
const NO_RUN: Run = IDLE;

/**
 * The life of a call, whatever it asks for: plan, hold, run, settle, receipt. Captures catalogue and clock once. What
 * differs from operation to operation is asked of the operation.
 */
export function perform<O extends OperationId>(
  gateway: Gateway,
  operation: Operation<O>,
  incoming: CallRequest<O>,
  caller: CallListener<O>,
): CallHandle {
  const catalog = gateway.catalog();
  const request = isFree(catalog, incoming)
    ? incoming
    : governed({ catalog, world: gateway.world, budgetLeft: gateway.budgetLeft }, operation.id, incoming);
  const { call, cache } = request;
  if (cache?.found) return replay(gateway, operation, request, { found: cache.found, listener: caller });
  const told = cache ? keeping(gateway, request, cache, caller) : caller;
  const hearing = (gateway.contents?.isOn && gateway.contents.hear(operation.id, request, told)) || told;
  const listener = request.shadow ? shadowed(gateway, operation, request, hearing, perform) : hearing;
  const extended = operation.extend?.(gateway, request, listener);
  if (extended) return extended;
  const seed = Math.floor(gateway.world.random() * 2 ** 32);
  const size = operation.sizeOf(call);
  const sticking = stick(gateway.stickiness, () => operation.conversationOf?.(call, request.caller.accountId) ?? null);
  const { home } = sticking;
  const own = request.caller.ownKeys;
  const around = { catalog, enabled: gateway.enabled(), health: gateway.health.view(), home, seed };
  const paying = own?.length ? { ...around, ownKeys: own } : around;
  const { policy } = request;
  const surroundings = policy ? { ...paying, policy } : paying;
  const { longestPromptTokens: promptTokens } = size;
  const asked = size.pieces ? { ...surroundings, expected: expectedOf(size, size.pieces) } : surroundings;
  const question = operation.questionOf(call, { ...asked, promptTokens });
  const planned = plan(question);
  const decided = operation.suit ? operation.suit(planned, call) : planned;
  if (decided.fault)
    return (
      operation.rescue?.(gateway, request, listener, decided.fault) ??
      refuse({ gateway, operation, request, listener }, decided.fault)
    );
  const output = operation.outputOf(call, decided);
  const streamed = operation.isStreamed(call);
  const about = aboutOf(request, { operation: operation.id, streamed, catalogVersion: catalog.version, seed });
  const exposedCall = operation.exposedOf(call, size, gateway);
  const exposed = request.caller.byokScopes?.length ? { ...exposedCall, countsOwn: true } : exposedCall;
  const bounds = (): HoldBounds => boundsOf(decided, exposed, exposed.times);
  const sizes = {
    promptTokens: size.promptTokens,
    outputTokens: output.tokens * output.answers,
    pieces: size.pieces,
    bounds,
  };
  const hold = gateway.ledger.hold(holdRequestOf(request, about, decided, sizes));
  const grounds = groundsText(question, decided);
  const context = {
    gateway,
    operation,
    request,
    listener,
    decided,
    exposed,
    size,
    held: output.tokens,
    about,
    sticking,
    grounds,
  };
  return hold instanceof Promise ? runWhenHeld(context, hold) : runHeld(context, hold);
}

/** Nobody but its caller has anything to say on it. */
const isFree = ({ policies }: Catalog, { caller: { rules, defaultSort } }: CallRequest<OperationId>): boolean =>
  policies.length === 0 && !rules?.length && defaultSort === undefined;

/** Nothing is sent, and there is no receipt. */
export function refuse<O extends OperationId>(
  { gateway, operation, request, listener }: Pick<CallContext<O>, 'gateway' | 'operation' | 'request' | 'listener'>,
  value: Fault,
): CallHandle {
  const { id, receivedAt: at, clientDialect, caller, call } = request;
  const asked = { id, operation: operation.id, model: call.model ?? call.models[0] ?? null };
  gateway.telemetry.refused({ at, clientDialect, keyId: caller.keyId, caller, fault: value, ...asked });
  listener.done({ kind: 'failed', fault: value });
  return IDLE;
}

const expectedOf = ({ promptTokens }: CallSize, { read, written }: NonNullable<CallSize['pieces']>): Expected => ({
  promptTokens,
  pieces: { ...read, ...written },
});

const runWhenHeld = <O extends OperationId>(context: CallContext<O>, hold: Promise<Hold | Fault>): CallHandle =>
  handleOf(
    hold,
    (value) => runHeld(context, value),
    (cause) => failInside(context, cause),
  );

function runHeld<O extends OperationId>(context: CallContext<O>, hold: Hold | Fault): CallHandle {
  const { gateway, operation, request, listener, decided } = context;
  if ('code' in hold) return refuse(context, hold);
  let run: Run | null = null;
  const current = (): Run => run ?? NO_RUN;
  let asked: Endpoint | null = null;
  const limit = hold.limit();
  const allowance = limit === null ? null : allowanceOf(decided, context.exposed, limit);
  const { errand, delivery } = operation.begin(context, { hold, allowance, run: current });
  const runRequest: RunRequest<O> = {
    errand: passedOn(errand, request),
    plan: allowance?.plan ?? decided,
    who: request.caller.keyId,
    conversation: request.call.sessionId ?? null,
    stopsOnRefusal: (request.call.gateway.onRefusal ?? gateway.defaults.onRefusal) === 'stop',
  };
  const runListener: RunListener<O> = {
    dispatched: ({ endpoint }, prepared) => {
      asked = endpoint;
      hold.dispatched(endpoint.id);
      if (listener.echo) listener.echo(echoOf(prepared));
    },
    events: delivery.events,
    cut: delivery.cut,
    done: (outcome) => settle(context, hold, delivery, outcome),
  };
  run = operation.carry
    ? operation.carry(context, { hold, request: runRequest, listener: runListener })
    : begin(context, hold, runRequest, runListener);
  hold.interrupt = delivery.interrupt;
  hold.durable.then(delivery.stored, (cause) => {
    gateway.log('an intent could not be stored', cause);
    current().cancel();
  });
  const cancel = (): void => {
    if (!errand.isStreamed && !stopsWithClient(asked)) return;
    delivery.abandon();
    current().cancel();
  };
  return { pause: delivery.pause, resume: delivery.resume, cancel };
}

/** A whole answer is paid for once it is asked for, so it is heard out; of a server on this machine only time would be lost. */
const stopsWithClient = (endpoint: Endpoint | null): boolean => endpoint?.provider.local === true;

/** Commits what happened, then lets the last of the answer out. */
function settle<O extends OperationId>(
  context: CallContext<O>,
  hold: Hold,
  delivery: Delivery<O>,
  met: RunOutcome<O>,
): void {
  const { outcome, ended } = judged(context.operation.id, context.request, {
    outcome: met,
    ended: withOutrun(context, hold, delivery.ended(met), met),
  });
  const { gateway, about, grounds, request, listener, decided, sticking } = context;
  const receipt = withOverrun(gateway, receiptOf(request, about, outcome, ended, grounds), hold);
  const isRouted = decided.routed !== undefined;
  if (isRouted || decided.candidates.length > 1)
    sticking.ended({ receipt, endpoint: ended.target?.endpoint ?? null, isRouted });
  const { handOver } = context.operation;
  const committed =
    ended.state === 'failed' && ended.bill.cost === NO_MONEY
      ? hold.release(receipt)
      : handOver && ended.state === 'completed' && outcome.kind === 'replied'
        ? handOver(context, { hold, receipt, reply: outcome.reply, target: outcome.target })
        : hold.settle(receipt);
  committed.then(
    () => {
      listener.settled(receipt);
      const result = deliver(context, delivery, outcome, ended);
      listener.done(result);
      if (result.kind !== 'replied') outcome.release?.();
    },
    (cause) => {
      failInside(context, cause, delivery);
      outcome.release?.();
    },
  );
}

function deliver<O extends OperationId>(
  { request: { call } }: CallContext<O>,
  delivery: Delivery<O>,
  outcome: RunOutcome<O>,
  ended: Ended,
): CallResult<O> {
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
      } as ReplyOf<O>,
      target: outcome.target,
      ...(outcome.release && { release: outcome.release }),
    };
  if (outcome.target) delivery.last(ended, outcome.target);
  return { kind: 'streamed' };
}

/** The store is broken: what was shown ends with a fault, and nothing is told as complete. */
function failInside<O extends OperationId>(
  { gateway, listener }: CallContext<O>,
  cause: unknown,
  delivery?: Delivery<O>,
): void {
  gateway.log('a call could not be settled', cause);
  const value = fault('server', 'Internal Server Error');
  listener.done(delivery?.breakOff(value) ? { kind: 'streamed' } : { kind: 'failed', fault: value });
}
