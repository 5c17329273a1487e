import { isObject, type Json, type JsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { PRODUCT } from '../base/product.ts';
import type { WireHeaders } from '../base/world.ts';
import {
  type Call,
  type Cutoffs,
  type GatewayOptions,
  HEDGES,
  ON_CUT,
  ON_REFUSAL,
  PERCENTILES,
  type ProviderPreferences,
  QUANTIZATIONS,
  SORTS,
} from './call.ts';
import type { CacheMark } from './message.ts';
import {
  type Complaints,
  complain,
  present,
  readBoolean,
  readNumber,
  readObject,
  readObjects,
  readOneOf,
  readString,
  readStrings,
  wrongType,
} from './read.ts';

/** The top-level fields that mean the same in every client dialect: `readCommon` takes them, the rest is the dialect's. */
export const COMMON_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'models',
  'stream',
  'provider',
  'plugins',
  'preset',
  'route',
  'transforms',
  'debug',
  'trace',
  'max_tool_calls',
  'stop_server_tools_when',
  'session_id',
  'user',
  'metadata',
  'prompt_cache_key',
  'service_tier',
  'cache_control',
  'image_config',
  PRODUCT.slug,
]);

const EXTRA_FIELDS = ['route', 'transforms', 'debug', 'trace', 'max_tool_calls', 'stop_server_tools_when'] as const;

type Common = Pick<
  Call,
  'model' | 'models' | 'stream' | 'sessionId' | 'user' | 'metadata' | 'promptCacheKey' | 'serviceTier' | 'cache'
> &
  Pick<Call, 'imageConfig' | 'gateway' | 'anthropicBetas'>;

const BETAS_MAX = 32;

/** Reads what every client dialect shares: models, streaming, the gateway's own options and the caller's labels. */
export function readCommon(to: Complaints, body: JsonObject, headers: WireHeaders): Common {
  return {
    model: readString(to, body, 'model') ?? null,
    models: readStrings(to, body, 'models') ?? [],
    stream: readBoolean(to, body, 'stream') ?? false,
    gateway: readGateway(to, body, headers),
    ...present({
      anthropicBetas: headers['x-anthropic-beta']
        ?.split(',')
        .map((flag) => flag.trim())
        .filter((flag) => flag !== '')
        .slice(0, BETAS_MAX),
      sessionId: readLabel(to, body, 'session_id', 256) ?? headers['x-session-id'],
      user: readString(to, body, 'user'),
      metadata: readMetadata(to, body),
      promptCacheKey: readString(to, body, 'prompt_cache_key'),
      serviceTier: readString(to, body, 'service_tier'),
      cache: readCacheMark(to, body),
      imageConfig: readObject(to, body, 'image_config'),
    }),
  };
}

function readGateway(to: Complaints, body: JsonObject, headers: WireHeaders): GatewayOptions {
  return isPlain(body, headers) ? NO_OPTIONS : readOptions(to, body, headers);
}

/** Most calls ask the gateway for nothing: they are not read through for it (an eightieth of a call's CPU, 2026-11-29). */
function isPlain(body: JsonObject, headers: WireHeaders): boolean {
  for (const field of OPTION_FIELDS) if (body[field] !== undefined) return false;
  for (const name of OPTION_HEADERS) if (headers[name] !== undefined) return false;
  return true;
}

function readOptions(to: Complaints, body: JsonObject, headers: WireHeaders): GatewayOptions {
  const extra: Record<string, Json> = {};
  for (const field of EXTRA_FIELDS) {
    const value = body[field];
    if (value !== undefined && value !== null) extra[field] = value;
  }
  const provider = readPreferences(to, body);
  const isStrict = /^(?:1|true)$/i.test(headers[STRICT_HEADER] ?? '');
  return present({
    provider: isStrict ? { ...provider, require_parameters: true } : provider,
    strict: isStrict || undefined,
    plugins: readObjects(to, body, 'plugins'),
    preset: readString(to, body, 'preset'),
    headers: unheard(headers),
    ...readOwn(to, body, headers),
    extra: Object.keys(extra).length > 0 ? extra : undefined,
  });
}

const STRICT_HEADER = `${PRODUCT.headerPrefix}-strict`;
const ON_CUT_HEADER = `${PRODUCT.headerPrefix}-on-cut`;
const ON_REFUSAL_HEADER = `${PRODUCT.headerPrefix}-on-refusal`;
const HEDGE_HEADER = `${PRODUCT.headerPrefix}-hedge`;
const OWN_HEADERS = [ON_CUT_HEADER, ON_REFUSAL_HEADER, HEDGE_HEADER] as const;
type OwnOptions = Pick<GatewayOptions, 'onCut' | 'onRefusal' | 'hedge'>;
const NOTHING: OwnOptions = {};
const OWN_FIELDS: ReadonlySet<string> = new Set(['on_cut', 'on_refusal', 'hedge']);
const OPTION_FIELDS = ['provider', 'plugins', 'preset', PRODUCT.slug, ...EXTRA_FIELDS] as const;
const OPTION_HEADERS = [STRICT_HEADER, ...OWN_HEADERS, 'x-provider-api-keys'] as const;
const NO_OPTIONS: GatewayOptions = Object.freeze({});

