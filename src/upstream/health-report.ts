import type { Fault } from '../base/fault.ts';
import { cachedTokens, completionTokens, promptTokens, type Usage } from '../call/usage.ts';
import type { Attempt } from '../facts/attempt.ts';
import type { AttemptEnd } from './attempt.ts';

/** How an attempt ended, as far as its endpoint's health is concerned. */
export type HealthReport =
  | {
      readonly kind: 'success';
      readonly latencyMs: number;
      /** Output tokens per second; null when the provider counted nothing. */
      readonly throughput: number | null;
      /** Tokens of its prompt, and those of them that were read from a cache; absent where nobody counted. */
      readonly prompt?: { readonly tokens: number; readonly cached: number };
    }
  | {
      readonly kind: 'failure';
      readonly fault: Fault;
      /** How long the caller waited for it. */
      readonly ms: number;
    }
  | { readonly kind: 'cancelled' };

export function reportOf(end: AttemptEnd, attempt: Attempt): HealthReport {
  if (end.kind === 'cancelled') return { kind: 'cancelled' };
  if ('fault' in end) return { kind: 'failure', fault: end.fault, ms: attempt.totalMs };
  const latencyMs = attempt.firstContentMs ?? attempt.totalMs;
  const success = { kind: 'success', latencyMs, throughput: throughputOf(attempt, end.usage) } as const;
  if (end.usage?.source !== 'provider') return success;
  return { ...success, prompt: { tokens: promptTokens(end.usage), cached: cachedTokens(end.usage) } };
}

function throughputOf(attempt: Attempt, usage: Usage | null): number | null {
  const ms = attempt.totalMs - (attempt.firstContentMs ?? 0);
  const tokens = usage ? completionTokens(usage) : 0;
  return tokens > 0 && ms > 0 ? (1000 * tokens) / ms : null;
}
