import { type NanoUsd, nano } from '../../base/money.ts';
import type { UsageRow } from './usage.ts';

/** What one side says of a day and a model. */
export type Sum = { readonly requests: number; readonly tokens: number; readonly cost: NanoUsd };
/** A call of ours at the vendor. */
export type OurCall = {
  readonly generation: string;
  /** The vendor's id of it; null = it told none. */
  readonly upstreamId: string | null;
  readonly day: string;
  readonly model: string;
  readonly tokens: number;
  readonly cost: NanoUsd;
};

export type DayDrift = { readonly day: string; readonly model: string; readonly theirs: Sum; readonly ours: Sum };
export type CallDrift = {
  readonly id: string;
  readonly generation: string;
  readonly theirs: NanoUsd;
  readonly ours: NanoUsd;
};
/** Of so many of each kind the ids are told. */
const TOLD_MAX = 100;

export type Drift = {
  readonly days: readonly DayDrift[];
  readonly total: { readonly theirs: Sum; readonly ours: Sum };
  /** Absent where the export has no ids. */
  readonly calls?: {
    readonly matched: number;
    readonly different: readonly CallDrift[];
    readonly differentCount: number;
    readonly onlyTheirs: readonly string[];
    readonly onlyTheirsCount: number;
    readonly onlyOurs: readonly string[];
    readonly onlyOursCount: number;
  };
};

const NOTHING: Sum = { requests: 0, tokens: 0, cost: nano(0n) };
const plus = (a: Sum, b: Sum): Sum => ({
  requests: a.requests + b.requests,
  tokens: a.tokens + b.tokens,
  cost: nano(a.cost + b.cost),
});

export type Comparing = {
  /** In any order; calls of days that the export does not have are left out. */
  readonly take: (call: OurCall) => void;
  readonly end: () => Drift;
};

/** Holds an export against calls of ours, by request where it has ids, and by day and model in any case. */
export function compareUsage(rows: readonly UsageRow[], modelOf: (name: string) => string): Comparing {
  const days = new Map<string, { day: string; model: string; theirs: Sum; ours: Sum }>();
  const known = new Set(rows.map(({ day }) => day));
  const costs = new Map<string, NanoUsd>();
  const dayOf = (day: string, model: string) => {
    const name = `${day}\n${model}`;
    const found = days.get(name) ?? { day, model, theirs: NOTHING, ours: NOTHING };
    days.set(name, found);
    return found;
  };
  for (const row of rows) {
    const of = dayOf(row.day, modelOf(row.model));
    const tokens = row.promptTokens + row.completionTokens;
    const cost = nano(row.cost + row.byokCost);
    of.theirs = plus(of.theirs, { requests: row.requests, tokens, cost });
    if (row.id !== undefined) costs.set(row.id, nano((costs.get(row.id) ?? 0n) + cost));
  }
  const ids = compareCalls(costs);
  return {
    take: (call) => {
      if (!known.has(call.day)) return;
      const of = dayOf(call.day, call.model);
      of.ours = plus(of.ours, { requests: 1, tokens: call.tokens, cost: call.cost });
      if (costs.size > 0) ids.take(call);
    },
    end: () => {
      const sorted = [...days.values()].sort((a, b) => (a.day + a.model < b.day + b.model ? -1 : 1));
      const total = sorted.reduce(
        (sum, one) => ({ theirs: plus(sum.theirs, one.theirs), ours: plus(sum.ours, one.ours) }),
        { theirs: NOTHING, ours: NOTHING },
      );
      return { days: sorted, total, ...(costs.size > 0 && { calls: ids.end() }) };
    },
  };
}

function compareCalls(costs: ReadonlyMap<string, NanoUsd>) {
  const left = new Map(costs);
  const different: CallDrift[] = [];
  const onlyOurs: string[] = [];
  const counts = { matched: 0, different: 0, onlyOurs: 0 };
  return {
    take: ({ upstreamId, generation, cost }: OurCall): void => {
      const theirs = upstreamId === null ? undefined : left.get(upstreamId);
      if (upstreamId === null || theirs === undefined) {
        counts.onlyOurs++;
        if (onlyOurs.length < TOLD_MAX) onlyOurs.push(generation);
        return;
      }
      left.delete(upstreamId);
      counts.matched++;
      if (isAlike(theirs, cost)) return;
      counts.different++;
      if (different.length < TOLD_MAX) different.push({ id: upstreamId, generation, theirs, ours: cost });
    },
    end: () => ({
      matched: counts.matched,
      different,
      differentCount: counts.different,
      onlyTheirs: [...left.keys()].slice(0, TOLD_MAX),
      onlyTheirsCount: left.size,
      onlyOurs,
      onlyOursCount: counts.onlyOurs,
    }),
  };
}

/** Ours are rounded up to a nano-dollar once, exports to a millionth of a dollar at best. */
const ROUNDING = 1_000n;
const isAlike = (a: bigint, b: bigint): boolean => (a > b ? a - b : b - a) <= ROUNDING;
