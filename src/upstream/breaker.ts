import { countsAgainst } from '../base/fault.ts';
import type { HealthReport } from './health-report.ts';

/**
 * Whether an endpoint is fit to go first. It opens on an outage, lets one probe through when its pause is over, and
 * closes with the first success. The pause grows to 25 s, so that a recovered endpoint is in use again within 30 s
 * while an outage of a minute costs three callers a detour, whatever the traffic.
 */
export type Breaker = {
  /** Failures in a row. */
  readonly failures: number;
  /** Pauses in a row, this one included; slow failures skip the shortest. */
  readonly pauses: number;
  /** Milliseconds since 1970; null = closed. */
  readonly openUntil: number | null;
  readonly probing: boolean;
  /** Failures in a row that each cost a caller seconds: silences, connections that never came about. */
  readonly slow: number;
};

export const CLOSED: Breaker = { failures: 0, pauses: 0, openUntil: null, probing: false, slow: 0 };

const PAUSES_MS = [5_000, 15_000, 25_000] as const;
const FIRST_SLOW_PAUSE = 2;
/** One failure among many successes is no outage; two in a row are, and so is a single silence that cost a caller seconds. */
const FAILURES_OF_AN_OUTAGE = 2;
const RATE_LIMIT_PAUSE_MS = { standard: 5_000, max: 30_000 } as const;

/** Closed, or paused long enough that the next caller may probe. */
export const isStable = ({ openUntil, probing }: Breaker, now: number): boolean =>
  openUntil === null || (openUntil <= now && !probing);

/** How long an answer that is none may take before it counts as a silence. */
const SLOW_MS = 3_000;
/** One slow failure may be one hard question; after two, callers who have nowhere else to go are not made to wait too. */
const SLOW_FAILURES = 2;

/**
 * What a caller may expect of an endpoint. `probe`: down, and due to be asked again. `doubtful`: down, but it fails
 * quickly, so that whoever has no other may try. `shut`: down, and asking would cost seconds for nothing.
 */
export type Gate = 'open' | 'probe' | 'doubtful' | 'shut';

export function gateOf(breaker: Breaker, now: number): Gate {
  if (breaker.openUntil === null) return 'open';
  if (isStable(breaker, now)) return 'probe';
  return breaker.slow >= SLOW_FAILURES ? 'shut' : 'doubtful';
}

export function breakerAfter(breaker: Breaker, report: HealthReport, now: number): Breaker {
  if (report.kind === 'success') return CLOSED;
  if (report.kind === 'cancelled') return { ...breaker, probing: false };
  const { fault } = report;
  const isRateLimit = fault.code === 'upstream_rate_limit';
  if (!isRateLimit && !countsAgainst(fault)) return { ...breaker, probing: false };
  const failures = breaker.failures + (fault.code === 'upstream_timeout' ? FAILURES_OF_AN_OUTAGE : 1);
  const slow = fault.code === 'upstream_timeout' || report.ms >= SLOW_MS ? breaker.slow + 1 : 0;
  if (failures < FAILURES_OF_AN_OUTAGE) return { ...breaker, failures, slow, probing: false };
  // Attempts that were under way when it opened, or that had no better place to go, do not lengthen the pause.
  if (breaker.openUntil !== null && breaker.openUntil > now) return { ...breaker, failures, slow };
  // Where each probe costs its caller seconds there are fewer of them from the first on.
  const pauses = Math.max(breaker.pauses + 1, slow > 0 ? FIRST_SLOW_PAUSE : 1);
  const pause = isRateLimit
    ? Math.min(fault.retryAfterMs ?? RATE_LIMIT_PAUSE_MS.standard, RATE_LIMIT_PAUSE_MS.max)
    : (PAUSES_MS[Math.min(pauses, PAUSES_MS.length) - 1] ?? 0);
  return { failures, pauses, openUntil: now + pause, probing: false, slow };
}
