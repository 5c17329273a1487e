import { type Fault, type FaultCode, faultRow } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';

/** What follows a failed attempt. */
export type RetryStep =
  | { readonly kind: 'again'; readonly afterMs: number }
  | { readonly kind: 'next-endpoint' | 'next-model' | 'stop' };

export type Situation = {
  /** This endpoint has had its second chance. */
  readonly hasRetried: boolean;
  readonly othersLeft: boolean;
  /** False when this endpoint is known to be down: a second try would only delay the answer. */
  readonly isStable: boolean;
  /** A draw from [0, 1), so that many callers do not come back at once. */
  readonly draw: number;
};

export function stepAfter(value: Fault, { hasRetried, othersLeft, isStable, draw }: Situation): RetryStep {
  const { retry } = faultRow(value);
  if (retry === 'no') return { kind: 'stop' };
  if (retry !== 'same-once') return { kind: retry };
  const { retryAfterMs } = value;
  if (hasRetried || (retryAfterMs !== undefined && retryAfterMs > LIMITS.retry_wait_ms_max))
    return { kind: 'next-endpoint' };
  if (value.code === 'upstream_rate_limit') {
    if (retryAfterMs !== undefined) return { kind: 'again', afterMs: retryAfterMs + 50 * draw };
    return othersLeft ? { kind: 'next-endpoint' } : { kind: 'again', afterMs: 500 + 500 * draw };
  }
  if (!isStable && othersLeft) return { kind: 'next-endpoint' };
  return { kind: 'again', afterMs: retryAfterMs ?? 50 + 100 * draw };
}

/** What tells a caller most first: what they can change, then what passes with time, then what the operator must mend. */
const TELLING: readonly FaultCode[] = [
  'content_policy_violation',
  'context_length_exceeded',
  'max_tokens_exceeded',
  'upstream_invalid_request',
  'upstream_unprocessable',
  'upstream_too_large',
  'upstream_not_implemented',
  'no_endpoints',
  'upstream_rate_limit',
  'upstream_overloaded',
  'upstream_timeout',
  'upstream_truncated',
  'upstream_server_error',
  'upstream_schema_mismatch',
  'upstream_malformed',
  'upstream_unreachable',
  'upstream_model_not_found',
];

export type Failure = { readonly fault: Fault; readonly model: string; readonly provider: string };

/** The fault to report when nothing answered: the one that ended the run, else the first model's most telling one. */
export function mostTelling(failures: readonly Failure[]): Fault | undefined {
  const last = failures.at(-1);
  const first = failures[0];
  if (!first || !last) return undefined;
  const ofFirstModel = failures.filter((failure) => failure.model === first.model);
  const rank = ({ fault }: Failure): number =>
    (TELLING.indexOf(fault.code) + TELLING.length + 1) % (TELLING.length + 1);
  const chosen =
    faultRow(last.fault).retry === 'no'
      ? last
      : ofFirstModel.reduce((best, failure) => (rank(failure) < rank(best) ? failure : best));
  const others = failures.filter((failure) => failure !== chosen);
  if (others.length === 0) return chosen.fault;
  const previous_errors = others.map(({ fault, provider }) => ({
    provider,
    code: fault.code,
    status: failedStatus(fault),
  }));
  return { ...chosen.fault, metadata: { ...chosen.fault.metadata, previous_errors } };
}

/** What the provider answered, unless it was a success that then went wrong. */
function failedStatus(value: Fault): number {
  const told = value.upstream?.status ?? 0;
  return told >= 400 ? told : faultRow(value).status;
}
