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
  /** Of the last half hour, to the first content. */
  readonly latencyMs: Percentiles | null;
  /** Output tokens per second, of the last half hour. */
  readonly throughput: Percentiles | null;
  /** The same of the last five minutes. */
  readonly latencyMsLast5m: Percentiles | null;
  readonly throughputLast5m: Percentiles | null;
  /**
   * The share of tool calls and of answers in JSON that could be read, in two to three hours, 0–1; absent where fewer
   * than 200 were seen in them, or fewer than 100 calls in half an hour.
   */
  readonly wellFormed?: number;
};
/** An endpoint without traffic in any window. */
export const UNMEASURED: EndpointHealth = {
  stable: true,
  success: null,
  successLast5m: null,
  successLast1d: null,
  latencyMs: null,
  throughput: null,
  latencyMsLast5m: null,
  throughputLast5m: null,
};
/** Figures that so many of a hundred measurements keep to: at most, of what is better small; at least, of what is better large. */
export type Percentiles = { readonly p50: number; readonly p75: number; readonly p90: number; readonly p99: number };
/** Health by endpoint id; undefined = never seen. A snapshot: it does not change under a plan. */
export type HealthView = { readonly of: (endpointId: string) => EndpointHealth | undefined };

/** What one endpoint did in some time, for whoever looks: not read by routing. */
export type HealthWindow = {
  /** Exchanges that ended, refusals for their number among them. */
  readonly requests: number;
  /** Of those that were not turned away for their number, 0–1; null = there were none. */
  readonly success: number | null;
  /** The share that was turned away for its number. */
  readonly rateLimited: number | null;
  /** Of tool calls and answers in JSON, those that could be read. */
  readonly wellFormed: number | null;
  readonly latencyMs: Percentiles | null;
  readonly throughput: Percentiles | null;
};
export type HealthWindows = { readonly [window in 'last5m' | 'last30m' | 'last1d']: HealthWindow };
