import { type Fault, fault } from '../base/fault.ts';

/**
 * Why a store takes no writes: its disk is full, it was made read-only (after a failover, by its file system), it does
 * not answer, or it answers so slowly that what waits for it has grown too old or too large.
 */
export type Trouble = 'full' | 'read-only' | 'away' | 'behind';

/** The store failed, rather than what it was asked. */
export class StoreError extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
  }
}

const WORDS: { readonly [trouble in Trouble]: string } = {
  full: 'The disk of the store is full.',
  'read-only': 'The store takes no writes at the moment.',
  away: 'The store cannot be reached.',
  behind: 'The store cannot keep up.',
};
/** What a client is asked to wait: an outage ends on its own time, and nobody gains by asking sooner. */
const RETRY_AFTER_MS: { readonly [trouble in Trouble]: number } = {
  full: 30_000,
  'read-only': 5_000,
  away: 5_000,
  behind: 2_000,
};

/** The 503 of a call that is not begun, because what it costs could not be written down. */
export const troubleFault = (trouble: Trouble): Fault =>
  fault('overloaded', `${WORDS[trouble]} Nothing was sent to a provider. Please try again.`, {
    retryAfterMs: RETRY_AFTER_MS[trouble],
  });

/** For whoever asks whether this instance can serve. */
export const troubleWords = (trouble: Trouble): string => WORDS[trouble];
