import type { PicoUsd } from '../base/money.ts';

/** Prices per single unit. Absent cache prices fall back to `input`, absent reasoning to `output` (spec §5.2). */
export type Price = {
  readonly input: PicoUsd;
  readonly output: PicoUsd;
  readonly inputCacheRead?: PicoUsd;
  readonly inputCacheWrite?: PicoUsd;
  readonly inputCacheWrite1h?: PicoUsd;
  readonly inputAudio?: PicoUsd;
  readonly outputReasoning?: PicoUsd;
  readonly outputAudio?: PicoUsd;
  readonly outputImage?: PicoUsd;
  readonly image?: PicoUsd;
  readonly request?: PicoUsd;
  readonly webSearch?: PicoUsd;
  /** Prices that hold for prompts strictly longer than `minPromptTokens`; the last match wins, member by member. */
  readonly overrides: readonly PriceOverride[];
};
export type PriceOverride = { readonly minPromptTokens: number; readonly price: Partial<Omit<Price, 'overrides'>> };
