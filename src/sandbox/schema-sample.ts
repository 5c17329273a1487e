import { arrayOf, isObject, type Json, type JsonObject, objectOf, optionalNumber, stringOf } from '../base/json.ts';
import { type Dice, pick } from './words.ts';

const DEPTH_MAX = 12;

/** A value that fits a JSON schema, plausible by the property's name; the same for the same dice. */
export function sampleOf(schema: Json | undefined, dice: Dice, hint: string): Json {
  return sample({ root: objectOf(schema), dice, hint }, objectOf(schema), '', 0);
}

type Sampling = { readonly root: JsonObject; readonly dice: Dice; readonly hint: string };

function sample(sampling: Sampling, schema: JsonObject, name: string, depth: number): Json {
  if (depth > DEPTH_MAX) return null;
  if (typeof schema.$ref === 'string') return sample(sampling, resolve(sampling.root, schema.$ref), name, depth + 1);
  if (schema.const !== undefined) return schema.const;
  const chosen = pick(sampling.dice, arrayOf(schema.enum));
  if (chosen !== undefined) return chosen;
  if (schema.default !== undefined && schema.default !== null) return schema.default;
  const example = arrayOf(schema.examples)[0];
  if (example !== undefined) return example;
  const alternative = arrayOf(schema.anyOf ?? schema.oneOf).find((one) => objectOf(one).type !== 'null');
  if (alternative !== undefined) return sample(sampling, objectOf(alternative), name, depth + 1);
  const all = arrayOf(schema.allOf);
  if (all.length > 0) return sample(sampling, Object.assign({}, schema, ...all, { allOf: undefined }), name, depth + 1);
  return sampleType(sampling, schema, name, depth);
}

function sampleType(sampling: Sampling, schema: JsonObject, name: string, depth: number): Json {
  switch (typeOf(schema)) {
    case 'object':
      return sampleObject(sampling, schema, depth);
    case 'array': {
      const fixed = arrayOf(schema.prefixItems);
      if (fixed.length > 0) return fixed.map((item) => sample(sampling, objectOf(item), name, depth + 1));
      const count = Math.min(Math.max(optionalNumber(schema.minItems) ?? 1, 1), 20);
      return Array.from({ length: count }, () => sample(sampling, objectOf(schema.items), name, depth + 1));
    }
    case 'integer':
      return Math.round(sampleNumber(sampling, schema, 1));
    case 'number':
      return Math.round(sampleNumber(sampling, schema, 0.5) * 100) / 100;
    case 'boolean':
      return sampling.dice() < 0.5;
    case 'null':
      return null;
    default:
      return sampleString(sampling, schema, name);
  }
}

function typeOf(schema: JsonObject): string {
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
  if (typeof type === 'string') return type.toLowerCase();
  if (isObject(schema.properties)) return 'object';
  return schema.items === undefined ? 'string' : 'array';
}

/** Every property that is required; of the others all that are named, since strict schemas require them anyway. */
const sampleObject = (sampling: Sampling, schema: JsonObject, depth: number): JsonObject =>
  Object.fromEntries(
    Object.entries(objectOf(schema.properties)).map(([name, property]) => [
      name,
      sample(sampling, objectOf(property), name, depth + 1),
    ]),
  );

/** Inside the bounds, exclusive ones by `step`. */
function sampleNumber({ dice }: Sampling, schema: JsonObject, step: number): number {
  const above = optionalNumber(schema.exclusiveMinimum);
  const below = optionalNumber(schema.exclusiveMaximum);
  const low = optionalNumber(schema.minimum) ?? (above === undefined ? undefined : above + step);
  const high = optionalNumber(schema.maximum) ?? (below === undefined ? undefined : below - step);
  const from = low ?? Math.min(1, high ?? 1);
  const to = Math.max(from, high ?? from + 99);
  const value = from + dice() * (to - from);
  const multiple = optionalNumber(schema.multipleOf);
  return multiple === undefined || multiple <= 0 ? value : Math.ceil(from / multiple) * multiple;
}

const BY_FORMAT: { readonly [format: string]: string } = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  time: '12:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
};
const BY_NAME: readonly (readonly [name: RegExp, value: string])[] = [
  [/city|location|place|destination/i, 'Paris'],
  [/country/i, 'France'],
  [/(^|_)name$/i, 'Ada'],
  [/date|day/i, '2026-01-31'],
  [/mail/i, 'someone@example.com'],
  [/url|link/i, 'https://example.com/'],
  [/expression|formula/i, '2 + 2'],
  [/path|file/i, 'notes.txt'],
  [/unit/i, 'celsius'],
  [/language|lang/i, 'en'],
];

function sampleString({ hint }: Sampling, schema: JsonObject, name: string): string {
  const known =
    BY_FORMAT[stringOf(schema.format)] ?? BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? (hint || 'example');
  const shortest = optionalNumber(schema.minLength) ?? 0;
  const longest = optionalNumber(schema.maxLength) ?? 200;
  return known.padEnd(Math.min(shortest, 10_000), 'x').slice(0, Math.max(0, longest));
}

function resolve(root: JsonObject, reference: string): JsonObject {
  if (!reference.startsWith('#')) return {};
  let found: Json | undefined = root;
  for (const step of reference.slice(1).split('/').filter(Boolean))
    found = objectOf(found)[step.replaceAll('~1', '/').replaceAll('~0', '~')];
  return objectOf(found);
}
