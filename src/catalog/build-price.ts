import { type PicoUsd, pico, priceFromPerMillion, priceFromPerUnit } from '../base/money.ts';
import type { Price, PriceOverride } from './price.ts';
import type { PriceFile } from './schema.ts';

const PER_MILLION = {
  input: 'input',
  output: 'output',
  inputCacheRead: 'input_cache_read',
  inputCacheWrite: 'input_cache_write',
  inputCacheWrite1h: 'input_cache_write_1h',
  inputAudio: 'input_audio',
  outputReasoning: 'output_reasoning',
  outputAudio: 'output_audio',
  outputImage: 'output_image',
} as const;
const PER_UNIT = { image: 'image', request: 'request', webSearch: 'web_search' } as const;

type Written = Omit<PriceFile, 'overrides'>;
type Read = { -readonly [name in keyof Omit<Price, 'overrides'>]?: PicoUsd };

/** A price table as written (dollars per million tokens, or per unit) → prices per single unit. */
export function buildPrice(file: PriceFile): Price {
  const overrides = (file.overrides ?? []).map(
    ({ min_prompt_tokens, ...price }): PriceOverride => ({ minPromptTokens: min_prompt_tokens, price: read(price) }),
  );
  return { input: pico(0n), output: pico(0n), ...read(file), overrides };
}

export const FREE: Price = { input: pico(0n), output: pico(0n), overrides: [] };

function read(written: Written): Read {
  const price: Read = {};
  for (const [name, key] of Object.entries(PER_MILLION) as [keyof typeof PER_MILLION, keyof Written][]) {
    const value = written[key] === undefined ? undefined : priceFromPerMillion(written[key]);
    if (value !== undefined) price[name] = value;
  }
  for (const [name, key] of Object.entries(PER_UNIT) as [keyof typeof PER_UNIT, keyof Written][]) {
    const value = written[key] === undefined ? undefined : priceFromPerUnit(written[key]);
    if (value !== undefined) price[name] = value;
  }
  return price;
}
