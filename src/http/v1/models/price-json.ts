import { formatPrice, type PicoUsd } from '../../../base/money.ts';
import type { Price } from '../../../catalog/price.ts';

/** OpenRouter's names for prices: decimal strings in US dollars per single unit (spec §1.8). */
const NAMES: readonly (readonly [name: string, member: keyof Omit<Price, 'overrides'>])[] = [
  ['prompt', 'input'],
  ['completion', 'output'],
  ['request', 'request'],
  ['image', 'image'],
  ['image_output', 'outputImage'],
  ['audio', 'inputAudio'],
  ['audio_output', 'outputAudio'],
  ['web_search', 'webSearch'],
  ['internal_reasoning', 'outputReasoning'],
  ['input_cache_read', 'inputCacheRead'],
  ['input_cache_write', 'inputCacheWrite'],
  ['input_cache_write_1h', 'inputCacheWrite1h'],
];

export type PriceJson = {
  readonly [name: string]: string | readonly PriceOverrideJson[];
};
export type PriceOverrideJson = { readonly [name: string]: string | number };

export function priceJson(price: Price): PriceJson {
  const overrides = price.overrides.map((override) => ({
    min_prompt_tokens: override.minPromptTokens,
    ...named(override.price),
  }));
  return { ...named(price), ...(overrides.length > 0 && { overrides }) };
}

function named(price: Partial<Omit<Price, 'overrides'>>): { [name: string]: string } {
  const json: { [name: string]: string } = {};
  for (const [name, member] of NAMES) {
    const value: PicoUsd | undefined = price[member];
    if (value !== undefined) json[name] = formatPrice(value);
  }
  return json;
}
