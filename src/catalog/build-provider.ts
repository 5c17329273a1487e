import { BESIDE_CHAT, carriesWishes, type DialectId, operationOf } from './dialect-table.ts';
import { type Environment, inEnvironment, variablePrefix } from './environment.ts';
import type { KnownDialects } from './load.ts';
import { merge } from './merge.ts';
import type { Auth, DataPolicy, DialectSettings, Provider } from './provider.ts';
import type { CatalogFile } from './read.ts';
import type { ProviderFile } from './schema.ts';

type Refuse = (at: readonly string[], reason: string) => void;

/** One provider from its files, the later ones over the earlier. Problems are told to `refuse`; then undefined. */
export function buildProvider(
  slug: string,
  sources: readonly CatalogFile<ProviderFile>[],
  knows: KnownDialects,
  environment: Environment,
  refuse: Refuse,
): Provider | undefined {
  const file = sources.map((source) => source.table).reduce(merge);
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(slug))
    refuse([], 'a provider file is named in lower case: letters, digits, dashes');
  const named = environment[`${variablePrefix(slug)}_BASE_URL`];
  if (named && !/^https?:$/.test(URL.parse(named.trim())?.protocol ?? ''))
    refuse([], `${variablePrefix(slug)}_BASE_URL is no http or https address: ${named.slice(0, 100)}`);
  if (file.base_url === undefined && !named) {
    refuse([], 'base_url is missing');
    return undefined;
  }
  const local = file.local ?? false;
  if (file.also_at && !local) refuse(['also_at'], 'only servers on this machine (local = true) are looked for');
  const provider: Provider = {
    slug,
    name: file.name ?? slug,
    baseUrl: withoutSlash(file.base_url ?? named ?? ''),
    auth: authOf(slug, file, environment),
    docs: file.docs ?? '',
    ...(file.docs_read === undefined ? {} : { docsRead: file.docs_read }),
    policy: policyOf(file.policy, local),
    ...(file.price === undefined ? {} : { price: file.price }),
    dialects: dialectsOf(file, knows, refuse),
    ...(file.key_check === undefined ? {} : { keyCheck: file.key_check }),
    reseller: file.reseller ?? false,
    local,
    ...(file.also_at === undefined || named ? {} : { alsoAt: file.also_at.map(withoutSlash) }),
    billsAfterCancel: file.bills_after_cancel ?? false,
  };
  return inEnvironment(provider, environment);
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');

/** Without `auth`: a bearer key from `<SLUG>_API_KEY`; a local server needs none. Of several variables the first set one. */
function authOf(slug: string, file: ProviderFile, environment: Environment): Auth {
  const auth: NonNullable<ProviderFile['auth']> = file.auth ?? { scheme: 'bearer' };
  if (auth.scheme === 'none') return { scheme: 'none' };
  const fallback =
    auth.scheme === 'aws-sigv4'
      ? 'AWS_BEARER_TOKEN_BEDROCK'
      : auth.scheme === 'gcp'
        ? 'GOOGLE_APPLICATION_CREDENTIALS'
        : `${variablePrefix(slug)}_API_KEY`;
  const names = auth.env === undefined ? [fallback] : [auth.env].flat();
  const env = names.find((name) => environment[name]) ?? names[0] ?? fallback;
  switch (auth.scheme) {
    case 'bearer': {
      const optional = auth.optional ?? (file.auth === undefined && file.local === true);
      return { scheme: 'bearer', env, ...(optional ? { optional } : {}) };
    }
    case 'header':
      return { scheme: 'header', name: auth.name, ...(auth.prefix !== undefined && { prefix: auth.prefix }), env };
    case 'aws-sigv4':
      return { scheme: 'aws-sigv4', service: auth.service ?? 'bedrock', env };
    case 'gcp':
      return { scheme: 'gcp', env };
    default:
      return auth satisfies never;
  }
}

/** What is not stated counts as the worst: it may train, its retention is unknown. A local server keeps nothing. */
function policyOf(policy: ProviderFile['policy'], local: boolean): DataPolicy {
  return {
    trainsOnData: policy?.trains_on_data ?? !local,
    trainingStated: policy?.trains_on_data !== undefined || local,
    retainsDays: policy?.retains_days ?? (local ? 0 : null),
    ...(policy?.per_request === true && { perRequest: true }),
    ...(policy?.privacy_url === undefined ? {} : { privacyUrl: policy.privacy_url }),
    ...(policy?.terms_url === undefined ? {} : { termsUrl: policy.terms_url }),
    ...(policy?.status_url === undefined ? {} : { statusUrl: policy.status_url }),
    ...(policy?.headquarters === undefined ? {} : { headquarters: policy.headquarters }),
    ...(policy?.datacenters === undefined ? {} : { datacenters: policy.datacenters }),
  };
}

/** Without `dialects`: OpenAI's chat format. */
function dialectsOf(file: ProviderFile, knows: KnownDialects, refuse: Refuse): DialectSettings[] {
  const written = Object.entries(file.dialects ?? { 'openai-chat': {} });
  const settings: DialectSettings[] = [];
  for (const [id, dialect] of written) {
    if (!knows.dialects.has(id)) {
      refuse(['dialects', id], `unknown dialect ${id}; known: ${[...knows.dialects].join(', ')}`);
      continue;
    }
    if (file.policy?.per_request && !carriesWishes(id as DialectId))
      refuse(['policy', 'per_request'], `${id} cannot carry the caller's wishes`);
    for (const quirk of dialect.quirks ?? [])
      if (!knows.quirks.get(id)?.has(quirk)) refuse(['dialects', id, 'quirks'], `${id} has no quirk ${quirk}`);
    settings.push({
      id: id as DialectId,
      ...(dialect.base_url === undefined ? {} : { baseUrl: withoutSlash(dialect.base_url) }),
      ...(dialect.path === undefined ? {} : { path: dialect.path }),
      drop: dialect.drop ?? [],
      rename: dialect.rename ?? {},
      quirks: dialect.quirks ?? [],
      headers: dialect.headers ?? {},
      takes: (dialect.takes ?? []).map(({ calls, models, must }) => ({ calls, models, must: must ?? false })),
    });
  }
  const chat = settings.find(({ id }) => id === 'openai-chat');
  for (const id of BESIDE_CHAT)
    if (chat && !settings.some((other) => operationOf(other.id) === operationOf(id)) && knows.dialects.has(id))
      settings.push({ ...bare(id), ...(chat.baseUrl === undefined ? {} : { baseUrl: chat.baseUrl }) });
  return settings;
}

const bare = (id: DialectId): DialectSettings => ({ id, drop: [], rename: {}, quirks: [], headers: {}, takes: [] });
