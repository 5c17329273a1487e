import { z } from 'zod';
import { AUDIO_FORMATS } from '../call/audio.ts';
import { EFFORTS } from '../call/call.ts';
import { OPERATION_IDS } from '../call/operation.ts';
import { FEATURES } from './features.ts';
import { CATEGORIES, MODALITIES } from './model.ts';
import { PRICE_FILE, PROVIDER_PRICE_FILE } from './price-file.ts';
import { CALL_KINDS } from './provider.ts';
import { ROUTER_IDS } from './routers.ts';

/**
 * The shape of one TOML file as written: every member optional, because a file may override a part of another one;
 * unknown keys refused. What must be there in the end is checked where files become providers and models.
 */

const text = z.string().min(1).max(20_000);
/** `${NAME}` and `${NAME:-default}` may stand for any part, the beginning too. */
const VARIABLE = /\$\{[A-Za-z0-9_]+(?::-[^}]*)?\}/g;
const url = z
  .string()
  .regex(/^(https?:\/\/|\$\{)/, 'must start with http:// or https://')
  .refine(isUrl, { error: 'is not a URL', when: ({ issues }) => issues.length === 0 });

function isUrl(text: string): boolean {
  const filled = text.replace(VARIABLE, 'x');
  const whole = text.startsWith('${') ? `http://${filled}` : filled;
  return !whole.includes('${') && /^https?:\/\/[^/?#]/.test(whole) && URL.canParse(whole);
}

const header = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of an HTTP header');
const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be one line of plain characters');
const tokens = z.number().int().positive().max(1_000_000_000);
const environmentName = z.string().regex(/^[A-Za-z0-9_]+$/, 'must be the name of an environment variable');
const environmentNames = z.union([environmentName, z.array(environmentName).min(1)]);

/** A TOML date (`2025-04-14`) or the same as a string. */
const day = z
  .union([z.date().transform((value) => value.toISOString().slice(0, 10)), z.string()])
  .pipe(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a date such as 2025-04-14'));

const policy = z.strictObject({
  trains_on_data: z.boolean().optional(),
  retains_days: z.number().int().nonnegative().optional(),
  per_request: z.boolean().optional(),
  privacy_url: url.optional(),
  terms_url: url.optional(),
  status_url: url.optional(),
  headquarters: z.string().length(2).optional(),
  datacenters: z.array(z.string().length(2)).optional(),
});

const auth = z.discriminatedUnion('scheme', [
  z.strictObject({ scheme: z.literal('none') }),
  z.strictObject({ scheme: z.literal('bearer'), env: environmentNames.optional(), optional: z.boolean().optional() }),
  z.strictObject({
    scheme: z.literal('header'),
    name: header,
    prefix: headerValue.optional(),
    env: environmentNames.optional(),
  }),
  z.strictObject({ scheme: z.literal('aws-sigv4'), service: text.optional(), env: environmentNames.optional() }),
  z.strictObject({ scheme: z.literal('gcp'), env: environmentNames.optional() }),
]);

const dialect = z.strictObject({
  base_url: url.optional(),
  path: z.string().startsWith('/').optional(),
  drop: z.array(text).optional(),
  rename: z.record(z.string(), text).optional(),
  quirks: z.array(text).optional(),
  headers: z.record(header, headerValue).optional(),
  takes: z
    .array(
      z.strictObject({
        calls: z.array(z.enum(CALL_KINDS)).min(1),
        models: z.array(text).min(1),
        must: z.boolean().optional(),
      }),
    )
    .optional(),
});

export const PROVIDER_FILE = z.strictObject({
  name: text.optional(),
  base_url: url.optional(),
  auth: auth.optional(),
  docs: url.optional(),
  docs_read: day.optional(),
  policy: policy.optional(),
  price: PROVIDER_PRICE_FILE.optional(),
  dialects: z.record(z.string(), dialect).optional(),
  reseller: z.boolean().optional(),
  local: z.boolean().optional(),
  also_at: z.array(url).min(1).optional(),
  key_check: z.string().startsWith('/').optional(),
  bills_after_cancel: z.boolean().optional(),
});

const reasoning = z.strictObject({
  efforts: z.array(z.enum(EFFORTS)).optional(),
  budget: z.boolean().optional(),
  mandatory: z.boolean().optional(),
  default_enabled: z.boolean().optional(),
});

const endpoint = z.strictObject({
  upstream_id: text.optional(),
  operations: z.array(z.enum(OPERATION_IDS)).min(1).optional(),
  dialect: text.optional(),
  features: z.array(z.enum(FEATURES)).optional(),
  quantization: text.optional(),
  context: tokens.optional(),
  max_output: tokens.optional(),
  input: z.array(z.enum(MODALITIES)).min(1).optional(),
  output: z.array(z.enum(MODALITIES)).min(1).optional(),
  reasoning: reasoning.optional(),
  system_turns: z.boolean().optional(),
  audio_formats: z.array(z.enum(AUDIO_FORMATS)).min(1).optional(),
  free: z.boolean().optional(),
  price: PRICE_FILE.optional(),
});

const benchmark = z.strictObject({
  name: text,
  score: z.number(),
  unit: z.string().optional(),
  source: text,
});

export const MODEL_FILE = z.strictObject({
  name: text.optional(),
  created: day.optional(),
  context: tokens.optional(),
  max_output: tokens.optional(),
  input: z.array(z.enum(MODALITIES)).min(1).optional(),
  output: z.array(z.enum(MODALITIES)).min(1).optional(),
  description: z.string().max(20_000).optional(),
  knowledge: z.string().optional(),
  tokenizer: text.optional(),
  family: text.optional(),
  open_weights: z.boolean().optional(),
  hugging_face_id: text.optional(),
  reasoning: reasoning.optional(),
  expires: day.optional(),
  distillable: z.boolean().optional(),
  sandbox: z.boolean().optional(),
  aliases: z.array(text).optional(),
  voices: z.array(text).min(1).optional(),
  router: z.enum(ROUTER_IDS).optional(),
  routed: z.boolean().optional(),
  benchmarks: z.array(benchmark).optional(),
  categories: z.array(z.enum(CATEGORIES)).optional(),
  endpoints: z.record(z.string(), endpoint).optional(),
});

/** `authors.toml`: how authors' slugs are written out. */
/** Whose output others may learn from: patterns of models' ids, by the licence that says so. */
export const DISTILLABLE_FILE = z.strictObject({
  licences: z.array(z.strictObject({ name: text, source: text, models: z.array(text).min(1) })),
});

export const AUTHORS_FILE = z.record(z.string(), text);

/** A file `providers/<slug>.toml`, checked. */
export type ProviderFile = z.output<typeof PROVIDER_FILE>;
/** A file `models/<author>/<slug>.toml`, checked. */
export type ModelFile = z.output<typeof MODEL_FILE>;
/** An `endpoints.<provider>` table of a model's file. */
export type EndpointFile = NonNullable<ModelFile['endpoints']>[string];
/** A `reasoning` table of a model's file. */
export type ReasoningFile = z.output<typeof reasoning>;
