/**
 * Disjoint counts of what a call consumed: no token is in two of them. Each dialect converts its vendor's convention
 * once. OpenAI's meaning (prompt includes cache, completion includes reasoning) is derived only when encoding.
 */
export type Usage = {
  /** Fresh prompt tokens: neither read from a cache nor written to one. */
  readonly input: number;
  readonly inputCacheRead: number;
  /** Written with the default (5 minute) lifetime. */
  readonly inputCacheWrite: number;
  readonly inputCacheWrite1h: number;
  readonly inputAudio: number;
  /** Visible output. */
  readonly output: number;
  readonly outputReasoning: number;
  readonly outputAudio: number;
  readonly outputImage: number;
  readonly webSearches: number;
  readonly source: 'provider' | 'estimate';
  readonly acceptedPrediction?: number;
  readonly rejectedPrediction?: number;
  /**
   * Counts of the vendor's own summary of a prompt that had grown too long. Billed, but no part of this answer's prompt
   * and completion, by which clients see how full the context is.
   */
  readonly compaction?: Usage;
  /** What the vendor says it charged, in US dollars as a decimal string: a second opinion, never the bill. */
  readonly vendorCost?: string;
};

export const NO_USAGE: Usage = {
  input: 0,
  inputCacheRead: 0,
  inputCacheWrite: 0,
  inputCacheWrite1h: 0,
  inputAudio: 0,
  output: 0,
  outputReasoning: 0,
  outputAudio: 0,
  outputImage: 0,
  webSearches: 0,
  source: 'provider',
};

export const usageOf = (counts: Partial<Usage>): Usage => ({ ...NO_USAGE, ...counts });

/** OpenAI's `prompt_tokens`. */
export const promptTokens = (usage: Usage): number =>
  usage.input + usage.inputCacheRead + usage.inputCacheWrite + usage.inputCacheWrite1h + usage.inputAudio;

/** OpenAI's `completion_tokens`. */
export const completionTokens = (usage: Usage): number =>
  usage.output + usage.outputReasoning + usage.outputAudio + usage.outputImage;
