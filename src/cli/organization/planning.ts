import type { Access } from '../../access/access.ts';
import type { CountLimits, Key } from '../../access/store.ts';
import { formatUsd, type NanoUsd, nano } from '../../base/money.ts';
import type { World } from '../../base/world.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { PersonRole } from '../../facts/principal.ts';
import {
  type Budget,
  COUNTS,
  countScope,
  INTERVALS,
  type Interval,
  intervalOf,
  type Owner,
} from '../../facts/scope.ts';
import type { Presets } from '../../presets/presets.ts';
import type { Draft } from '../../storage/draft.ts';
import type { Budgets } from './wanted.ts';

/** One thing that is to be made, changed or removed. */
export type Step = {
  readonly sign: '+' | '~' | '-';
  /** `key research/ci`. */
  readonly what: string;
  /** What of it: `limit: $5 → $10`. */
  readonly details: readonly string[];
  /** Writes it into the draft. */
  readonly act: (draft: Draft) => Promise<unknown>;
  /** A key that nobody knows yet: shown once it is made. */
  readonly secret?: string;
  /** Somebody who is new: shown a link to come in by. */
  readonly personId?: string;
};

/** What there is, as far as a plan asks for it, and what the plan makes of it. */
export type Planning = {
  readonly access: Access;
  readonly presets: Presets;
  readonly catalog: Catalog;
  readonly world: World;
  readonly newSecret: () => string;
  readonly accountId: string;
  readonly steps: Step[];
  /** Why the plan cannot be done: where there is one, nothing is. */
  readonly objections: string[];
  /** Ids by slug; of those that the plan makes, too. */
  readonly workspaces: Map<string, { readonly id: string; readonly isNew: boolean; readonly byokInBudgets: boolean }>;
  /** By reference. */
  readonly members: Map<string, { readonly id: string; readonly isNew: boolean; readonly role: PersonRole }>;
  /** By workspace and name, `research/ci`, and by hash. */
  readonly keys: Map<string, Pick<Key, 'hash' | 'workspaceId'>>;
};

export const usdText = (amount: bigint | null): string => (amount === null ? 'none' : `$${formatUsd(nano(amount))}`);
export const said = (value: unknown): string => {
  if (value === null || value === undefined || value === '') return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
};
export const change = (field: string, before: string, after: string): readonly string[] =>
  before === after ? [] : [`${field}: ${before} → ${after}`];

/** All of a list that comes in pages. */
export async function everyOf<T>(
  page: (range: { readonly offset: number; readonly limit: number }) => Promise<readonly T[]>,
  size = 100,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (;;) {
    const found = await page({ offset: all.length, limit: size });
    all.push(...found);
    if (found.length < size) return all;
  }
}

type Limits = { readonly budgets: Budgets; readonly counts: CountLimits; readonly withByok: boolean };
type Limited = { readonly details: readonly string[]; readonly act: Step['act'] };

/** What an owner may spend and how often it may call, as it is to be. With `prune` what is not named goes. */
export async function limitsOf(
  { access, world, objections }: Planning,
  owner: Owner,
  wanted: { readonly [field in keyof Limits]?: Limits[field] | undefined },
  { isNew, prune, what }: { readonly isNew: boolean; readonly prune: boolean; readonly what: string },
): Promise<Limited> {
  const scopes = [owner, ...COUNTS.map((count) => countScope(count, owner))];
  const before = isNew ? [] : (await access.budgets.list(scopes)).filter(({ source }) => source === '');
  const puts: Parameters<Access['budgets']['put']>[0][number][] = [];
  const removals: Budget[] = [];
  const details: string[] = [];
  const consider = (
    name: Pick<Budget, 'scope' | 'interval'>,
    words: { readonly field: string; readonly text: (amount: bigint | null) => string },
    amount: bigint | null | undefined,
  ): bigint | null => {
    const now = before.find(({ scope, interval }) => scope === name.scope && interval === name.interval);
    if (amount === undefined && !(prune && now)) return now?.amount ?? null;
    const next = amount ?? null;
    if (next === (now?.amount ?? null)) return next;
    details.push(...change(words.field, words.text(now?.amount ?? null), words.text(next)));
    if (next === null) removals.push(now as Budget);
    else puts.push({ ...name, source: '', amount: next, withByok: wanted.withByok ?? now?.withByok ?? false });
    return next;
  };
  const amounts = INTERVALS.map((interval) => {
    const named = wanted.budgets === undefined ? null : wanted.budgets[interval];
    if (wanted.budgets === undefined)
      return before.find((one) => one.scope === owner && one.interval === interval)?.amount ?? null;
    return consider({ scope: owner, interval }, { field: `${interval} budget`, text: usdText }, named ?? undefined);
  });
  for (const count of COUNTS) {
    const amount = wanted.counts?.[count];
    if (amount === undefined) continue;
    const scope = countScope(count, owner);
    const words = {
      field: COUNTED[count],
      text: (value: bigint | null) => said(value === null ? null : String(value)),
    };
    consider({ scope, interval: intervalOf(count) }, words, amount === null ? null : BigInt(amount));
  }
  objections.push(...orderOf(amounts).map((objection) => `${what}: ${objection}`));
  return {
    details,
    act: async ({ accessStore }) => {
      if (puts.length > 0) await accessStore.budgets.put(puts, world.now());
      for (const removal of removals) await accessStore.budgets.remove(removal);
    },
  };
}

export const COUNTED = { requests: 'rpm_limit', tokens: 'tpm_limit', calls: 'max_parallel_requests' } as const;

/** What a shorter interval may spend is less than what a longer one may. */
function orderOf(amounts: readonly (bigint | null)[]): readonly string[] {
  const given = INTERVALS.flatMap((interval, at): { interval: Interval; amount: bigint }[] => {
    const amount = amounts[at] ?? null;
    return amount === null ? [] : [{ interval, amount }];
  });
  return given.flatMap(({ interval, amount }, at) => {
    const next = given[at + 1];
    if (!next || amount < next.amount) return [];
    return [`the ${interval} budget must be less than the ${next.interval} budget`];
  });
}

export const moneyOf = (amount: NanoUsd | null | undefined): string => usdText(amount ?? null);
