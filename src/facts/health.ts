/** Rolling figures of one endpoint, from live traffic. */
export type EndpointHealth = {
  /** False while a recent outage puts it behind its peers. */
  readonly stable: boolean;
  /** Share of successes in the window, 0–1; null without traffic. */
  readonly success: number | null;
  readonly latencyMs: Percentiles | null;
  /** Output tokens per second. */
  readonly throughput: Percentiles | null;
};
export type Percentiles = { readonly p50: number; readonly p75: number; readonly p90: number; readonly p99: number };
/** Health by endpoint id; undefined = never seen. A snapshot: it does not change under a plan. */
export type HealthView = { readonly of: (endpointId: string) => EndpointHealth | undefined };
