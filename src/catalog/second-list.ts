import { arrayOf, isObject, type Json, type JsonObject, objectOf, stringOf } from '../base/json.ts';
import { formatPerMillion } from '../base/money.ts';
import type { Catalog } from './catalog.ts';
import type { Rates } from './price.ts';

/** Our providers by the names that genai-prices has for them (its prices/new_data/v2/data_slim.json, read 2026-11-29; run with the lists of 0.2.3 the same day). */
const PROVIDERS: { readonly [id: string]: string } = {
  anthropic: 'anthropic',
  aws: 'amazon-bedrock',
  azure: 'azure',
  baseten: 'baseten',
  cerebras: 'cerebras',
  cloudflare: 'cloudflare',
  cohere: 'cohere',
  databricks: 'databricks',
  deepseek: 'deepseek',
  fireworks: 'fireworks',
  google: 'google-ai-studio',
  groq: 'groq',
  minimax: 'minimax',
  mistral: 'mistral',
  moonshotai: 'moonshotai',
  novita: 'novita',
  openai: 'openai',
  openrouter: 'openrouter',
  ovhcloud: 'ovhcloud',
  together: 'together',
  'x-ai': 'xai',
  zai: 'z-ai',
};
const PRICES: readonly (readonly [ours: keyof Rates, theirs: string])[] = [
  ['input', 'input_mtok'],
  ['output', 'output_mtok'],
  ['inputCacheRead', 'cache_read_mtok'],
  ['inputCacheWrite', 'cache_write_mtok'],
  ['inputCacheWrite1h', 'cache_write_1h_mtok'],
  ['inputAudio', 'input_audio_mtok'],
  ['inputAudioCacheRead', 'cache_audio_read_mtok'],
  ['inputImage', 'input_image_mtok'],
  ['inputVideo', 'input_video_mtok'],
  ['outputReasoning', 'output_reasoning_mtok'],
  ['outputAudio', 'output_audio_mtok'],
  ['outputImage', 'output_image_mtok'],
  ['outputVideo', 'output_video_mtok'],
];
const SAME_WITHIN = 0.01;

/** What two lists say of one price, in US dollars per million tokens. */
export type Difference = {
  readonly endpoint: string;
  readonly price: keyof Rates;
  readonly ours: string;
  readonly theirs: string;
};

/**
 * Compares the catalogue's list prices with Pydantic's genai-prices, as JSON. Only what both state is compared, at the
 * prices of that day (`2026-11-29`) outside of its hours with prices of their own.
 */
export function compareWith(list: Json, catalog: Catalog, day: string) {
  const differences: Difference[] = [];
  let compared = 0;
  for (const provider of arrayOf(list).map(objectOf)) {
    const slug = PROVIDERS[stringOf(provider.id)];
    if (slug === undefined) continue;
    const models = arrayOf(provider.models).map(objectOf);
    for (const endpoint of catalog.endpoints.values()) {
      if (endpoint.provider.slug !== slug || endpoint.tier !== null) continue;
      const entry = models.find(({ match }) => matches(match, endpoint.upstreamId.toLowerCase()));
      const theirs = entry && pricesOf(entry.prices, day);
      for (const [name, key] of theirs ? PRICES : []) {
        const ours = (endpoint.price.discounted?.list ?? endpoint.price)[name];
        const value = amountOf(theirs?.[key]);
        if (ours === undefined || value === undefined) continue;
        compared += 1;
        const own = Number(ours) / 1e6;
        if (Math.abs(own - value) > SAME_WITHIN * Math.max(own, value))
          differences.push({ endpoint: endpoint.id, price: name, ours: formatPerMillion(ours), theirs: String(value) });
      }
    }
  }
  return { compared, differences };
}

function matches(clause: Json | undefined, name: string): boolean {
  const { equals, starts_with, ends_with, contains, or, and } = objectOf(clause);
  if (typeof equals === 'string') return name === equals.toLowerCase();
  if (typeof starts_with === 'string') return name.startsWith(starts_with.toLowerCase());
  if (typeof ends_with === 'string') return name.endsWith(ends_with.toLowerCase());
  if (typeof contains === 'string') return name.includes(contains.toLowerCase());
  if (Array.isArray(or)) return or.some((one) => matches(one, name));
  // A regular expression from outside is not run: what only it could tell is not compared.
  return Array.isArray(and) && and.length > 0 && and.every((one) => matches(one, name));
}

/** One table, or several of which the last counts whose day has come. */
function pricesOf(prices: Json | undefined, day: string): JsonObject | undefined {
  if (isObject(prices)) return prices;
  const tables = arrayOf(prices).map(objectOf);
  const valid = tables.findLast(({ constraint }) => {
    const { start_date, start_time } = objectOf(constraint);
    return start_time === undefined && (start_date === undefined || stringOf(start_date) <= day);
  });
  return valid && objectOf(valid.prices);
}

const amountOf = (price: Json | undefined): number | undefined => {
  const value = isObject(price) ? price.base : price;
  return typeof value === 'number' ? value : undefined;
};