/** What only this gateway can be asked: in a field under its name, or by header. */
function readOwn(to: Complaints, body: JsonObject, headers: WireHeaders): OwnOptions {
  const own = readObject(to, body, PRODUCT.slug);
  if (own === undefined && OWN_HEADERS.every((name) => headers[name] === undefined)) return NOTHING;
  return readWays(to, own ?? {}, headers);
}

function readWays(to: Complaints, own: JsonObject, headers: WireHeaders): OwnOptions {
  refuseUnknown(to, own, OWN_FIELDS, PRODUCT.slug);
  return present({
    onCut:
      readOneOf(to, own, 'on_cut', ON_CUT, `${PRODUCT.slug}.on_cut`) ?? readHeader(to, headers, ON_CUT_HEADER, ON_CUT),
    onRefusal:
      readOneOf(to, own, 'on_refusal', ON_REFUSAL, `${PRODUCT.slug}.on_refusal`) ??
      readHeader(to, headers, ON_REFUSAL_HEADER, ON_REFUSAL),
    hedge:
      readOneOf(to, own, 'hedge', HEDGES, `${PRODUCT.slug}.hedge`) ?? readHeader(to, headers, HEDGE_HEADER, HEDGES),
  });
}

function readHeader<Word extends string>(
  to: Complaints,
  headers: WireHeaders,
  header: string,
  words: readonly Word[],
): Word | undefined {
  return readOneOf(to, { [header]: headers[header]?.trim().toLowerCase() } as JsonObject, header, words);
}

/** What is asked by header and not done: named so that it can be told (spec §1, headers). */
function unheard(headers: WireHeaders): readonly string[] | undefined {
  const keys = headers['x-provider-api-keys'];
  return keys === undefined ? undefined : ['X-Provider-API-Keys'];
}

function readLabel(to: Complaints, body: JsonObject, field: string, max: number): string | undefined {
  const value = readString(to, body, field);
  if (value === undefined || value.length <= max) return value;
  complain(to, field, `Invalid '${field}': expected at most ${max} characters, but got ${value.length}.`);
  return undefined;
}

function readMetadata(to: Complaints, body: JsonObject): { readonly [key: string]: string } | undefined {
  const metadata = readObject(to, body, 'metadata');
  const pairs = Object.entries(metadata ?? {});
  const { metadata_pairs_max, metadata_key_length_max, metadata_value_length_max } = LIMITS;
  if (pairs.length > metadata_pairs_max) return refuseMetadata(to, `more than ${metadata_pairs_max} pairs`);
  for (const [key, value] of pairs) {
    if (key.length > metadata_key_length_max)
      return refuseMetadata(to, `a key over ${metadata_key_length_max} characters`);
    if (typeof value !== 'string') return wrongType(to, `metadata.${key}`, 'a string', value);
    if (value.length > metadata_value_length_max)
      return refuseMetadata(to, `a value over ${metadata_value_length_max} characters`);
  }
  return metadata as { readonly [key: string]: string } | undefined;
}

/** A `cache_control` member: `{type:"ephemeral", ttl?:"5m"|"1h"}`. */
export function readCacheMark(to: Complaints, object: JsonObject, path = 'cache_control'): CacheMark | undefined {
  if (object.cache_control === undefined) return undefined;
  const control = readObject(to, object, 'cache_control', path);
  if (!control) return undefined;
  return { ttl: readOneOf(to, control, 'ttl', ['5m', '1h'], `${path}.ttl`) ?? '5m' };
}

const PREFERENCE_FIELDS: ReadonlySet<string> = new Set([
  'order',
  'only',
  'ignore',
  'allow_fallbacks',
  'require_parameters',
  'data_collection',
  'zdr',
  'enforce_distillable_text',
  'quantizations',
  'sort',
  'max_price',
  'preferred_min_throughput',
  'preferred_max_latency',
]);
const PRICE_FIELDS = ['prompt', 'completion', 'request', 'image', 'audio'] as const;

