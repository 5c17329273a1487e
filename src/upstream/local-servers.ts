import { objectOf, parseJson, stringOf } from '../base/json.ts';
import type { World } from '../base/world.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { LocalModel, LocalServer } from '../catalog/local.ts';
import type { Provider } from '../catalog/provider.ts';
import { sign } from './auth/sign.ts';
import { collectBody } from './collect-body.ts';
import type { Credentials } from './credentials.ts';

/** A server on this machine answers at once or is not there. */
const ASK_MS = 400;
const BYTES_MAX = 1024 * 1024;
const MODELS_MAX = 500;

/**
 * Asks every local provider's `/models` (OpenAI's list shape, which all of them offer) and tells which answered. What
 * else may listen on such a port, this gateway for one, is not asked (`isOurs`) or does not answer with a list.
 */
export async function findLocalServers(catalog: Catalog, means: Means): Promise<LocalServer[]> {
  const local = [...catalog.providers.values()].filter((provider) => provider.local);
  const found = await Promise.all(local.map((provider) => find(provider, means)));
  return found.filter((server) => server !== null);
}

type Means = {
  readonly world: World;
  readonly credentials: Credentials;
  readonly isOurs: (url: string) => boolean;
};

/** At the first of its addresses that answers. */
async function find(provider: Provider, means: Means): Promise<LocalServer | null> {
  for (const baseUrl of [provider.baseUrl, ...(provider.alsoAt ?? [])]) {
    const server = means.isOurs(baseUrl) ? null : await ask({ ...provider, baseUrl }, means);
    if (server) return server;
  }
  return null;
}

async function ask(provider: Provider, { world, credentials }: Means): Promise<LocalServer | null> {
  const state = credentials.of(provider);
  if (!state.ready) return null;
  const url = `${provider.baseUrl}/models`;
  const headers = { accept: 'application/json' };
  const request = { method: 'GET', url, headers, body: null, reach: 'operator' } as const;
  const signed = await sign(world, request, provider, state.credential);
  if (!signed.ok) return null;
  const answer = await collectBody(world, signed.value, { bytesMax: BYTES_MAX, timeoutMs: ASK_MS });
  if (!answer.ok || answer.value.status !== 200) return null;
  const { data } = objectOf(parseJson(Buffer.from(answer.value.body).toString('utf8')));
  return Array.isArray(data) ? { provider: provider.slug, baseUrl: provider.baseUrl, models: modelsIn(data) } : null;
}

/** vLLM tells `max_model_len`, llama.cpp what the model was trained for (both known since 2024). */
function modelsIn(list: readonly unknown[]): LocalModel[] {
  return list
    .map(objectOf)
    .map((entry) => ({
      name: stringOf(entry.id),
      context: tokensOf(entry.max_model_len ?? objectOf(entry.meta).n_ctx_train),
    }))
    .filter(({ name }) => name !== '')
    .slice(0, MODELS_MAX);
}

const tokensOf = (value: unknown): number | null =>
  Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : null;
