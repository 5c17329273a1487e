import type { DrawnKind } from './image.ts';
import type { ServerToolUse } from './server-tool.ts';
import type { FilmedKind } from './video.ts';

/**
 * Disjoint counts of what a call consumed: no token is in two of them. Each dialect converts its vendor's convention
 * once. OpenAI's meaning (prompt includes cache, completion includes reasoning) is derived only when encoding.
 */
export type Usage = TokenCounts &
  PieceCounts & {
    readonly webSearches: number;
    readonly source: 'provider' | 'estimate';
    readonly acceptedPrediction?: number;
    readonly rejectedPrediction?: number;
    /**
     * Counts of the vendor's own summary of a prompt that had grown too long. Billed, but no part of this answer's prompt
     * and completion, by which clients see how full the context is.
     */
    readonly compaction?: Usage;
    /** Of pictures that were drawn: what their price may depend on. */
    readonly drawn?: DrawnKind;
    /** Of videos. */
    readonly filmed?: FilmedKind;
    /** What the vendor says it charged, in US dollars as a decimal string: a second opinion, never the bill. */
    readonly vendorCost?: string;
    /** Tools that the gateway ran; absent = there were none. */
    readonly serverTools?: ServerToolUse;
  };

/** Disjoint counts of tokens: none is part of another. */
export type TokenCounts = {
  /** Fresh prompt tokens of text: neither read from a cache nor written to one. */
  readonly input: number;
  readonly inputCacheRead: number;
  /** Written with the default (5 minute) lifetime. */
  readonly inputCacheWrite: number;
  readonly inputCacheWrite1h: number;
  readonly inputAudio: number;
  readonly inputAudioCacheRead: number;
  readonly inputImage: number;
  readonly inputVideo: number;
  /** Visible output. */
  readonly output: number;
  readonly outputReasoning: number;
  readonly outputAudio: number;
  readonly outputImage: number;
  readonly outputVideo: number;
};

/** What is no token. Told by few vendors; counted here only where an endpoint has a price for it. */
export type PieceCounts = {
  /** Images read, and images written. */
  readonly images: number;
  readonly outputImages: number;
  /** Seconds of audio or video read, and written, each begun one whole. */
  readonly inputSeconds: number;
  readonly outputSeconds: number;
  /** Videos written, however long. */
  readonly outputVideos: number;
  /** Characters of text read. */
  readonly inputCharacters: number;
  /** Queries over up to a hundred documents each, as Cohere counts them. */
  readonly searchUnits: number;
};

export const NO_USAGE: Usage = {
  input: 0,
  inputCacheRead: 0,
  inputCacheWrite: 0,
  inputCacheWrite1h: 0,
  inputAudio: 0,
  inputAudioCacheRead: 0,
  inputImage: 0,
  inputVideo: 0,
  output: 0,
  outputReasoning: 0,
  outputAudio: 0,
  outputImage: 0,
  outputVideo: 0,
  images: 0,
  outputImages: 0,
  inputSeconds: 0,
  outputSeconds: 0,
  outputVideos: 0,
  inputCharacters: 0,
  searchUnits: 0,
  webSearches: 0,
  source: 'provider',
};

export const usageOf = (counts: Partial<Usage>): Usage => ({ ...NO_USAGE, ...counts });

const COUNTS = Object.keys(NO_USAGE).filter((name) => name !== 'source') as (keyof (TokenCounts & PieceCounts))[];

/** Two answers to one call, counted together; what a vendor says it charged is told of one answer only. */
export function addUsage({ vendorCost: _, ...one }: Usage, other: Usage): Usage {
  const sum: { -readonly [name in keyof (TokenCounts & PieceCounts)]?: number } = {};
  for (const name of COUNTS) sum[name] = one[name] + other[name];
  const source = one.source === 'estimate' || other.source === 'estimate' ? 'estimate' : 'provider';
  return { ...one, ...sum, source };
}

/** Prompt tokens that no cache had a part in, of whatever kind. */
export const freshTokens = (usage: Usage): number =>
  usage.input + usage.inputAudio + usage.inputImage + usage.inputVideo;

/** Prompt tokens that were read from a cache. */
export const cachedTokens = (usage: Usage): number => usage.inputCacheRead + usage.inputAudioCacheRead;

/** OpenAI's `prompt_tokens`. */
export const promptTokens = (usage: Usage): number =>
  freshTokens(usage) + cachedTokens(usage) + usage.inputCacheWrite + usage.inputCacheWrite1h;

/** OpenAI's `completion_tokens`. */
export const completionTokens = (usage: Usage): number =>
  usage.output + usage.outputReasoning + usage.outputAudio + usage.outputImage + usage.outputVideo;
