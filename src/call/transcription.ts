import type { Recording } from '../base/audio-duration.ts';
import type { Blob } from '../base/blobs.ts';
import type { JsonObject } from '../base/json.ts';
import type { Native } from './message.ts';
import type { CommonCall, CommonReply } from './operation.ts';

export const TRANSCRIPT_FORMATS = ['json', 'verbose_json', 'text', 'srt', 'vtt'] as const;
/** How a client wants a transcript written. */
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];
export const TRANSCRIPT_DETAILS = ['word', 'segment'] as const;
/** The pieces of a transcript that a client wants the times of. */
export type TranscriptDetail = (typeof TRANSCRIPT_DETAILS)[number];

/** A recording to be written down, in no vendor's words. Every field that is absent was not sent and is not sent upstream. */
export type TranscriptionCall = CommonCall & {
  /** `translate`: into English. */
  readonly task: 'transcribe' | 'translate';
  readonly audio: CallAudio;
  /** ISO 639-1. */
  readonly language?: string;
  /** What may be said in it: names, spellings. */
  readonly prompt?: string;
  readonly temperature?: number;
  readonly format: TranscriptFormat;
  /** What is wanted with times. */
  readonly details: readonly TranscriptDetail[];
  readonly stream: boolean;
  /** Fields for single providers, by their slugs. */
  readonly options?: { readonly [provider: string]: JsonObject };
  /** Top-level fields we do not model; they reach an endpoint of the same dialect unchanged. */
  readonly native?: Native;
};

/** A recording: as the bytes of a file, or as base64 until the call is worked with. */
export type CallAudio = {
  readonly source:
    | { readonly kind: 'bytes'; readonly bytes: Blob }
    | { readonly kind: 'base64'; readonly data: string }
    /** It was said to be base64. */
    | { readonly kind: 'broken' };
  /** As its sender calls it, in lower case: `wav`, `mp3`, …; empty = it does not say. */
  readonly format: string;
  /** What its bytes are; absent until the call is worked with. */
  readonly recording?: Recording;
};

export type Transcript = CommonReply & {
  readonly text: string;
  /** As the vendor names it: `en`, `english`. */
  readonly language?: string;
  /** Seconds of audio. */
  readonly duration?: number;
  readonly segments?: readonly TranscriptSegment[];
  readonly words?: readonly TranscriptWord[];
};

/** Times in seconds from the beginning. */
type Timed = { readonly start: number; readonly end: number; readonly speaker?: number };
/** A stretch of a transcript with its times. */
export type TranscriptSegment = Timed & {
  readonly text: string;
  /** Figures of a vendor about its own segment, such as `avg_logprob`. */
  readonly native?: JsonObject;
};
/** A word of a transcript with its times. */
export type TranscriptWord = Timed & { readonly word: string };

/** Are times needed for what the caller wants? */
export const wantsSegments = ({ format, details }: Pick<TranscriptionCall, 'format' | 'details'>): boolean =>
  format === 'srt' ||
  format === 'vtt' ||
  (format === 'verbose_json' && (details.length === 0 || details.includes('segment')));
export const wantsWords = ({ format, details }: Pick<TranscriptionCall, 'format' | 'details'>): boolean =>
  format === 'verbose_json' && details.includes('word');
