import type { Fault } from '../base/fault.ts';
import type { Call } from '../call/call.ts';
import type { EmbeddingCall } from '../call/embedding.ts';
import type { Bill } from '../call/event.ts';
import type { FinishReason } from '../call/finish.ts';
import type { Usage } from '../call/usage.ts';
import type { App, Caller } from '../facts/caller.ts';
import type { About, Receipt } from '../facts/receipt.ts';
import type { Target } from '../facts/target.ts';
import type { RunOutcome } from '../upstream/run.ts';

/** One call as it came in: who, what, when, from where. */
export type GatewayRequest<Asked> = {
  /** `gen-…` */
  readonly id: string;
  readonly call: Asked;
  /** The client's dialect. */
  readonly clientDialect: string;
  readonly caller: Caller;
  readonly app: App | null;
  readonly userAgent: string | null;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** The same moment by the clock of durations. */
  readonly begunAt: number;
};

export type CompletionRequest = GatewayRequest<Call>;
export type EmbeddingRequest = GatewayRequest<EmbeddingCall>;

export type Result = {
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
};

/** What is known of a call once it is planned. */
export function aboutOf(
  { call, clientDialect, app, userAgent }: CompletionRequest | EmbeddingRequest,
  planned: Pick<About, 'operation' | 'catalogVersion' | 'seed'>,
): About {
  return {
    ...planned,
    clientDialect,
    requestedModel: call.model ?? call.models[0] ?? '',
    streamed: 'stream' in call && call.stream,
    app,
    userAgent,
    user: call.user ?? null,
    sessionId: call.sessionId ?? null,
  };
}

/** The permanent record of a call that was sent. */
export function receiptOf(
  request: CompletionRequest | EmbeddingRequest,
  about: About,
  outcome: Pick<RunOutcome, 'attempts' | 'losses'>,
  result: Result,
): Receipt {
  const { caller, receivedAt, begunAt } = request;
  return {
    ...about,
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
    ...(result.continued && { continued: result.continued }),
    firstContentMs: result.firstContentAt === null ? null : millisecondsFrom(begunAt, result.firstContentAt),
    totalMs: millisecondsFrom(begunAt, result.endedAt),
  };
}

const millisecondsFrom = (start: number, end: number): number => Math.round(end - start);
