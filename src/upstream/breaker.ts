import { countsAgainst } from '../base/fault.ts';
import type { HealthReport } from './health-report.ts';

/**
 * Whether an endpoint is fit to go first. It opens on an outage, lets one probe through when its pause is over, and
 * closes with the first success. The pause grows to 20 s, so that a recovered endpoint is in use again within 30 s
 * while a dead one costs few callers a detour.
 */
export type Breaker = {
  /** Failures in a row. */
  readonly failures: number;
  /** Pauses in a row, this one included. */
  readonly pauses: number;
  /** Milliseconds since 1970; null = closed. */
  readonly openUntil: number | null;
  readonly probing: boolean;
};

export const CLOSED: Breaker = { failures: 0, pauses: 0, openUntil: null, probing: false };

const PAUSES_MS = [5_000, 10_000, 20_000] as const;
/** One failure among many successes is no outage; two in a row are, and so is a single silence that cost a caller seconds. */
const FAILURES_OF_AN_OUTAGE = 2;
const RATE_LIMIT_PAUSE_MS = { standard: 5_000, max: 30_000 } as const;

/** Closed, or paused long enough that the next caller may probe. */
export const isStable = ({ openUntil, probing }: Breaker, now: number): boolean =>
  openUntil === null || (openUntil <= now && !probing);

export function breakerAfter(breaker: Breaker, report: HealthReport, now: number): Breaker {
  if (report.kind === 'success') return CLOSED;
  if (report.kind === 'cancelled') return { ...breaker, probing: false };
  const { fault } = report;
  const isRateLimit = fault.code === 'upstream_rate_limit';
  if (!isRateLimit && !countsAgainst(fault)) return { ...breaker, probing: false };
  const failures = breaker.failures + (fault.code === 'upstream_timeout' ? FAILURES_OF_AN_OUTAGE : 1);
  if (failures < FAILURES_OF_AN_OUTAGE) return { ...breaker, failures, probing: false };
  // Attempts that were under way when it opened, or that had no better place to go, do not lengthen the pause.
  if (breaker.openUntil !== null && breaker.openUntil > now) return { ...breaker, failures };
  const pauses = breaker.pauses + 1;
  const pause = isRateLimit
    ? Math.min(fault.retryAfterMs ?? RATE_LIMIT_PAUSE_MS.standard, RATE_LIMIT_PAUSE_MS.max)
    : (PAUSES_MS[Math.min(pauses, PAUSES_MS.length) - 1] ?? 0);
  return { failures, pauses, openUntil: now + pause, probing: false };
}
