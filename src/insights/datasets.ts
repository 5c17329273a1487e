import { dayBefore, dayOf, monthOf, weekOf } from '../base/period.ts';
import { Recent } from '../base/recent.ts';
import type { World } from '../base/world.ts';
import type { AppRecord, InsightsStore, Sums } from './store.ts';

/** Days of use, both included. */
export type Days = { readonly from: string; readonly to: string };
export type Period = 'day' | 'week' | 'month';

/** A model's tokens in one period, which begins with `date`; `other` = all models behind those that are named. */
export type ModelDay = { readonly date: string; readonly model: string; readonly tokens: bigint };

/** An app's place among those that are asked for. */
export type AppPlace = {
  readonly rank: number;
  readonly app: AppRecord;
  readonly tokens: bigint;
  readonly requests: bigint;
};
export type AppWish = Days & {
  /** `trending`: by how many more tokens than on average in the three windows of the same length before this one. */
  readonly sort: 'popular' | 'trending';
  /** Which apps count, by their categories; null = all of them. */
  readonly categories: readonly string[] | null;
};

/** Figures of the whole instance, of all accounts together. */
export type Datasets = {
  /** By date, then by tokens, `other` last; `isMeant` = which models are looked at. */
  readonly rankingsDaily: (
    days: Days,
    period: Period,
    isMeant: (model: string) => boolean,
  ) => Promise<readonly ModelDay[]>;
  readonly appRankings: (wish: AppWish) => Promise<readonly AppPlace[]>;
};

/** Models that are named on one date (spec §1.12). */
const NAMED_MAX = 50;
export const OTHER = 'other';
/** Apps that are ranked at most: as many as can be paged to. */
const APPS_MAX = 200;
/** Past days change only by calls that end late: what is asked over and over is summed up once in so long. */
const KEPT_MS = 300_000;
const KEPT_MAX = 8;
/** What is summed up of longer windows is too much to be kept. */
const KEPT_DAYS_MAX = 31;

const tokensOf = (sums: Sums): bigint => sums.promptTokens + sums.completionTokens;

export function openDatasets(store: InsightsStore, world: Pick<World, 'elapsed'>): Datasets {
  const kept = new Recent<{ readonly until: number; readonly answer: Promise<unknown> }>(KEPT_MAX);
  const remembered = <T>(name: string, days: Days, ask: () => Promise<T>): Promise<T> => {
    if (lengthOf(days) > KEPT_DAYS_MAX) return ask();
    const key = `${name} ${days.from} ${days.to}`;
    const known = kept.get(key);
    if (known && known.until > world.elapsed()) return known.answer as Promise<T>;
    const answer = ask();
    kept.set(key, { until: world.elapsed() + KEPT_MS, answer });
    answer.catch(() => kept.delete(key));
    return answer;
  };
  const models = (days: Days) => remembered('models', days, () => store.sums({ ...days, by: ['day', 'model'] }));
  const apps = (days: Days) => remembered('apps', days, () => store.sums({ ...days, by: ['app'] }));

  return {
    rankingsDaily: async (days, period, isMeant) => {
      const rows = await models(days);
      const sums = new Map<string, Map<string, bigint>>();
      for (const row of rows) {
        if (!isMeant(row.model)) continue;
        const tokens = tokensOf(row);
        if (tokens <= 0n) continue;
        const date = startOf(row.day, period);
        const own = sums.get(date) ?? new Map<string, bigint>();
        own.set(row.model, (own.get(row.model) ?? 0n) + tokens);
        sums.set(date, own);
      }
      const dates = [...sums.keys()].sort();
      return dates.flatMap((date) => rankedOn(date, sums.get(date) ?? new Map()));
    },
    appRankings: async ({ from, to, sort, categories }) => {
      const now = new Map((await apps({ from, to })).map((row) => [row.app, row]));
      now.delete('');
      const length = lengthOf({ from, to });
      const usual = sort === 'trending' ? await usualTokens(apps, { from, length }) : null;
      const placed = [...now.values()]
        .map((row) => ({ row, tokens: tokensOf(row), score: 3n * tokensOf(row) - (usual?.get(row.app) ?? 0n) }))
        .filter(({ tokens, score }) => tokens > 0n && (usual === null || score > 0n))
        .toSorted(
          (a, b) =>
            descending(usual ? a.score : a.tokens, usual ? b.score : b.tokens) || (a.row.app < b.row.app ? -1 : 1),
        );
      const ranked: AppPlace[] = [];
      for (let at = 0; at < placed.length && ranked.length < APPS_MAX; at += APPS_MAX) {
        const batch = placed.slice(at, at + APPS_MAX);
        const records = new Map((await store.apps(batch.map(({ row }) => row.app))).map((app) => [app.id, app]));
        for (const { row, tokens } of batch) {
          const app = records.get(row.app);
          const isMeant = app && (categories === null || app.categories.some((own) => categories.includes(own)));
          if (isMeant && ranked.length < APPS_MAX)
            ranked.push({ rank: ranked.length + 1, app, tokens, requests: row.requests });
        }
      }
      return ranked;
    },
  };
}

const lengthOf = ({ from, to }: Days): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
const descending = (a: bigint, b: bigint): number => (a > b ? -1 : a < b ? 1 : 0);

/** Tokens of each app in the three windows of the same length before this one, all together. */
async function usualTokens(
  apps: (days: Days) => Promise<readonly (Sums & { readonly app: string })[]>,
  { from, length }: { readonly from: string; readonly length: number },
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await apps({ from: dayBefore(from, 3 * length), to: dayBefore(from, 1) });
  return new Map(rows.map((row) => [row.app, tokensOf(row)]));
}

function startOf(day: string, period: Period): string {
  switch (period) {
    case 'day':
      return day;
    case 'week':
      return weekOf(Date.parse(day));
    case 'month':
      return `${monthOf(Date.parse(day))}-01`;
    default:
      return period satisfies never;
  }
}

function rankedOn(date: string, tokensByModel: ReadonlyMap<string, bigint>): readonly ModelDay[] {
  const ranked = [...tokensByModel]
    .map(([model, tokens]) => ({ date, model, tokens }))
    .toSorted((a, b) => descending(a.tokens, b.tokens) || (a.model < b.model ? -1 : 1));
  const others = ranked.slice(NAMED_MAX).reduce((sum, { tokens }) => sum + tokens, 0n);
  const named = ranked.slice(0, NAMED_MAX);
  return others > 0n ? [...named, { date, model: OTHER, tokens: others }] : named;
}

/** The last day that is over, in UTC. */
export const lastWholeDay = (now: number): string => dayBefore(dayOf(now), 1);
