import type { Json } from '../../src/base/json.ts';

/** What a program understands of an answer, whatever dialect it speaks: the measure of the matrix. */
export type Told = {
  readonly choices: readonly ToldChoice[];
  readonly usage: ToldUsage | null;
  /** Set where the answer ended with a failure that the program can see. */
  readonly error: ToldError | null;
  /** The first choice as the program would keep it in its history. */
  readonly turn: Json;
};

export type ToldChoice = {
  readonly text: string;
  readonly refusal: string;
  readonly reasoning: string;
  readonly tools: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly finish: string;
  readonly stopSequence: string | null;
  readonly citations: readonly string[];
  readonly logprobs: readonly number[];
};

/** In OpenAI's meaning: `prompt` includes caches, `completion` includes reasoning. Null = this dialect has no such count. */
export type ToldUsage = {
  readonly prompt: number;
  readonly completion: number;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
  readonly reasoning: number | null;
};
export type ToldError = { readonly message: string; readonly kind: string };

export const emptyChoice: ToldChoice = {
  text: '',
  refusal: '',
  reasoning: '',
  tools: [],
  finish: 'stop',
  stopSequence: null,
  citations: [],
  logprobs: [],
};
