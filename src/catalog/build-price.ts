import { type PicoUsd, pico, priceFromPerMillion, priceFromPerUnit } from '../base/money.ts';
import type { Price, PriceOverride, Rates, TokenRates } from './price.ts';
import { type OverrideFile, type PriceFile, WEEKDAYS } from './price-file.ts';
import { UNIT_NAMES, UNITS } from './units.ts';

type RateName = Exclude<keyof PriceFile, 'overrides' | 'discount'>;

const PER_MILLION: { readonly [name in keyof TokenRates]-?: RateName } = {
  input: 'input',
  output: 'output',
  inputCacheRead: 'input_cache_read',
  inputCacheWrite: 'input_cache_write',
  inputCacheWrite1h: 'input_cache_write_1h',
  inputAudio: 'input_audio',
  inputAudioCacheRead: 'input_audio_cache_read',
  inputImage: 'input_image',
  inputVideo: 'input_video',
  outputReasoning: 'output_reasoning',
  outputAudio: 'output_audio',
  outputImage: 'output_image',
  outputVideo: 'output_video',
};
type PriceTexts = { readonly [name in RateName]?: string | undefined };
type Read = { -readonly [name in keyof Rates]?: PicoUsd };

/** A price table as written (dollars per million tokens, or per unit) → prices per single unit, the discount taken off. */
export function buildPrice(file: PriceFile): Price {
  const list = listPrice(file);
  const parts = partsOf(file.discount);
  return parts === 0n ? list : { ...less(list, parts), discounted: { by: Number(file.discount), list } };
}

/** A price by request, image or second needs none by token; whoever has none of these has no price. */
export const isByUnit = (file: PriceFile): boolean =>
  UNIT_NAMES.some((name) => UNITS[name].alone && file[UNITS[name].key] !== undefined) ||
  file.output_image !== undefined;

export const FREE: Price = { input: pico(0n), output: pico(0n), overrides: [] };

const listPrice = (file: PriceFile): Price => ({
  input: pico(0n),
  output: pico(0n),
  ...read(file),
  overrides: (file.overrides ?? []).map(overrideOf),
});

function overrideOf(file: OverrideFile): PriceOverride {
  const { min_prompt_tokens, utc_start, utc_end, utc_days } = file;
  const drawn = drawnOf(file);
  const filmed = filmedOf(file);
  return {
    minPromptTokens: min_prompt_tokens ?? NO_MINIMUM,
    ...(utc_start !== undefined &&
      utc_end !== undefined && { hours: { start: minutesOf(utc_start), end: minutesOf(utc_end) } }),
    ...(utc_days && { days: utc_days.map((day) => WEEKDAYS.indexOf(day)) }),
    ...(drawn && { drawn }),
    ...(filmed && { filmed }),
    price: read(file),
  };
}

function drawnOf({ image_quality, image_resolution, image_size }: OverrideFile): PriceOverride['drawn'] {
  if (image_quality === undefined && image_resolution === undefined && image_size === undefined) return undefined;
  return {
    ...(image_quality !== undefined && { quality: image_quality }),
    ...(image_resolution !== undefined && { resolution: image_resolution }),
    ...(image_size !== undefined && { size: image_size }),
  };
}

function filmedOf({ video_resolution, video_audio }: OverrideFile): PriceOverride['filmed'] {
  if (video_resolution === undefined && video_audio === undefined) return undefined;
  return {
    ...(video_resolution !== undefined && { resolution: video_resolution }),
    ...(video_audio !== undefined && { audio: video_audio }),
  };
}

/** Every prompt is strictly longer. */
const NO_MINIMUM = -1;

/** `1030` → 630. */
const minutesOf = (clock: number): number => Math.floor(clock / 100) * 60 + (clock % 100);

function read(written: PriceTexts): Read {
  const price: Read = {};
  for (const [name, key] of Object.entries(PER_MILLION) as [keyof TokenRates, RateName][]) {
    const value = written[key] === undefined ? undefined : priceFromPerMillion(written[key]);
    if (value !== undefined) price[name] = value;
  }
  for (const name of UNIT_NAMES) {
    const text = written[UNITS[name].key];
    const value = text === undefined ? undefined : priceFromPerUnit(text);
    if (value !== undefined) price[name] = value;
  }
  return price;
}

const WHOLE = 1_000_000n;

/** Millionths that are taken off. */
function partsOf(discount: string | undefined): bigint {
  const [whole = '0', fraction = ''] = (discount ?? '0').split('.');
  return BigInt(whole + fraction.padEnd(6, '0'));
}

/** Each rate less its discount, rounded up to a pico-dollar: what is paid is never below what the vendor asks. */
function less(price: Price, parts: bigint): Price {
  const taken = (rates: Partial<Rates>): Read =>
    Object.fromEntries(
      Object.entries(rates).flatMap(([name, rate]) =>
        typeof rate === 'bigint' ? [[name, pico((rate * (WHOLE - parts) + WHOLE - 1n) / WHOLE)]] : [],
      ),
    );
  const overrides = price.overrides.map((override) => ({ ...override, price: taken(override.price) }));
  return { input: pico(0n), output: pico(0n), ...taken(price), overrides };
}
