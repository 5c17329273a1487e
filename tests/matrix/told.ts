import type { Json } from '../../src/base/json.ts';

/** What a program understands of an answer, whatever dialect it speaks: the measure of the matrix. */
export type Told = {
  readonly choices: readonly ToldChoice[];
  readonly usage: ToldUsage | null;
  /** Set where the answer ended with a failure that the program can see. */
  readonly error: ToldError | null;
  /** The first choice as the program would keep it in its history. */
  readonly turn: Json;
  /** The tier that served, where the dialect tells. */
  readonly tier: string | null;
};

export type ToldChoice = {
  readonly text: string;
  readonly refusal: string;
  readonly reasoning: string;
  readonly tools: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly finish: string;
  readonly stopSequence: string | null;
  /** Title and address. */
  readonly citations: readonly string[];
  /** Titles of the documents that are cited. */
  readonly documents: readonly string[];
  /** Names of media of the matrix. */
  readonly images: readonly string[];
  readonly audio: string;
  readonly transcript: string;
  /** What the vendor's own tools were asked and answered, passed on in the dialect's own words. */
  readonly vendorItems: number;
  readonly logprobs: readonly number[];
};

/** In OpenAI's meaning: `prompt` includes caches, `completion` includes reasoning. Null = this dialect has no such count. */
export type ToldUsage = {
  readonly prompt: number;
  readonly completion: number;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
  readonly reasoning: number | null;
  readonly audioIn?: number;
  readonly audioOut?: number;
  readonly imageOut?: number;
  readonly accepted?: number;
  readonly rejected?: number;
  readonly bill?: ToldBill;
};
/** In US dollars. */
export type ToldBill = {
  readonly cost: number;
  readonly is_byok: boolean;
  readonly upstream: number | null;
  readonly prompt: number;
  readonly completion: number;
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
  documents: [],
  images: [],
  audio: '',
  transcript: '',
  vendorItems: 0,
  logprobs: [],
};
