import { z } from 'zod';
import type { Verb } from '../access/may.ts';
import type { Json, JsonObject } from '../base/json.ts';
import { PRODUCT } from '../base/product.ts';
import { API_GROUPS, type ApiGroup } from './contract/api.ts';
import type { FieldGroup, RequestField } from './contract/field.ts';
import { OPERATION_FIELDS } from './contract/operations.ts';
import { REQUEST_GROUPS } from './contract.ts';
import { INFERENCE_ROUTES, pathsOf } from './inference-routes.ts';
import { PREFIXES, type Route } from './route.ts';
import { apiRoutes, rawRoutes } from './v1/routes.ts';

/** One thing that can be asked of the API: where it stands in the list, and what is known of what it takes. */
export type Described = {
  readonly method: string;
  /** Below `/api/v1`. */
  readonly path: string;
  readonly summary: string;
  readonly group: ApiGroup;
  readonly auth: Verb | 'none';
  readonly query?: JsonObject;
  readonly body?: JsonObject;
  /** What the body is made of, where its fields have words of their own. */
  readonly fields?: readonly FieldGroup[];
};

type Served = Pick<Route, 'method' | 'path' | 'auth' | 'body' | 'query'> & { readonly fields?: readonly FieldGroup[] };

/** Calls whose bodies are told field by field: those of OpenRouter's contract and of OpenAI's. */
const FIELDS_OF: { readonly [dialect: string]: readonly FieldGroup[] } = {
  'openai-chat': REQUEST_GROUPS,
  'openai-embeddings': [OPERATION_FIELDS.embeddings],
  'openrouter-rerank': [OPERATION_FIELDS.rerank],
  decisions: [OPERATION_FIELDS.decisions],
  'openai-moderations': [OPERATION_FIELDS.moderations],
  'openai-speech': [OPERATION_FIELDS.speech],
  'openai-transcription': [OPERATION_FIELDS.transcription],
  'openrouter-images': [OPERATION_FIELDS.images],
  'openrouter-videos': [OPERATION_FIELDS.videos],
};

/** Everything that is served below `/api/v1`, but for what no instance has. */
function served(): ReadonlyMap<string, Served> {
  const calls = INFERENCE_ROUTES.filter((route) => pathsOf(route).includes(PREFIXES[0] + route.path));
  const all: Served[] = [
    ...calls.map(({ path, dialect }): Served => {
      const fields = FIELDS_OF[dialect];
      return { method: 'POST', path, auth: 'call', ...(fields && { fields }) };
    }),
    ...apiRoutes,
    ...rawRoutes,
  ];
  return new Map(all.map((route) => [`${route.method} ${route.path}`, route]));
}

/** All of the API, in the order of its list. Built when it is first asked for. */
export function describedApi(): readonly Described[] {
  if (known) return known;
  const routes = served();
  known = API_GROUPS.flatMap((group) =>
    Object.entries(group.operations).flatMap(([operation, summary]) => {
      const route = routes.get(operation);
      return route ? [described(route, group, summary)] : [];
    }),
  );
  return known;
}
let known: readonly Described[] | null = null;

function described({ method, path, auth, body, query, fields }: Served, group: ApiGroup, summary: string): Described {
  return {
    method,
    path,
    summary,
    group,
    auth,
    ...(query && { query: schemaOf(query) }),
    ...(body && { body: schemaOf(body) }),
    ...(fields && { fields, body: schemaOfFields(fields.flatMap((one) => one.fields)) }),
  };
}

/** What refers to itself, like free JSON, may be anything: a reference would need a place in the whole description. */
function schemaOf(schema: z.ZodType): JsonObject {
  const { $schema: _, $defs: __, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return JSON.parse(JSON.stringify(rest), (name, value) => (name !== 'properties' && value?.$ref ? {} : value));
}

/** JSON Schema's words for ours; what has no single type may be anything. */
const TYPES: { readonly [word: string]: JsonObject } = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  object: { type: 'object' },
  array: { type: 'array', items: {} },
  'string[]': { type: 'array', items: { type: 'string' } },
  'object[]': { type: 'array', items: { type: 'object' } },
  null: { type: 'null' },
};

function typeOf(words: string): JsonObject {
  const parts = words.split(/ \| | or /);
  const types = parts.map((word) => TYPES[word]).filter((type) => type !== undefined);
  const [only] = types;
  if (types.length < parts.length || !only) return {};
  return types.length === 1 ? only : { anyOf: types };
}

/** Members of objects, `provider.order`, stand in the schema of their object. */
function schemaOfFields(fields: readonly RequestField[]): JsonObject {
  const properties: { [name: string]: Json } = {};
  for (const field of fields) {
    const [name = '', member] = field.name.split('.');
    if (member === undefined) {
      properties[name] = { ...schemaOfField(field), ...withMembers(name, fields) };
    } else {
      properties[name] ??= { type: 'object', ...withMembers(name, fields) };
    }
  }
  return { type: 'object', properties };
}

function withMembers(name: string, fields: readonly RequestField[]): JsonObject {
  const own = fields.filter((field) => field.name.startsWith(`${name}.`) && field.name.split('.').length === 2);
  if (own.length === 0) return {};
  return {
    properties: Object.fromEntries(own.map((field) => [field.name.slice(name.length + 1), schemaOfField(field)])),
  };
}

const schemaOfField = ({ type, meaning, range, otherwise, example }: RequestField): JsonObject => ({
  ...typeOf(type),
  description: [meaning, range && `Range: ${range}.`, otherwise && `Default: ${otherwise}.`].filter(Boolean).join(' '),
  ...(example !== undefined && { example: example as Json }),
});

/** The API as OpenAPI 3.1 describes it, for the instance at this address. */
export const openapiOf = (origin: string): JsonObject => ({
  openapi: '3.1.0',
  info: { title: `${PRODUCT.name} API`, version: PRODUCT.version, description: PRODUCT.disclaimer },
  servers: [{ url: `${origin}${PREFIXES[0]}` }],
  security: [{ key: [] }],
  tags: API_GROUPS.map(({ id, title }) => ({ name: id, description: title })),
  paths: pathsOfApi(),
  components: {
    securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'A key of this instance.' } },
    schemas: {
      Error: {
        type: 'object',
        required: ['error'],
        properties: {
          error: {
            type: 'object',
            required: ['code', 'message'],
            properties: { code: { type: 'integer' }, message: { type: 'string' }, metadata: { type: 'object' } },
          },
        },
      },
    },
  },
});

function pathsOfApi(): JsonObject {
  const paths: { [path: string]: { [method: string]: Json } } = {};
  for (const one of describedApi()) {
    const path = one.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: operationOf(one) };
  }
  return paths;
}

function operationOf({ method, path, summary, group, auth, query, body }: Described): JsonObject {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries((query?.properties ?? {}) as JsonObject).map(([name, schema]) => ({
    name,
    in: 'query',
    required: ((query?.required ?? []) as readonly Json[]).includes(name),
    schema: schema ?? {},
  }));
  return {
    operationId: operationIdOf(method, path),
    summary,
    tags: [group.id],
    ...(inPath.length + inQuery.length > 0 && { parameters: [...inPath, ...inQuery] }),
    ...(auth === 'none' && { security: [] }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      '2XX': { description: 'What was asked for.' },
      default: {
        description: 'Why not.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

/** `GET /keys/:hash` → `get-keys-hash`; it is an anchor of the docs, too. */
export const operationIdOf = (method: string, path: string): string =>
  `${method.toLowerCase()}${path.replace(/[^\w]+/g, '-')}`.replace(/-$/, '');
