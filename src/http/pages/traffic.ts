import { dayBefore, dayOf } from '../../base/period.ts';
import type { EndpointHealth } from '../../facts/health.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { RankedSums } from '../../insights/insights.ts';

/** The windows of the rankings, in days that end today. */
export const WINDOWS = { day: 1, week: 7, month: 30 } as const;
export type WindowName = keyof typeof WINDOWS;

type Figures = { readonly tokens: number; readonly requests: number; readonly growth: number | null };
export type ModelRank = Figures & { readonly model: string };
/** `origin` and `title` were sent by callers: hostile. */
export type AppRank = Figures & {
  readonly id: string;
  readonly origin: string;
  readonly title: string;
  readonly categories: readonly string[];
};
export type DayOfUse = {
  /** `2026-11-22`, UTC. */
  readonly day: string;
  readonly prompt: number;
  readonly completion: number;
  readonly requests: number;
};

const figuresOf = (rank: RankedSums): Figures => ({
  tokens: Number(rank.tokens),
  requests: Number(rank.requests),
  growth: rank.growth,
});

export async function rankedModels(gateway: Gateway, window: WindowName, app?: string): Promise<readonly ModelRank[]> {
  const ranks = await gateway.insights.models({ days: WINDOWS[window], ...(app !== undefined && { app }) });
  return ranks.map((rank) => ({ ...figuresOf(rank), model: rank.model }));
}

export async function rankedApps(gateway: Gateway, window: WindowName, model?: string): Promise<readonly AppRank[]> {
  const ranks = await gateway.insights.apps({ days: WINDOWS[window], ...(model !== undefined && { model }) });
  return ranks.map((rank) => ({ ...figuresOf(rank), ...rank.app }));
}

/** The last thirty days, oldest first, days without traffic included. */
export async function daysOfUse(
  gateway: Gateway,
  of: { readonly model?: string; readonly app?: string },
): Promise<readonly DayOfUse[]> {
  const days = WINDOWS.month;
  const rows = new Map((await gateway.insights.days({ days, ...of })).map((row) => [row.day, row]));
  const today = dayOf(gateway.world.now());
  return Array.from({ length: days }, (_, at) => {
    const day = dayBefore(today, days - 1 - at);
    const row = rows.get(day);
    return {
      day,
      prompt: Number(row?.promptTokens ?? 0n),
      completion: Number(row?.completionTokens ?? 0n),
      requests: Number(row?.requests ?? 0n),
    };
  });
}

/** Attempts at an endpoint on each of the last thirty days, oldest first, and those that failed by its fault. */
export type DayOfService = { readonly day: string; readonly requests: number; readonly errors: number };

/** How an endpoint has done: the last half hour from health, the last thirty days from the roll-ups. */
export type Service = {
  readonly health: EndpointHealth | undefined;
  readonly days: readonly DayOfService[];
  /** Its provider's key is present: requests can go there now. */
  readonly isEnabled: boolean;
};

/** One question to the roll-ups for all endpoints of a model. */
export async function serviceOf(gateway: Gateway, model: string): Promise<(endpoint: EndpointName) => Service> {
  const today = dayOf(gateway.world.now());
  const from = dayBefore(today, WINDOWS.month - 1);
  const rows = await gateway.insights.sums({ from, to: today, by: ['day', 'endpoint'], where: { model } });
  const found = new Map(rows.map((row) => [`${row.day} ${row.endpoint}`, row]));
  const health = gateway.health.view();
  const enabled = gateway.enabled();
  return ({ id, provider }) => ({
    health: health.of(id),
    isEnabled: enabled.has(provider.slug),
    days: Array.from({ length: WINDOWS.month }, (_, at) => {
      const day = dayBefore(today, WINDOWS.month - 1 - at);
      const row = found.get(`${day} ${id}`);
      const errors = Number(row?.errors ?? 0n);
      return { day, requests: Number(row?.requests ?? 0n) + errors, errors };
    }),
  });
}
type EndpointName = { readonly id: string; readonly provider: { readonly slug: string } };
