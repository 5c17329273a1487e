import { AUDIO_HEAD_BYTES, mp3Rate, waveRate } from '../base/audio-header.ts';
import { type AudioFormat, PCM_BYTES_PER_SECOND } from '../call/audio.ts';
import type { SpeechCall, SpeechStep } from '../call/speech.ts';
import { type Usage, usageOf } from '../call/usage.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Price, PriceNow } from '../catalog/price.ts';
import { tokensOf } from './count-text.ts';
import { type Exposures, remembered } from './exposure.ts';
import { NO_PIECES } from './meters.ts';

/** Both OpenAI's and Google's models write about so many tokens for a second (25 of Gemini's: ai.google.dev/gemini-api/docs/tokens, read 2026-11-29; OpenAI's are 21 by its price per minute). */
const TOKENS_PER_SECOND = 25;
/** An easy pace: 150 words of six characters a minute. */
const CHARACTERS_PER_SECOND = 15;
/** Digits and signs are read out as whole words: no text takes longer. */
const SECONDS_PER_CHARACTER_MAX = 0.75;
const SECONDS_MIN = 30;

/** What a call to speak takes, before anything is known of its answer. Characters are code points, as vendors bill them. */
export type SpeechSize = {
  readonly promptTokens: number;
  readonly characters: number;
  /** Our estimate of how long it will be. */
  readonly seconds: number;
  /** No honest vendor speaks longer. */
  readonly secondsMax: number;
};

export function sizeOfSpeech({ input, instructions = '', speed = 1 }: SpeechCall): SpeechSize {
  let characters = 0;
  for (const _ of input) characters++;
  return {
    promptTokens: tokensOf(input) + tokensOf(instructions),
    characters,
    seconds: Math.ceil(characters / CHARACTERS_PER_SECOND / speed),
    secondsMax: Math.ceil((SECONDS_MIN + characters * SECONDS_PER_CHARACTER_MAX) / speed),
  };
}

export const audioTokensOf = (seconds: number): number => Math.ceil(seconds * TOKENS_PER_SECOND);
/** Twice our figure: nobody's tokens are known exactly. */
const audioTokensMax = ({ maxOutput }: Pick<Endpoint, 'maxOutput'>, { secondsMax }: SpeechSize): number =>
  Math.min(maxOutput ?? Number.POSITIVE_INFINITY, 2 * audioTokensOf(secondsMax));

/** The bound of one call at any endpoint. */
export function exposuresOfSpeech(call: SpeechCall): Exposures {
  const size = sizeOfSpeech(call);
  // Every token of a text has a byte at least.
  const tokens = Buffer.byteLength(call.input) + Buffer.byteLength(call.instructions ?? '');
  return remembered((endpoint) => ({
    promptTokens: tokens,
    promptTokensSum: tokens,
    answers: 1,
    outputTokens: audioTokensMax(endpoint, size),
    summaries: 0,
    pieces: { ...NO_PIECES, inputCharacters: size.characters, outputSeconds: size.secondsMax },
  }));
}

/** Counts an answer as it passes. */
export type SpeechMeter = {
  readonly pass: (step: SpeechStep) => void;
  /** Bytes of audio that have passed. */
  readonly bytes: () => number;
  /** What was consumed by now, with all that this price asks for. */
  readonly usage: (endpoint: Endpoint, price: PriceNow) => Usage;
};

export function createSpeechMeter(call: SpeechCall): SpeechMeter {
  const size = sizeOfSpeech(call);
  const clock = createAudioClock(call.format);
  let vendorUsage: Usage | null = null;
  return {
    pass: (step) => {
      if (step.type === 'bytes') clock.push(step.bytes);
      else if (step.type === 'usage') vendorUsage = step.usage;
    },
    bytes: clock.bytes,
    usage: (endpoint, price) => {
      const seconds = clock.seconds();
      const isTold = vendorUsage !== null && isBelievableSpeech(vendorUsage, endpoint, size);
      const isExact = isTold || !isByToken(price);
      const tokens = isTold ? vendorUsage : isByToken(price) ? estimated(size, seconds ?? size.seconds) : null;
      return usageOf({
        ...tokens,
        ...(price.inputCharacter !== undefined && { inputCharacters: size.characters }),
        ...(price.outputSecond !== undefined && { outputSeconds: Math.ceil(seconds ?? size.seconds) }),
        source: isExact && (price.outputSecond === undefined || seconds !== null) ? 'provider' : 'estimate',
      });
    },
  };
}

const estimated = ({ promptTokens }: SpeechSize, seconds: number): Partial<Usage> => ({
  input: promptTokens,
  outputAudio: audioTokensOf(seconds),
});

const isByToken = ({
  input,
  output,
  outputAudio,
  overrides,
}: Pick<Price, 'input' | 'output' | 'outputAudio' | 'overrides'>): boolean =>
  input > 0n || output > 0n || outputAudio !== undefined || overrides.length > 0;

/** Nobody is charged for more audio than the text can take, nor for more text than there is. */
function isBelievableSpeech(usage: Usage, endpoint: Endpoint, size: SpeechSize): boolean {
  const written = usage.output + usage.outputAudio + usage.outputReasoning;
  return written <= audioTokensMax(endpoint, size) && usage.input + usage.inputAudio <= 16 * size.promptTokens + 4_096;
}

type AudioClock = {
  readonly push: (bytes: Uint8Array) => void;
  readonly bytes: () => number;
  /** How long what has passed takes to play; null where its format does not tell. */
  readonly seconds: () => number | null;
};

function createAudioClock(format: AudioFormat): AudioClock {
  let head = Buffer.alloc(0);
  let bytes = 0;
  return {
    push: (piece) => {
      bytes += piece.length;
      if (head.length < AUDIO_HEAD_BYTES)
        head = Buffer.concat([head, piece.subarray(0, AUDIO_HEAD_BYTES - head.length)]);
    },
    bytes: () => bytes,
    seconds: () => {
      const rate = format === 'pcm' ? PCM_BYTES_PER_SECOND : (waveRate(head) ?? mp3Rate(head));
      return rate === null ? null : bytes / rate;
    },
  };
}
