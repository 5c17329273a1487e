import type { Speed, TallyFigure, TallyFigures, TallyKey } from './tally.ts';

/** Times of one grain, `to` excluded: minutes (`2026-11-29T09:43`), hours (`2026-11-29T09`), days. */
export type Grain = {
  readonly grain: 'm' | 'h' | 'd';
  readonly from: string;
  readonly to: string;
  /** Of days: from this one on only those whose hours are gone. */
  readonly goneFrom?: string;
};

export const OPERATORS = ['eq', 'neq', 'in', 'not_in', 'gt', 'gte', 'lt', 'lte'] as const;
export type Operator = (typeof OPERATORS)[number];
export type TallyFilter = {
  readonly column: TallyKey;
  readonly operator: Operator;
  readonly values: readonly string[];
};

/** Which calls, and what they are told apart by. */
export type TallyQuestion = {
  /** Null = of all accounts; no grain may have a `goneFrom` then, which is told of each account by itself. */
  readonly accountId: string | null;
  readonly grains: readonly Grain[];
  /** Characters of the time that are told apart: 7 = months, 10 = days, 13 = hours, 16 = minutes, 0 = none. */
  readonly bucketLength: 0 | 7 | 10 | 13 | 16;
  readonly by: readonly TallyKey[];
  /** Which figures are summed up. */
  readonly figures: readonly TallyFigure[];
  readonly where: readonly TallyFilter[];
  /** It is about `external_user`. */
  readonly ofUsers: boolean;
};

type Told = { readonly bucket_at: string } & { readonly [key in TallyKey]?: string };
export type TallyRow = Told & Partial<TallyFigures>;
/** How many calls were in one bucket of a speed. */
export type TallySpeedRow = Told & { readonly speed: Speed; readonly bucket: bigint; readonly calls: bigint };

/** What ids are called, of one account. */
export type Labels = {
  readonly keys: ReadonlyMap<string, { readonly name: string; readonly user: string }>;
  readonly workspaces: ReadonlyMap<string, string>;
  readonly apps: ReadonlyMap<string, { readonly title: string; readonly origin: string }>;
};

/** Sums of calls by what they have in common, never a scan of receipts. */
export type TallyStore = {
  /** At most `rowsMax` of them, in no order. */
  readonly sums: (question: TallyQuestion) => Promise<readonly TallyRow[]>;
  readonly speeds: (question: TallyQuestion, speeds: readonly Speed[]) => Promise<readonly TallySpeedRow[]>;
  readonly rowsMax: number;
  readonly labels: (
    accountId: string | null,
    ids: { readonly keys: readonly string[]; readonly workspaces: readonly string[]; readonly apps: readonly string[] },
  ) => Promise<Labels>;
};
