import { type Fault, fault } from '../base/fault.ts';
import { formatUsd, type NanoUsd, nano, usdNumber } from '../base/money.ts';
import { countOf, ownerOf } from '../facts/scope.ts';
import type { Bound, Scope } from './store.ts';

/** Why a call cannot be held: the scope that ran short, what it had and what was needed of it, and of which bound. */
export type Shortage = {
  readonly scope: Scope;
  readonly available: NanoUsd;
  readonly needed: NanoUsd;
  readonly bound: Bound;
  /** What the whole call would cost, and the prompt's share of it. */
  readonly amount: NanoUsd;
  readonly promptCost: NanoUsd;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Milliseconds since 1970. */
  readonly now: number;
};

const positive = (value: bigint): bigint => (value > 0n ? value : 0n);
const kindOf = (scope: Scope): string => ownerOf(scope).slice(0, ownerOf(scope).indexOf(':'));
const usd = (value: bigint): string => `$${formatUsd(nano(value))}`;

/**
 * The refusal of a call that its scopes cannot pay for. What the account or the key lacks is the 402 of spec §6.1, in the
 * words that clients parse to lower their `max_tokens` and try again; the budget of a workspace or a member, or of a guardrail
 * on whatever, is a 403 (spec §1.11); what is counted is a 429 that says when to come again.
 */
export function shortageFault(shortage: Shortage): Fault {
  if (countOf(shortage.scope) !== null) return tooMany(shortage);
  const kind = kindOf(shortage.scope);
  if (shortage.bound.guardrail || kind === 'workspace' || kind === 'member') return overBudget(shortage, kind);
  const { amount, promptCost, promptTokens, outputTokens } = shortage;
  const available = positive(shortage.available);
  const remedy = `${remedyFor(shortage)}${againAt(shortage)}`;
  const more = { metadata: figuresOf(shortage) };
  if (available < promptCost && promptTokens > 0) {
    const affordable = (BigInt(promptTokens) * available) / promptCost;
    return fault('payment_required', `Prompt tokens limit exceeded: ${promptTokens} > ${affordable}. ${remedy}`, more);
  }
  const outputCost = amount - promptCost;
  const affordable = outputCost > 0n ? (BigInt(outputTokens) * positive(available - promptCost)) / outputCost : 0n;
  return fault(
    'payment_required',
    'This request requires more credits, or fewer max_tokens. ' +
      `You requested up to ${outputTokens} tokens, but can only afford ${affordable}. ${remedy}`,
    more,
  );
}

const remedyFor = ({ scope }: Shortage): string =>
  scope.startsWith('key:')
    ? 'To increase, create a key with a higher limit or raise the limit of this one.'
    : 'To increase, add credits to the account.';

function overBudget(shortage: Shortage, kind: string): Fault {
  const { bound, available, needed } = shortage;
  const whose = bound.guardrail ? `${kind} by the guardrail "${bound.guardrail.name}"` : kind;
  return fault(
    'permission_denied',
    `The ${bound.interval} budget of this ${whose} is ${usd(bound.limit)}, of which ${usd(positive(available))} is left; ` +
      `this request needs up to ${usd(needed)}.${againAt(shortage)}`,
    { metadata: figuresOf(shortage) },
  );
}

function tooMany(shortage: Shortage): Fault {
  const { scope, bound, available, needed } = shortage;
  const count = countOf(scope) ?? 'requests';
  const rate = bound.interval === 'minute' ? `${count} a minute` : `${count} at once`;
  const size = count === 'tokens' ? ` This request needs ${needed}, and ${positive(available)} are left.` : '';
  const isNever = needed > bound.limit;
  return fault('rate_limit_exceeded', `Rate limit exceeded: this ${kindOf(scope)} has ${bound.limit} ${rate}.${size}`, {
    metadata: figuresOf(shortage),
    ...(bound.resetMs !== null && !isNever && { retryAfterMs: Math.max(1, bound.resetMs) }),
  });
}

const resetsAt = ({ bound, now }: Shortage): string | null =>
  bound.resetMs === null ? null : new Date(now + bound.resetMs).toISOString();
const againAt = (shortage: Shortage): string => {
  const at = resetsAt(shortage);
  return at === null ? '' : ` It starts afresh at ${at}.`;
};

/** For programs; money in dollars. */
function figuresOf(shortage: Shortage): { readonly [name: string]: unknown } {
  const { scope, bound, available, needed } = shortage;
  const count = countOf(scope);
  const figure = (value: bigint): number => (count === null ? usdNumber(nano(value)) : Number(value));
  return {
    scope: kindOf(scope),
    unit: count ?? 'usd',
    interval: bound.interval,
    limit: figure(bound.limit),
    available: figure(positive(available)),
    needed: figure(needed),
    resets_at: resetsAt(shortage),
    ...(bound.guardrail && { guardrail_id: bound.guardrail.id, guardrail_name: bound.guardrail.name }),
  };
}
