import {
  arrayOf,
  isObject,
  type JsonObject,
  objectOf,
  optionalNumber,
  optionalString,
  stringOf,
} from '../../base/json.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { resolveModel } from '../../router/resolve.ts';
import type { Losses } from './losses.ts';

/**
 * LiteLLM's words for hosts that are called otherwise here (docs.litellm.ai/docs/providers, read 2026-11-29). All others
 * are called alike.
 */
const PROVIDERS: { readonly [word: string]: string } = {
  azure_ai: 'azure',
  bedrock: 'amazon-bedrock',
  bedrock_converse: 'amazon-bedrock',
  vertex_ai: 'google-vertex',
  gemini: 'google-ai-studio',
  together_ai: 'together',
  fireworks_ai: 'fireworks',
  cohere_chat: 'cohere',
  nvidia_nim: 'nvidia',
  ollama_chat: 'ollama',
  hosted_vllm: 'vllm',
  lm_studio: 'lmstudio',
  moonshot: 'moonshotai',
  text_completion_openai: 'openai',
};

/** A file for the folder of `SWITCHWRIGHT_CATALOG`. */
export type CatalogueFile = { readonly path: string; readonly text: string };
export type ReadModels = {
  /** What each name that programs ask for means here; a name without a meaning is not there. */
  readonly meanings: ReadonlyMap<string, string>;
  readonly files: readonly CatalogueFile[];
  /** What the operator has to set. */
  readonly settings: readonly string[];
};

/** `config.yaml`, parsed: its list of models becomes names of ours, and hosts of its own become files. */
export function readModels(config: JsonObject, catalog: Catalog, losses: Losses): ReadModels {
  const meanings = new Map<string, string>();
  const files = new Map<string, string>();
  const settings = new Set<string>();
  for (const entry of arrayOf(config.model_list).filter(isObject)) {
    const name = stringOf(entry.model_name);
    const deployed = deploymentOf(entry, catalog);
    if (name === '' || deployed === null) continue;
    const { provider, modelId, params } = deployed;
    tellKey(params, provider, settings);
    if (name.includes('*')) {
      if (!meanings.has(name)) meanings.set(name, name);
    } else if (optionalString(params.api_base) !== undefined && modelId === null)
      ownHost(name, deployed, files, meanings, losses);
    else if (modelId === null)
      losses.tell(
        'models',
        name,
        `no endpoint here serves ${stringOf(params.model)}: add a file of it (data/README.md)`,
      );
    else if (meanings.has(name) && meanings.get(name) !== modelId)
      losses.tell(
        'models',
        name,
        'a name means one model here; others of its group are fallbacks for a policy or a preset',
      );
    else meanings.set(name, modelId);
  }
  for (const [name, id] of meanings)
    if (!name.includes('*') && !files.has(`models/${id}.toml`) && resolveModel(catalog, name)?.model.id !== id)
      addAlias(files, { id, name }, catalog);
  tellOthers(config, losses);
  return { meanings, files: [...files].map(([path, text]) => ({ path, text })), settings: [...settings] };
}

type Deployment = {
  readonly provider: string;
  readonly upstream: string;
  readonly modelId: string | null;
  readonly params: JsonObject;
};

function deploymentOf(entry: JsonObject, catalog: Catalog): Deployment | null {
  const params = objectOf(entry.litellm_params);
  const model = stringOf(params.model);
  if (model === '') return null;
  const [word = '', ...rest] = model.split('/');
  const named = PROVIDERS[word] ?? word.replaceAll('_', '-');
  const provider =
    rest.length > 0 && catalog.providers.has(named) ? named : (optionalString(params.custom_llm_provider) ?? '');
  const upstream = provider === '' ? model : rest.join('/');
  const served = [...catalog.endpoints.values()].find(
    (endpoint) => endpoint.provider.slug === provider && endpoint.upstreamId === upstream,
  );
  const modelId = served?.modelId ?? resolveModel(catalog, upstream)?.model.id ?? null;
  return { provider, upstream, modelId, params };
}

/** Keys are not taken out of files: whoever has them says where they go. */
function tellKey(params: JsonObject, provider: string, settings: Set<string>): void {
  const key = optionalString(params.api_key);
  const variable = key?.startsWith('os.environ/') ? key.slice('os.environ/'.length) : undefined;
  if (variable !== undefined) settings.add(`${provider || 'a host'}: its key comes from ${variable}, as before`);
  else if (key !== undefined)
    settings.add(
      `${provider || 'a host'}: its key stands in the file; \`switchwright providers add ${provider || 'PROVIDER'}\` takes it`,
    );
}

