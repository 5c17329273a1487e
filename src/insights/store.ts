import type { Receipt } from '../facts/receipt.ts';
import type { FoundReceipts, Place, RequestFilter } from './requests.ts';
import type { TallyStore } from './tally-store.ts';

/** One day's sum over model, endpoint, app, account, key and workspace. Money in nano-dollars. */
export type RollUp = {
  readonly day: string;
  readonly model: string;
  readonly endpoint: string;
  readonly provider: string;
  /** An app's id; empty for calls that name none. */
  readonly app: string;
  readonly accountId: string;
  readonly keyId: string;
  readonly workspaceId: string;
} & Sums;

/** What is summed up of calls; costs in nano-USD. */
export type Sums = {
  readonly requests: bigint;
  readonly errors: bigint;
  readonly promptTokens: bigint;
  readonly completionTokens: bigint;
  readonly reasoningTokens: bigint;
  readonly cachedTokens: bigint;
  readonly cost: bigint;
  readonly byokCost: bigint;
  readonly latencyMs: bigint;
};

/** By what calls are told apart in roll-ups. */
export type Dimension = 'day' | 'model' | 'endpoint' | 'provider' | 'app' | 'accountId' | 'keyId' | 'workspaceId';

/** Which days, both included, which rows, summed by which dimensions. */
export type RollUpQuestion<D extends Dimension = Dimension> = {
  readonly from: string;
  readonly to: string;
  readonly by: readonly D[];
  readonly where?: { readonly [dimension in Dimension]?: string };
  /** Rows with the most tokens come first; only this many. */
  readonly top?: number;
};
/** Sums of all calls that are alike in these dimensions. */
export type RollUpRow<D extends Dimension = Dimension> = Sums & { readonly [dimension in D]: string };

/** An app that calls come from, as its calls told of it: hostile text. */
export type AppRecord = {
  readonly id: string;
  readonly origin: string;
  readonly title: string;
  readonly categories: readonly string[];
};

/** What insights need from a store: sums of roll-ups, never a scan of receipts. */
export type InsightsStore = {
  readonly sums: <D extends Dimension>(question: RollUpQuestion<D>) => Promise<readonly RollUpRow<D>[]>;
  readonly apps: (ids: readonly string[]) => Promise<readonly AppRecord[]>;
  readonly tallies: TallyStore;
};

/** The receipts themselves, one by one: by id, or the newest. Nothing else of them is indexed: sums come from roll-ups. */
export type Records = {
  readonly find: (id: string) => Promise<Receipt | null>;
  readonly newest: (limit: number) => Promise<readonly Receipt[]>;
  /** Those that fit, newest first; each question reads a bounded number of them (`storage/record-search.ts`). */
  readonly search: (
    filter: RequestFilter,
    page: { readonly from: Place | null; readonly limit: number },
  ) => Promise<FoundReceipts>;
  /** Months whose receipts are kept, newest first: `2026-11`. */
  readonly months: () => Promise<readonly string[]>;
  /** Forgets the receipts of a month. Transfers and roll-ups stay. */
  readonly dropMonth: (month: string) => Promise<void>;
};
