/** Rolling figures of one endpoint, from live traffic. */
export type EndpointHealth = {
  /** False while a recent outage puts it behind its peers. */
  readonly stable: boolean;
  /** True while it is remembered to have taken more than it was permitted. */
  readonly overruns?: boolean;
  /** True while nothing more is granted there, as far as its host has said or its refusals tell. */
  readonly spent?: boolean;
  /** Share of successes in the last half hour, 0–1; null without traffic. */
  readonly success: number | null;
  /** The share of successes in the last five minutes, and in the last 24 hours of the clock. */
  readonly successLast5m: number | null;
  readonly successLast1d: number | null;
  /** Share of the prompts' tokens of the last half hour that were read from a cache, 0–1; absent where none was. */
  readonly cacheShare?: number;
  readonly latencyMs: Percentiles | null;
  /** Output tokens per second. */
  readonly throughput: Percentiles | null;
};
/** An endpoint without traffic in any window. */
export const UNMEASURED: EndpointHealth = {
  stable: true,
  success: null,
  successLast5m: null,
  successLast1d: null,
  latencyMs: null,
  throughput: null,
};
/** Figures below which so many of a hundred measurements lie. */
export type Percentiles = { readonly p50: number; readonly p75: number; readonly p90: number; readonly p99: number };
/** Health by endpoint id; undefined = never seen. A snapshot: it does not change under a plan. */
export type HealthView = { readonly of: (endpointId: string) => EndpointHealth | undefined };
