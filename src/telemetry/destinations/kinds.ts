import { z } from 'zod';
import type { Receipt } from '../../facts/receipt.ts';
import type { Visible } from '../otlp/span.ts';
import { clickhouseRows, posthogBatch } from './records.ts';

/** What is sent to, and how: OTLP's JSON over HTTP, unless it is written otherwise. */
export type Target = {
  readonly method: 'POST' | 'PUT';
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  /** More attributes of the resource that spans are said to come from. */
  readonly resource: { readonly [name: string]: string };
  /** A portion in the vendor's own words. */
  readonly write?: (receipts: readonly Receipt[], visible: Visible) => string;
};

const text = z.string().min(1).max(2_000);
/** A name that needs no quoting, so that it can be nothing else. */
const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,126}$/, 'must be letters, digits and "_"');
/** A header that would be no header is refused here, not when it is sent. */
const headers = z
  .record(
    z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/),
    z
      .string()
      .max(4_000)
      .regex(/^[\t\x20-\x7e]*$/),
  )
  .optional();
const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .max(2_000)
  // Also asked where it is no address at all (zod 4.6.7, tried 2026-11-29).
  .refine((value) => !holdsPassword(URL.parse(value)), 'must hold no password: use headers');

const holdsPassword = (address: URL | null): boolean => Boolean(address?.username || address?.password);
const below = (base: string, path: string): string => base.replace(/\/+$/, '') + path;
const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

type Kind<Config> = {
  readonly schema: z.ZodType<Config>;
  readonly target: (config: Config) => Omit<Target, 'method' | 'resource'> & Partial<Target>;
  /** Where it says so. */
  readonly source: string;
};
const kind = <Config>(made: Kind<Config>): Kind<Config> => made;

/**
 * The destinations of the contract that take OTLP as JSON, with their addresses and headers as their vendors' pages say
 * (read 2026-11-29), and those with a plain form of their own. Those that take protobuf alone (Weave, Datadog), sign each
 * request or keep files (S3, Snowflake), or of which it was not found out (Ramp, New Relic), are not offered.
 */
