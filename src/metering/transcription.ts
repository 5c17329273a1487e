import { sizeOf } from '../base/blobs.ts';
import type { Transcript, TranscriptionCall } from '../call/transcription.ts';
import { type Usage, usageOf } from '../call/usage.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { PriceNow } from '../catalog/price.ts';
import { tokensOf } from './count-text.ts';
import { type Exposures, remembered } from './exposure.ts';
import { NO_PIECES } from './meters.ts';

/** OpenAI counts 10 tokens a second, Voxtral 12.5, Gemini 32 (as quoted 2026-11-29). */
const AUDIO_TOKENS_PER_SECOND = 32;
/** Nobody speaks ten tokens a second for long. */
const TEXT_TOKENS_PER_SECOND_MAX = 10;
const TEXT_TOKENS_MIN = 256;
/** The least that speech is compressed to, by formats that do not tell their length: AMR's lowest mode. */
const BYTES_PER_SECOND_MIN = 600;
const BYTES_PER_SECOND_USUAL = 16_000;
/** Vendors pad and round what they count. */
const SLACK = { times: 1.1, seconds: 60 } as const;

/** How long a recording is: as its header tells, else by its size. */
export type AudioLength = {
  readonly seconds: number;
  /** No honest vendor counts more. */
  readonly secondsMax: number;
  readonly isKnown: boolean;
};

export function lengthOf({ audio: { source, recording } }: TranscriptionCall): AudioLength {
  const bytes = source.kind === 'bytes' ? sizeOf(source.bytes) : 0;
  const recordedSeconds = recording?.seconds ?? null;
  const longest = recordedSeconds ?? bytes / BYTES_PER_SECOND_MIN;
  return {
    seconds: recordedSeconds ?? bytes / BYTES_PER_SECOND_USUAL,
    secondsMax: Math.ceil(longest * SLACK.times) + SLACK.seconds,
    isKnown: recordedSeconds !== null,
  };
}

export const promptTokensOf = (call: TranscriptionCall): number =>
  Math.ceil(lengthOf(call).seconds * AUDIO_TOKENS_PER_SECOND) + tokensOf(call.prompt ?? '');

const outputTokensMax = ({ maxOutput }: Pick<Endpoint, 'maxOutput'>, secondsMax: number): number =>
  Math.min(maxOutput ?? Number.POSITIVE_INFINITY, TEXT_TOKENS_MIN + secondsMax * TEXT_TOKENS_PER_SECOND_MAX);

/** The bound of one call at any endpoint. */
export function exposuresOfTranscription(call: TranscriptionCall): Exposures {
  const { secondsMax } = lengthOf(call);
  const tokens = secondsMax * AUDIO_TOKENS_PER_SECOND + Buffer.byteLength(call.prompt ?? '');
  return remembered((endpoint) => ({
    promptTokens: tokens,
    promptTokensSum: tokens,
    answers: 1,
    outputTokens: outputTokensMax(endpoint, secondsMax),
    summaries: 0,
    pieces: { ...NO_PIECES, inputSeconds: secondsMax },
  }));
}

/** What was consumed: as the vendor counts it where that can be, with the seconds that this price asks for. */
export function transcriptionUsage(
  call: TranscriptionCall,
  { text, usage: told, duration }: Transcript,
  endpoint: Endpoint,
  price: PriceNow,
): Usage {
  const length = lengthOf(call);
  const isTold = told !== undefined && isBelievable(told, endpoint, length);
  const isByToken = price.input > 0n || price.output > 0n || price.inputAudio !== undefined;
  const tokens = isTold ? told : isByToken ? { inputAudio: promptTokensOf(call), output: tokensOf(text) } : undefined;
  const counted = [told?.inputSeconds || undefined, duration].find(
    (value) => value !== undefined && value <= length.secondsMax,
  );
  const seconds = Math.ceil(counted ?? length.seconds);
  const isCounted = price.inputSecond === undefined || counted !== undefined || length.isKnown;
  return usageOf({
    ...tokens,
    inputSeconds: price.inputSecond === undefined ? 0 : seconds,
    source: (isTold || !isByToken) && isCounted ? 'provider' : 'estimate',
  });
}

const isBelievable = (usage: Usage, endpoint: Endpoint, { secondsMax }: AudioLength): boolean =>
  usage.input + usage.inputAudio <= 4 * secondsMax * AUDIO_TOKENS_PER_SECOND + 8_192 &&
  usage.output <= 2 * outputTokensMax(endpoint, secondsMax);
