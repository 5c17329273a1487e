import type { TokenCounts, Usage } from '../call/usage.ts';
import type { TokenRates, UnitRates } from '../catalog/price.ts';

/**
 * What is counted and what one of it costs. The prices of a token meter stand in the order in which they are looked for:
 * where an endpoint has none of its own, the next stands in (spec §5.2). `input` and `output` always have one.
 */
export type TokenMeter = keyof TokenCounts;

type Fallbacks = { readonly [M in TokenMeter]: readonly [...(keyof TokenRates)[], 'input' | 'output'] };

export const TOKEN_PRICES: Fallbacks = {
  input: ['input'],
  inputCacheRead: ['inputCacheRead', 'input'],
  inputCacheWrite: ['inputCacheWrite', 'input'],
  inputCacheWrite1h: ['inputCacheWrite1h', 'inputCacheWrite', 'input'],
  inputAudio: ['inputAudio', 'input'],
  inputAudioCacheRead: ['inputAudioCacheRead', 'inputCacheRead', 'inputAudio', 'input'],
  inputImage: ['inputImage', 'input'],
  inputVideo: ['inputVideo', 'input'],
  output: ['output'],
  outputReasoning: ['outputReasoning', 'output'],
  outputAudio: ['outputAudio', 'output'],
  outputImage: ['outputImage', 'output'],
  outputVideo: ['outputVideo', 'output'],
};
export const TOKEN_METERS = Object.keys(TOKEN_PRICES) as readonly TokenMeter[];

/** What is counted in pieces, and its price; `request` is one for every call. */
export const UNIT_PRICES = {
  images: 'image',
  inputSeconds: 'inputSecond',
  inputCharacters: 'inputCharacter',
  outputImages: 'outputImageEach',
  outputSeconds: 'outputSecond',
  webSearches: 'webSearch',
} as const satisfies { readonly [M in keyof Usage]?: keyof UnitRates };
export type UnitMeter = keyof typeof UNIT_PRICES;
export const UNIT_METERS = Object.keys(UNIT_PRICES) as readonly UnitMeter[];

export const isOfOutput = (meter: TokenMeter | UnitMeter): boolean => meter.startsWith('output');
