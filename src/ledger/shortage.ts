import { type Fault, fault } from '../base/fault.ts';
import type { NanoUsd } from '../base/money.ts';
import type { Scope } from './store.ts';

export type Shortage = {
  readonly scope: Scope;
  readonly available: NanoUsd;
  readonly amount: NanoUsd;
  readonly promptCost: NanoUsd;
  readonly promptTokens: number;
  readonly outputTokens: number;
};

const positive = (value: bigint): bigint => (value > 0n ? value : 0n);

/** The 402 of spec §6.1, in the words that clients parse to lower their `max_tokens` and try again. */
export function shortageFault(shortage: Shortage): Fault {
  const { amount, promptCost, promptTokens, outputTokens } = shortage;
  const available = positive(shortage.available);
  const remedy = shortage.scope.startsWith('key:')
    ? 'To increase, create a key with a higher limit or raise the limit of this one.'
    : 'To increase, add credits to the account.';
  if (available < promptCost && promptTokens > 0) {
    const affordable = (BigInt(promptTokens) * available) / promptCost;
    return fault('payment_required', `Prompt tokens limit exceeded: ${promptTokens} > ${affordable}. ${remedy}`);
  }
  const outputCost = amount - promptCost;
  const affordable = outputCost > 0n ? (BigInt(outputTokens) * positive(available - promptCost)) / outputCost : 0n;
  return fault(
    'payment_required',
    'This request requires more credits, or fewer max_tokens. ' +
      `You requested up to ${outputTokens} tokens, but can only afford ${affordable}. ${remedy}`,
  );
}
