import { formatPrice } from '../../../base/money.ts';
import type { Price, PriceOverride, Rates, TokenRates } from '../../../catalog/price.ts';
import { WEEKDAYS } from '../../../catalog/price-file.ts';
import { UNIT_NAMES, UNITS } from '../../../catalog/units.ts';

/**
 * OpenRouter's names for prices: decimal strings in US dollars per single unit (spec §1.8). `image` is one image read,
 * `image_token` and `image_output` a token of one. What the contract has no name for follows, under names of our own.
 */
const TOKEN_NAMES: { readonly [member in keyof TokenRates]-?: string } = {
  input: 'prompt',
  output: 'completion',
  inputImage: 'image_token',
  outputImage: 'image_output',
  inputAudio: 'audio',
  outputAudio: 'audio_output',
  inputAudioCacheRead: 'input_audio_cache',
  outputReasoning: 'internal_reasoning',
  inputCacheRead: 'input_cache_read',
  inputCacheWrite: 'input_cache_write',
  inputCacheWrite1h: 'input_cache_write_1h',
  inputVideo: 'video',
  outputVideo: 'video_output',
};
const NAMES: readonly (readonly [keyof Rates, string])[] = [
  ...(Object.entries(TOKEN_NAMES) as [keyof TokenRates, string][]),
  ...UNIT_NAMES.map((name) => [name, UNITS[name].name] as const),
];

export type PriceJson = { readonly [name: string]: string | number | readonly PriceOverrideJson[] };
export type PriceOverrideJson = { readonly [name: string]: string | number | readonly string[] };

/** What the vendor lists, with the discount as a number beside it where there is one: the price is × (1 − discount). */
export function priceJson(price: Price): PriceJson {
  const { discounted } = price;
  const list = discounted?.list ?? price;
  return {
    ...named(list),
    ...(discounted && { discount: discounted.by }),
    ...(list.overrides.length > 0 && { overrides: list.overrides.map(overrideJson) }),
  };
}

const overrideJson = ({ minPromptTokens, hours, days, drawn, filmed, price }: PriceOverride): PriceOverrideJson => ({
  ...(minPromptTokens >= 0 && { min_prompt_tokens: minPromptTokens }),
  ...(hours && { utc_start: clockOf(hours.start), utc_end: clockOf(hours.end) }),
  ...(days && { utc_days: days.map((day) => WEEKDAYS[day] ?? '') }),
  ...(drawn?.quality !== undefined && { image_quality: drawn.quality }),
  ...(drawn?.resolution !== undefined && { image_resolution: drawn.resolution }),
  ...(drawn?.size !== undefined && { image_size: drawn.size }),
  ...(filmed?.resolution !== undefined && { video_resolution: filmed.resolution }),
  ...(filmed?.audio !== undefined && { video_audio: filmed.audio }),
  ...named(price),
});

/** 630 minutes → `1030`. */
const clockOf = (minutes: number): number => Math.floor(minutes / 60) * 100 + (minutes % 60);

function named(price: Partial<Rates>): { [name: string]: string } {
  const json: { [name: string]: string } = {};
  for (const [member, name] of NAMES) {
    const value = price[member];
    if (value !== undefined) json[name] = formatPrice(value);
  }
  return json;
}
