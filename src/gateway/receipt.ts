import type { Fault } from '../base/fault.ts';
import type { Call } from '../call/call.ts';
import type { EmbeddingCall } from '../call/embedding.ts';
import type { Bill } from '../call/event.ts';
import type { FinishReason } from '../call/finish.ts';
import type { Usage } from '../call/usage.ts';
import type { App, Caller } from '../facts/caller.ts';
import type { Receipt } from '../facts/receipt.ts';
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
};

export type CompletionRequest = GatewayRequest<Call>;
export type EmbeddingRequest = GatewayRequest<EmbeddingCall>;

export type Result = {
  readonly operation: Receipt['operation'];
  readonly state: Receipt['state'];
  readonly target: Target | null;
  readonly usage: Usage;
  readonly bill: Bill;
  readonly finish: { readonly reason: FinishReason; readonly native: string | null } | null;
  readonly fault: Fault | null;
  readonly firstContentAt: number | null;
  readonly endedAt: number;
  readonly catalogVersion: string;
  readonly seed: number;
};

/** The permanent record of a call that was sent. */
export function receiptOf(
  request: CompletionRequest | EmbeddingRequest,
  outcome: Pick<RunOutcome, 'attempts' | 'losses'>,
  result: Result,
): Receipt {
  const { call, caller, receivedAt } = request;
  return {
    id: request.id,
    createdAt: receivedAt,
    accountId: caller.accountId,
    keyId: caller.keyId,
    workspaceId: caller.workspaceId,
    operation: result.operation,
    clientDialect: request.clientDialect,
    requestedModel: call.model ?? call.models[0] ?? '',
    model: result.target?.model.id ?? null,
    endpoint: result.target?.endpoint.id ?? null,
    provider: result.target?.endpoint.provider.slug ?? null,
    streamed: 'stream' in call && call.stream,
    state: result.state,
    finish: result.finish?.reason ?? null,
    nativeFinish: result.finish?.native ?? null,
    usage: result.usage,
    bill: result.bill,
    attempts: outcome.attempts,
    losses: outcome.losses,
    fault: result.fault,
    catalogVersion: result.catalogVersion,
    seed: result.seed,
    firstContentMs: result.firstContentAt === null ? null : result.firstContentAt - receivedAt,
    totalMs: result.endedAt - receivedAt,
    app: request.app,
    userAgent: request.userAgent,
    user: call.user ?? null,
    sessionId: call.sessionId ?? null,
  };
}
