import { dayBefore, dayOf } from '../base/period.ts';
import type { World } from '../base/world.ts';
import { type AnalyticsAnswer, type AnalyticsQuestion, answerAnalytics } from './analytics.ts';
import { type Datasets, openDatasets } from './datasets.ts';
import { openPerformance, type Performance } from './performance.ts';
import { createRates, type Rates } from './rates.ts';
import type { AppRecord, Dimension, InsightsStore, RollUpQuestion, RollUpRow, Sums } from './store.ts';

const TOP_MAX = 100;

/** A rank by tokens (prompt and completion) of the window, with what it was in the window before. */
export type RankedSums = Sums & {
  readonly tokens: bigint;
  readonly tokensBefore: bigint;
  /** 0.25 = a quarter more than in the window before; null if there was nothing before. */
  readonly growth: number | null;
};
/** A model at its place in the rankings. */
export type RankedModel = RankedSums & { readonly model: string };
/** An app at its place in the rankings. */
export type RankedApp = RankedSums & { readonly app: AppRecord };
/** The days that a ranking sums up. */
export type Window = {
  /** Days that end today, today included: 1, 7, 30. */
  readonly days: number;
  readonly top?: number;
};

/** Activity and rankings, answered from roll-ups. */
export type Insights = {
  readonly models: (window: Window & { readonly app?: string }) => Promise<readonly RankedModel[]>;
  readonly apps: (window: Window & { readonly model?: string }) => Promise<readonly RankedApp[]>;
  readonly app: (id: string) => Promise<AppRecord | null>;
  /** Sums per day, oldest first, for a chart; days without traffic are absent. */
  readonly days: (question: {
    readonly days: number;
    readonly model?: string;
    readonly app?: string;
    readonly keyId?: string;
    readonly endpoint?: string;
  }) => Promise<readonly RollUpRow<'day'>[]>;
  readonly sums: InsightsStore['sums'];
  readonly datasets: Datasets;
  readonly performance: Performance;
  /** `provider`: what a provider is called by its slug. */
  readonly analytics: (question: AnalyticsQuestion, provider: (slug: string) => string) => Promise<AnalyticsAnswer>;
  /** How often each key may ask: OpenRouter's numbers. */
  readonly rates: { readonly datasets: Rates; readonly analytics: Rates };
};

export const tokensOf = (sums: Sums): bigint => sums.promptTokens + sums.completionTokens;

export function openInsights(store: InsightsStore, world: World): Insights {
  const today = (): string => dayOf(world.now());

  const rank = async <D extends 'model' | 'app'>(
    by: D,
    window: Window,
    where: NonNullable<RollUpQuestion['where']>,
  ): Promise<(RankedSums & RollUpRow<D>)[]> => {
    const to = today();
    const from = dayBefore(to, window.days - 1);
    const top = Math.min(window.top ?? TOP_MAX, TOP_MAX);
    const [now, before] = await Promise.all([
      store.sums({ from, to, by: [by], where, top }),
      store.sums({ from: dayBefore(from, window.days), to: dayBefore(from, 1), by: [by], where }),
    ]);
    const nameOf = (row: RollUpRow<D>): string => (row as { readonly [dimension in Dimension]?: string })[by] ?? '';
    const earlier = new Map(before.map((row) => [nameOf(row), tokensOf(row)]));
    const ranked = now.filter((row) => tokensOf(row) > 0n);
    return ranked.map((row) => {
      const tokens = tokensOf(row);
      const tokensBefore = earlier.get(nameOf(row)) ?? 0n;
      const growth = tokensBefore === 0n ? null : Number(tokens - tokensBefore) / Number(tokensBefore);
      return { ...row, tokens, tokensBefore, growth };
    });
  };

  return {
    models: (window) => rank('model', window, window.app === undefined ? {} : { app: window.app }),
    apps: async (window) => {
      const ranked = await rank('app', window, window.model === undefined ? {} : { model: window.model });
      const apps = new Map((await store.apps(ranked.map((row) => row.app))).map((app) => [app.id, app]));
      return ranked.flatMap((row) => {
        const app = apps.get(row.app);
        return app ? [{ ...row, app }] : [];
      });
    },
    app: async (id) => (await store.apps([id]))[0] ?? null,
    days: async ({ days, ...where }) => {
      const to = today();
      const rows = await store.sums({ from: dayBefore(to, days - 1), to, by: ['day'], where });
      return rows.toSorted((a, b) => (a.day < b.day ? -1 : 1));
    },
    sums: store.sums,
    datasets: openDatasets(store, world),
    performance: openPerformance(store.tallies, world),
    analytics: (question, provider) => answerAnalytics(store.tallies, question, provider),
    rates: { datasets: createRates(world, 30), analytics: createRates(world, 64) },
  };
}
