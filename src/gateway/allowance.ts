import { LIMITS } from '../base/limits.ts';
import { type NanoUsd, nano } from '../base/money.ts';
import type { Call } from '../call/call.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Candidate, Plan } from '../facts/plan.ts';
import type { Target } from '../facts/target.ts';
import type { HoldBounds } from '../ledger/ledger.ts';
import { boundOf, type CostBound, outputFor } from '../metering/cost-bound.ts';
import { type Exposures, OUTPUT_TOKENS_MIN, takesLimit } from '../metering/exposure.ts';
import { limitSteps } from '../metering/vendor-steps.ts';
import { chargedBound } from './charge.ts';

/** What exposes money, of whatever operation. */
type Exposing = {
  readonly exposures: Exposures;
  /** Of a chat: only it has a length that can be chosen. */
  readonly call: Call | null;
};
export type Exposed = Exposing & {
  /** Some limit of the caller's counts what the account's own keys pay for. */
  readonly countsOwn?: boolean;
  /** How often all of it may be consumed: twice where an answer that is cut is gone on with. */
  readonly times: 1 | 2;
};

/** Who asks for no certain length takes what credit pays for, where its endpoint can be told so; who does gets it or a refusal. */
const isOpen = ({ call }: Exposing, endpoint: Endpoint): boolean =>
  call !== null && call.maxOutputTokens === undefined && takesLimit(call, endpoint);

/** What it costs there at most, whoever pays the provider. */
const costAt = (
  { exposures, countsOwn = false }: Pick<Exposed, 'exposures' | 'countsOwn'>,
  target: Target,
): CostBound => chargedBound(target, exposures.costAt(target.endpoint), countsOwn);

/**
 * What a limited scope sets aside for a plan: the bound of the dearest endpoint that may be tried; if credit does not
 * reach so far, at least that of the first one, with a shorter answer where the caller named no length. Twice it, where
 * there is so much, for an answer that may be gone on with: that sends the prompt once more, and what was written.
 */
export function boundsOf(decided: Plan, exposed: Exposed, times: 1 | 2): HoldBounds {
  const { exposures } = exposed;
  const [first, ...others] = decided.candidates.slice(0, LIMITS.attempts_max).map((candidate) => {
    const { endpoint } = candidate;
    const { outputTokens, promptTokens } = exposures.at(endpoint);
    const cost = costAt(exposed, candidate);
    const down = (tokens: number): number =>
      isOpen(exposed, endpoint) ? Math.min(outputTokens, tokens) : outputTokens;
    return {
      most: boundOf(cost, outputTokens),
      enough: boundOf(cost, down(LIMITS.held_output_tokens)),
      least: boundOf(cost, down(OUTPUT_TOKENS_MIN)),
      promptCost: boundOf(cost, 0),
      promptTokens,
      outputTokens,
    };
  });
  if (!first) throw new Error('a plan without a fault has candidates');
  let { most, enough } = first;
  for (const other of others) {
    if (other.most > most) most = other.most;
    if (other.enough > enough) enough = other.enough;
  }
  most = nano(most * BigInt(times));
  return { ...first, most, enough, amount: first.most };
}

/** What a call may cost, now that so much is held for it. */
export type Allowance = {
  /** The candidates that it pays for. */
  readonly plan: Plan;
  /** The call as that endpoint is sent it: with a length and a number of searches that what is held pays for. */
  readonly limited: (call: Call, target: Target) => Call;
  /**
   * A call that goes on with a cut answer, as the rest of what is held pays for it once so much is spent: `exposures` are
   * its own. Null = it does not.
   */
  readonly rest: (exposed: Exposing & { readonly call: Call }, target: Target, spent: NanoUsd) => Call | null;
  /** Output tokens that the endpoint is permitted, all answers together. */
  readonly permitted: (target: Target) => number;
};

export function allowanceOf(decided: Plan, exposed: Exposed, amount: NanoUsd): Allowance {
  const { exposures } = exposed;
  const lengthAt = (target: Target): number =>
    outputFor(costAt(exposed, target), amount, exposures.at(target.endpoint).outputTokens);
  const isPaidFor = (candidate: Candidate): boolean => {
    const { endpoint } = candidate;
    const { outputTokens } = exposures.at(endpoint);
    return (
      lengthAt(candidate) >= (isOpen(exposed, endpoint) ? Math.min(outputTokens, OUTPUT_TOKENS_MIN) : outputTokens)
    );
  };
  return {
    plan: { ...decided, candidates: decided.candidates.filter(isPaidFor) },
    limited: (call, target) => {
      const { endpoint } = target;
      const steps = limitSteps(call, endpoint);
      const isFree = costAt(exposed, target).outputToken === 0n;
      return isFree || !isOpen(exposed, endpoint) ? steps : { ...steps, maxOutputTokens: lengthAt(target) };
    },
    rest: ({ exposures: own, call }, target, spent) => {
      const { endpoint } = target;
      const { outputTokens } = own.at(endpoint);
      const cost = costAt({ ...exposed, exposures: own }, target);
      const length = outputFor(cost, nano(amount - spent), outputTokens);
      const isShortened = isOpen({ exposures: own, call }, endpoint);
      if (length < (isShortened ? Math.min(outputTokens, OUTPUT_TOKENS_MIN) : outputTokens)) return null;
      const steps = limitSteps(call, endpoint);
      return isShortened && cost.outputToken > 0n ? { ...steps, maxOutputTokens: length } : steps;
    },
    permitted: (target) => exposures.at(target.endpoint).answers * lengthAt(target),
  };
}