/** The object `provider` of a body; undefined = it has none. */
export function readPreferences(to: Complaints, body: JsonObject): ProviderPreferences | undefined {
  const provider = readObject(to, body, 'provider');
  if (!provider) return undefined;
  refuseUnknown(to, provider, PREFERENCE_FIELDS, 'provider');
  return present({
    order: readStrings(to, provider, 'order', 'provider.order'),
    only: readStrings(to, provider, 'only', 'provider.only'),
    ignore: readStrings(to, provider, 'ignore', 'provider.ignore'),
    allow_fallbacks: readBoolean(to, provider, 'allow_fallbacks', 'provider.allow_fallbacks'),
    require_parameters: readBoolean(to, provider, 'require_parameters', 'provider.require_parameters'),
    data_collection: readOneOf(to, provider, 'data_collection', ['allow', 'deny'], 'provider.data_collection'),
    zdr: readBoolean(to, provider, 'zdr', 'provider.zdr'),
    enforce_distillable_text: readBoolean(
      to,
      provider,
      'enforce_distillable_text',
      'provider.enforce_distillable_text',
    ),
    quantizations: readQuantizations(to, provider),
    sort: readSort(to, provider),
    max_price: readMaxPrice(to, provider),
    preferred_min_throughput: readCutoff(to, provider, 'preferred_min_throughput'),
    preferred_max_latency: readCutoff(to, provider, 'preferred_max_latency'),
  });
}

function refuseUnknown(to: Complaints, object: JsonObject, known: ReadonlySet<string>, path: string): void {
  const unknown = Object.keys(object).filter((key) => !known.has(key));
  if (unknown.length === 0) return;
  const names = unknown.map((key) => `'${key.slice(0, 100)}'`).join(', ');
  complain(to, path, `Unrecognized key(s) in object: ${names}`);
}

function readQuantizations(to: Complaints, provider: JsonObject): readonly string[] | undefined {
  const words = readStrings(to, provider, 'quantizations', 'provider.quantizations');
  const wrong = words?.find((word) => !QUANTIZATIONS.includes(word));
  if (wrong === undefined) return words;
  const list = QUANTIZATIONS.map((word) => `'${word}'`).join(', ');
  const path = 'provider.quantizations';
  complain(to, path, `Invalid value for '${path}': '${wrong.slice(0, 100)}'. Supported values are: ${list}.`);
  return undefined;
}

function readSort(to: Complaints, provider: JsonObject): ProviderPreferences['sort'] {
  if (!isObject(provider.sort)) return readOneOf(to, provider, 'sort', SORTS, 'provider.sort');
  refuseUnknown(to, provider.sort, new Set(['by', 'partition']), 'provider.sort');
  return present({
    by: readOneOf(to, provider.sort, 'by', SORTS, 'provider.sort.by'),
    partition: readOneOf(to, provider.sort, 'partition', ['model', 'none'], 'provider.sort.partition'),
  });
}

function readMaxPrice(to: Complaints, provider: JsonObject): ProviderPreferences['max_price'] {
  const prices = readObject(to, provider, 'max_price', 'provider.max_price');
  if (!prices) return undefined;
  refuseUnknown(to, prices, new Set(PRICE_FIELDS), 'provider.max_price');
  const read: { [Field in (typeof PRICE_FIELDS)[number]]?: string } = {};
  for (const field of PRICE_FIELDS) {
    const price = readDecimal(to, prices, field, `provider.max_price.${field}`);
    if (price !== undefined) read[field] = price;
  }
  return read;
}

/** A price as a number or a decimal string, kept as a decimal string without an exponent. */
function readDecimal(to: Complaints, object: JsonObject, field: string, path: string): string | undefined {
  const value = object[field];
  if (value === undefined || value === null) return undefined;
  const text = typeof value === 'number' && value < 1e12 ? plainDecimal(value) : value;
  if (typeof text === 'string' && /^\d{1,12}(\.\d{1,18})?$/.test(text)) return text;
  return wrongType(to, path, 'a price in US dollars', value);
}

const plainDecimal = (value: number): string => {
  const text = String(value);
  return text.includes('e') ? value.toFixed(18).replace(/\.?0+$/, '') : text;
};

function readCutoff(to: Complaints, provider: JsonObject, field: string): Cutoffs | undefined {
  const path = `provider.${field}`;
  const cuts = provider[field];
  if (!isObject(cuts)) return readNumber(to, provider, field, { min: 0 }, path);
  refuseUnknown(to, cuts, new Set(PERCENTILES), path);
  const read: { [name in (typeof PERCENTILES)[number]]?: number } = {};
  for (const name of PERCENTILES) {
    const cut = readNumber(to, cuts, name, { min: 0 }, `${path}.${name}`);
    if (cut !== undefined) read[name] = cut;
  }
  return read;
}

function refuseMetadata(to: Complaints, what: string): undefined {
  complain(to, 'metadata', `Invalid 'metadata': it has ${what}.`);
  return undefined;
}