const KINDS = {
  'otel-collector': kind({
    schema: z.strictObject({ endpoint: url, headers }),
    target: ({ endpoint, headers = {} }) => ({ url: endpoint, headers }),
    source: 'openrouter.ai/docs/guides/features/broadcast/otel-collector',
  }),
  webhook: kind({
    schema: z.strictObject({ url, headers, method: z.enum(['POST', 'PUT']).default('POST') }),
    target: ({ url: to, headers = {}, method }) => ({ url: to, headers, method }),
    source: 'openrouter.ai/docs/guides/features/broadcast',
  }),
  langfuse: kind({
    schema: z.strictObject({
      secretKey: text,
      publicKey: text,
      baseUrl: url.default('https://us.cloud.langfuse.com'),
      headers,
    }),
    target: ({ secretKey, publicKey, baseUrl, headers = {} }) => ({
      url: below(baseUrl, '/api/public/otel/v1/traces'),
      headers: { authorization: basic(publicKey, secretKey), ...headers },
    }),
    source: 'langfuse.com/integrations/native/opentelemetry',
  }),
  arize: kind({
    schema: z.strictObject({
      apiKey: text,
      spaceKey: text,
      modelId: text,
      baseUrl: url.default('https://otlp.arize.com'),
      headers,
    }),
    target: ({ apiKey, spaceKey, modelId, baseUrl, headers = {} }) => ({
      url: below(baseUrl, '/v1/traces'),
      headers: { api_key: apiKey, space_id: spaceKey, ...headers },
      resource: { 'openinference.project.name': modelId },
    }),
    source: 'arize.com/docs/ax/integrations/opentelemetry',
  }),
  braintrust: kind({
    schema: z.strictObject({
      apiKey: text,
      projectId: text,
      baseUrl: url.default('https://api.braintrust.dev'),
      headers,
    }),
    target: ({ apiKey, projectId, baseUrl, headers = {} }) => ({
      url: below(baseUrl, '/otel/v1/traces'),
      headers: { authorization: `Bearer ${apiKey}`, 'x-bt-parent': `project_id:${projectId}`, ...headers },
    }),
    source: 'braintrust.dev/docs/integrations/opentelemetry',
  }),
  grafana: kind({
    schema: z.strictObject({
      apiKey: text,
      instanceId: text,
      baseUrl: url.default('https://otlp-gateway-prod-us-west-0.grafana.net'),
      headers,
    }),
    target: ({ apiKey, instanceId, baseUrl, headers = {} }) => ({
      url: below(baseUrl, '/otlp/v1/traces'),
      headers: { authorization: basic(instanceId, apiKey), ...headers },
    }),
    source: 'grafana.com/docs/grafana-cloud/send-data/otlp',
  }),
  langsmith: kind({
    schema: z.strictObject({
      apiKey: text,
      endpoint: url.default('https://api.smith.langchain.com'),
      project: text.default('main'),
      workspaceId: text.optional(),
      headers,
    }),
    target: ({ apiKey, endpoint, project, workspaceId, headers = {} }) => ({
      url: below(endpoint, '/otel/v1/traces'),
      headers: {
        'x-api-key': apiKey,
        'langsmith-project': project,
        ...(workspaceId !== undefined && { 'x-tenant-id': workspaceId }),
        ...headers,
      },
    }),
    source: 'docs.langchain.com/langsmith/trace-with-opentelemetry',
  }),
  opik: kind({
    schema: z.strictObject({ apiKey: text, workspace: text, projectName: text, headers }),
    target: ({ apiKey, workspace, projectName, headers = {} }) => ({
      url: 'https://www.comet.com/opik/api/v1/private/otel/v1/traces',
      headers: { authorization: apiKey, 'comet-workspace': workspace, projectname: projectName, ...headers },
    }),
    source: 'comet.com/docs/opik/integrations/opentelemetry',
  }),
  posthog: kind({
    schema: z.strictObject({ apiKey: text, endpoint: url.default('https://us.i.posthog.com'), headers }),
    target: ({ apiKey, endpoint, headers = {} }) => ({
      url: below(endpoint, '/batch/'),
      headers,
      write: (receipts, visible) => posthogBatch(apiKey, receipts, visible),
    }),
    source: 'posthog.com/docs/llm-analytics/manual-capture',
  }),
  clickhouse: kind({
    schema: z.strictObject({
      host: url,
      database: identifier,
      table: identifier.default('OPENROUTER_TRACES'),
      username: text,
      password: text,
      headers,
    }),
    target: ({ host, database, table, username, password, headers = {} }) => ({
      url: `${below(host, '/')}?${new URLSearchParams({
        query: `INSERT INTO "${database}"."${table}" FORMAT JSONEachRow`,
        // A table may have fewer columns than there are facts.
        input_format_skip_unknown_fields: '1',
        date_time_input_format: 'best_effort',
      })}`,
      headers: { authorization: basic(username, password), ...headers },
      write: clickhouseRows,
    }),
    source: 'clickhouse.com/docs/interfaces/http',
  }),
  sentry: kind({
    schema: z.strictObject({
      otlpEndpoint: url,
      dsn: z
        .string()
        .max(2_000)
        .regex(/^https:\/\/([^:@]+)(?::[^@]*)?@[^/]+\/\d+\/?$/, 'must be a DSN of Sentry'),
      headers,
    }),
    target: ({ otlpEndpoint, dsn, headers = {} }) => ({
      url: otlpEndpoint,
      headers: { 'x-sentry-auth': `sentry sentry_key=${new URL(dsn).username}`, ...headers },
    }),
    source: 'docs.sentry.io/concepts/otlp/direct/traces',
  }),
} as const;

export type KindName = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as readonly KindName[];

const of = (name: KindName): Kind<unknown> => KINDS[name] as Kind<unknown>;

/** The page that says how it is sent to. */
export const sourceOf = (name: KindName): string => of(name).source;

/** The schema of a kind's `config`, defaults filled in. */
export const configSchema = (name: KindName): z.ZodType<unknown> => of(name).schema;

export const targetOf = (name: KindName, config: unknown): Target => ({
  method: 'POST',
  resource: {},
  ...of(name).target(config),
});