/** The provider's word for a host that is nobody's, by its address. */
const slugOf = (url: URL): string =>
  url.host
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
const isNear = ({ hostname }: URL): boolean =>
  !hostname.includes('.') ||
  /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)|\.(?:local|internal)$/.test(hostname);

function ownHost(
  name: string,
  { params, upstream, provider }: Deployment,
  files: Map<string, string>,
  meanings: Map<string, string>,
  losses: Losses,
): void {
  const url = URL.parse(stringOf(params.api_base));
  if (!url || !/^https?:$/.test(url.protocol)) return losses.tell('models', name, 'its api_base is no address');
  const [input, output] = [optionalNumber(params.input_cost_per_token), optionalNumber(params.output_cost_per_token)];
  if ((input === undefined || output === undefined) && !isNear(url))
    return losses.tell(
      'models',
      name,
      'a host far away has no price in the file (input_cost_per_token, output_cost_per_token): add a file of it (data/README.md)',
    );
  const host = slugOf(url);
  const variable = stringOf(params.api_key).replace(/^os\.environ\//, '');
  const auth = /^[A-Z][A-Z0-9_]*$/.test(variable)
    ? `{ scheme = "bearer", env = ${JSON.stringify(variable)} }`
    : '{ scheme = "none" }';
  const base = url.href.replace(/\/$/, '');
  files.set(
    `providers/${host}.toml`,
    `name = ${JSON.stringify(url.host)}\nbase_url = ${JSON.stringify(base)}\nauth = ${auth}\n${isNear(url) && input === undefined ? 'local = true\n' : ''}`,
  );
  const id = `litellm/${slugify(name)}`;
  const priced = input !== undefined && output !== undefined;
  const price = priced
    ? `\n[endpoints.${host}.price]\ninput = "${perMillion(input)}"\noutput = "${perMillion(output)}"\n`
    : '';
  const called = provider === '' ? upstream.replace(/^[a-z_]+\//, '') : upstream;
  files.set(
    `models/${id}.toml`,
    `name = ${JSON.stringify(name)}\naliases = [${JSON.stringify(name)}]\n\n[endpoints.${host}]\nupstream_id = ${JSON.stringify(called)}\n${price}`,
  );
  meanings.set(name, id);
}

const perMillion = (perToken: number): string => (perToken * 1e6).toFixed(6).replace(/\.?0+$/, '');
export const slugify = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 50)
    .replace(/-$/, '');

/** A name that programs use for a model, beside those that it has. */
function addAlias(
  files: Map<string, string>,
  { id, name }: { readonly id: string; readonly name: string },
  catalog: Catalog,
): void {
  const path = `models/${id}.toml`;
  const known = [...catalog.aliases].flatMap(([alias, of]) => (of === id ? [alias] : []));
  files.set(path, `aliases = ${JSON.stringify([...new Set([...known, name])])}\n`);
}

function tellOthers(config: JsonObject, losses: Losses): void {
  for (const [section, words] of Object.entries(SECTIONS))
    for (const field of Object.keys(objectOf(config[section])))
      losses.tell(section, field, words[field] ?? 'not taken over');
}
const SECTIONS: { readonly [section: string]: { readonly [field: string]: string } } = {
  general_settings: {
    master_key:
      'a management key is made here: SWITCHWRIGHT_MANAGEMENT_KEY, or `switchwright keys create NAME --management`',
    database_url: 'its tables are read with --database',
  },
  router_settings: {
    fallbacks: 'told by a policy (docs/policies.md), or by `models` of a request or a preset',
    num_retries: 'endpoints are tried in order until one answers',
    routing_strategy: 'chosen by price, throughput or latency: `provider.sort`',
  },
  litellm_settings: {
    fallbacks: 'told by a policy (docs/policies.md), or by `models` of a request or a preset',
    drop_params: 'what an endpoint does not take is dropped and told, unless X-Switchwright-Strict is sent',
    callbacks: 'receipts go out by OpenTelemetry and destinations (docs/observability.md)',
    success_callback: 'receipts go out by OpenTelemetry and destinations (docs/observability.md)',
  },
};
