import type { CommonCall } from './operation.ts';

/**
 * One answer of a realtime session. What is said and heard stays between its program and its host: here stands how much
 * of it there is.
 */
export type RealtimeCall = CommonCall & {
  /** Tokens of all that the model reads for it: by our estimate, and at most. */
  readonly promptTokens: number;
  readonly promptTokensMax: number;
  /** Tokens that it may write, where its program has said so. */
  readonly maxOutputTokens?: number;
};
