import type { Fault } from '../base/fault.ts';
import type { NanoUsd } from '../base/money.ts';
import type { Result } from '../base/result.ts';
import type { CallOf, ReplyOf } from '../call/operation.ts';

/** What tools and plugins may ask models for, within the call that they work on. */
export type AskedOperation = 'chat' | 'images' | 'moderations' | 'embeddings';

/**
 * Asks another model as a leg of the same call: under its caller's rules, out of its hold, on its receipt. Never rejects;
 * the fault is told in words that may be shown.
 */
export type Ask = <O extends AskedOperation>(operation: O, call: CallOf<O>) => Promise<Result<Answered<O>, Fault>>;

export type Answered<O extends AskedOperation> = {
  readonly reply: ReplyOf<O>;
  /** The id of the model that answered. */
  readonly model: string;
  readonly cost: NanoUsd;
};
