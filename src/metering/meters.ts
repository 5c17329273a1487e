import type { TokenCounts } from '../call/usage.ts';
import type { TokenRates } from '../catalog/price.ts';
import { UNIT_NAMES, UNITS, type UnitMeter, type UnitName } from '../catalog/units.ts';

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

/** What is counted in pieces, and its price. */
export const UNIT_PRICES = Object.fromEntries(
  UNIT_NAMES.flatMap((name) => (UNITS[name].meter === null ? [] : [[UNITS[name].meter, name]])),
) as { readonly [M in UnitMeter]: UnitName };
export type { UnitMeter };
export const UNIT_METERS = Object.keys(UNIT_PRICES) as readonly UnitMeter[];
/** How much of each unit that is no token a call consumes. */
export type Pieces = { readonly [M in UnitMeter]: number };
/** A call that consumes no units. */
export const NO_PIECES = Object.fromEntries(UNIT_METERS.map((meter) => [meter, 0])) as Pieces;

export const isOfOutput = (meter: TokenMeter | UnitMeter): boolean => meter.startsWith('output');
