import type { Fault } from '../base/fault.ts';
import type { Routed } from './routing.ts';
import type { Target } from './target.ts';

/** The router's answer: endpoints in order with a reason each, and every rejected endpoint with its reason. */
export type Plan = {
  readonly candidates: readonly Candidate[];
  readonly rejected: readonly Rejection[];
  /** Why nothing is left; present exactly when `candidates` is empty. */
  readonly fault?: Fault;
  /** Losing a parameter refuses an endpoint instead of being reported (`provider.require_parameters`). */
  readonly strict: boolean;
  /** What router models among the caller's chose; absent where there were none. */
  readonly routed?: readonly Routed[];
};
/** An endpoint that is to be tried, and why it stands at its place. */
export type Candidate = Target & { readonly reason: string };
/** An endpoint that is not tried, and why. */
export type Rejection = {
  readonly model: string;
  readonly endpoint: string;
  readonly provider: string;
  /** The filter that removed it (`router/filters.ts`), e.g. `credentials`, `ignore`, `context_length`. */
  readonly step: string;
  readonly reason: string;
};
