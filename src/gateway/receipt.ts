import type { Fault } from '../base/fault.ts';
import type { Bill } from '../call/event.ts';
import type { FinishReason } from '../call/finish.ts';
import type { CallOf, OperationId } from '../call/operation.ts';
import type { Usage } from '../call/usage.ts';
import type { App, Caller } from '../facts/caller.ts';
import type { Policy } from '../facts/policy.ts';
import type { About, Receipt } from '../facts/receipt.ts';
import type { Target } from '../facts/target.ts';
import type { Trace } from '../facts/trace.ts';
import type { LaidDown } from '../policies/lay-down.ts';
import type { RunOutcome } from '../upstream/run.ts';
import type { CacheWish } from './cached.ts';
import type { Watch } from './guard/watch.ts';
import type { Nesting } from './legs/nesting.ts';

/** One call as it came in: who, what, when, from where. */
export type CallRequest<O extends OperationId> = {
  /** `gen-…` */
  readonly id: string;
  readonly call: CallOf<O>;
  /** The client's dialect. */
  readonly clientDialect: string;
  readonly caller: Caller;
  readonly app: App | null;
  readonly userAgent: string | null;
  /** Its place in the caller's traces, if the caller said it. */
  readonly trace?: Trace | undefined;
  /** What others than its caller have laid down for it; absent = nothing. */
  readonly policy?: Policy | undefined;
  /** The model as its caller wrote it, where a policy asks another one. */
  readonly requestedModel?: string;
  /** How it is asked a second time, for nobody. */
  readonly shadow?: LaidDown['shadow'];
  /** The generation that this is the shadow of. */
  readonly shadowOf?: string;
  /** What guardrails find in its texts; absent = none reads them. */
  readonly watch?: Watch | undefined;
  /** What its caller wishes of the response cache; absent = nothing. */
  readonly cache?: CacheWish<O> | undefined;
  /** Where it stands within another call, which asks for it; absent = its caller asks. */
  readonly nesting?: Nesting;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** The same moment by the clock of durations. */
  readonly begunAt: number;
};

/** How a call ended: its state, its usage and what is charged for it. */
export type Ended = {
  readonly state: Receipt['state'];
  readonly target: Target | null;
  readonly usage: Usage;
  readonly bill: Bill;
  readonly serviceTier: string | null;
  readonly finish: { readonly reason: FinishReason; readonly native: string | null } | null;
  readonly fault: Fault | null;
  /** These two by the clock of durations. */
  readonly firstContentAt: number | null;
  readonly endedAt: number;
  readonly continued?: Receipt['continued'];
  readonly hedged?: Receipt['hedged'];
  readonly legs?: Receipt['legs'];
};

/** What is known of a call once it is planned. */
export function aboutOf(
  { call, clientDialect, app, userAgent, trace, requestedModel, shadowOf, watch }: CallRequest<OperationId>,
  planned: Pick<About, 'operation' | 'streamed' | 'catalogVersion' | 'seed'>,
): About {
  const about = {
    ...planned,
    clientDialect,
    requestedModel: requestedModel ?? call.model ?? call.models[0] ?? '',
    app,
    userAgent,
    user: call.user ?? null,
    sessionId: call.sessionId ?? null,
  };
  // A member that may be there would make each call an object of a shape of its own, five times as slow to make.
  const presetId = call.gateway.usedPreset?.id;
  if (!trace && presetId === undefined && shadowOf === undefined && !watch) return about;
  return {
    ...about,
    ...(trace && { trace }),
    ...(presetId !== undefined && { presetId }),
    ...(shadowOf !== undefined && { shadowOf }),
    ...guardedIn(watch),
  };
}

/** What guardrails have found so far, if anything. */
function guardedIn(watch: Watch | undefined): Pick<Receipt, 'guarded'> {
  const guarded = watch?.events() ?? [];
  return guarded.length > 0 ? { guarded } : {};
}

/** The permanent record of a call that was sent. */
export function receiptOf(
  request: CallRequest<OperationId>,
  about: About,
  outcome: Pick<RunOutcome<OperationId>, 'attempts' | 'losses'>,
  result: Ended,
  grounds: string,
): Receipt {
  const { caller, receivedAt, begunAt, watch } = request;
  const { continued, hedged, legs } = result;
  const receipt = {
    ...about,
    grounds,
    id: request.id,
    createdAt: receivedAt,
    accountId: caller.accountId,
    keyId: caller.keyId,
    workspaceId: caller.workspaceId,
    model: result.target?.model.id ?? null,
    endpoint: result.target?.endpoint.id ?? null,
    provider: result.target?.endpoint.provider.slug ?? null,
    state: result.state,
    finish: result.finish?.reason ?? null,
    nativeFinish: result.finish?.native ?? null,
    serviceTier: result.serviceTier,
    usage: result.usage,
    bill: result.bill,
    attempts: outcome.attempts,
    losses: outcome.losses,
    fault: result.fault,
    firstContentMs: result.firstContentAt === null ? null : millisecondsFrom(begunAt, result.firstContentAt),
    totalMs: millisecondsFrom(begunAt, result.endedAt),
  };
  if (!continued && !hedged && !legs && !watch) return receipt;
  return {
    ...receipt,
    ...(continued && { continued }),
    ...(hedged && { hedged }),
    ...(legs && { legs }),
    ...guardedIn(watch),
  };
}

const millisecondsFrom = (start: number, end: number): number => Math.round(end - start);
