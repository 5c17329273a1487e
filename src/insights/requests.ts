import type { FaultCode } from '../base/fault.ts';
import type { NanoUsd } from '../base/money.ts';
import type { Receipt } from '../facts/receipt.ts';
import { appId } from './app.ts';

/** Which calls of an account are asked for. Everything that is said must hold; what is absent does not matter. */
export type RequestFilter = {
  readonly accountId: string;
  readonly keyId?: string;
  readonly workspaceId?: string;
  /** As it answered; of a call that nobody answered, as it was asked for. */
  readonly model?: string;
  /** A provider's slug. */
  readonly provider?: string;
  /** An app's id (`insights/app.ts`). */
  readonly app?: string;
  readonly user?: string;
  readonly sessionId?: string;
  /** `trouble`: whatever was not completed, refusals included. */
  readonly state?: Receipt['state'] | 'refused' | 'trouble';
  /** At least so much. */
  readonly costMin?: NanoUsd;
  readonly totalMsMin?: number;
  /** Milliseconds since 1970: from this moment on, and before that one. */
  readonly from?: number;
  readonly to?: number;
};

/** Where a search goes on: among the receipts of this month below this id, then in the months before. */
export type Place = { readonly month: string; readonly id: string };

export type FoundReceipts = {
  /** By their ids, newest first. */
  readonly found: readonly { readonly place: Place; readonly receipt: Receipt }[];
  /** Where older ones are to be looked for; null = there are none. There may be one though nothing was found yet. */
  readonly next: Place | null;
};

/** A request for inference that was refused before it became a call. Nothing of what it said is kept. */
export type Refusal = {
  /** `gen-…`, the one that its answer named if it named one. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Empty = its caller was not known. */
  readonly accountId: string;
  readonly keyId: string | null;
  /** Of a key that there is not: the little of it by which its owner recognises it. */
  readonly keyLabel: string | null;
  readonly workspaceId: string | null;
  readonly operation: string | null;
  readonly clientDialect: string | null;
  /** As it was asked for: hostile. */
  readonly model: string | null;
  readonly code: FaultCode;
  readonly message: string;
  /** Others of the same second that were only counted. */
  readonly others: number;
};

/** The refusals that are kept: so many of each account, the newest. */
export type RefusalStore = {
  readonly add: (refusals: readonly Refusal[]) => Promise<void>;
  readonly find: (accountId: string, id: string) => Promise<Refusal | null>;
  /** Newest first, below this id. */
  readonly search: (
    filter: RequestFilter,
    page: { readonly before: string | null; readonly limit: number },
  ) => Promise<readonly Refusal[]>;
};

export const modelOf = (receipt: Receipt): string => receipt.model ?? receipt.requestedModel;

/** Does a receipt fit? Whoever reads receipts may ask the store for more than those. */
export function fits(receipt: Receipt, filter: RequestFilter): boolean {
  const { createdAt, bill, totalMs } = receipt;
  const { keyId, workspaceId, model, provider, app, user, sessionId, state, costMin, totalMsMin, from, to } = filter;
  return (
    receipt.accountId === filter.accountId &&
    isOr(keyId, receipt.keyId) &&
    isOr(workspaceId, receipt.workspaceId) &&
    isOr(model, modelOf(receipt)) &&
    isOr(provider, receipt.provider) &&
    (app === undefined || (receipt.app !== null && appId(receipt.app) === app)) &&
    isOr(user, receipt.user) &&
    isOr(sessionId, receipt.sessionId) &&
    (state === 'trouble' ? receipt.state !== 'completed' : isOr(state, receipt.state)) &&
    (costMin === undefined || bill.cost >= costMin) &&
    (totalMsMin === undefined || totalMs >= totalMsMin) &&
    (from === undefined || createdAt >= from) &&
    (to === undefined || createdAt < to)
  );
}

const isOr = <T>(wanted: T | undefined, value: T | null): boolean => wanted === undefined || wanted === value;

/** Could a refusal fit? It has no provider, app, cost or length. */
export const asksForRefusals = ({
  state,
  provider,
  app,
  user,
  sessionId,
  costMin,
  totalMsMin,
}: RequestFilter): boolean =>
  (state === undefined || state === 'refused' || state === 'trouble') &&
  [provider, app, user, sessionId, costMin, totalMsMin].every((wanted) => wanted === undefined);
