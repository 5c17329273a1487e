import { arrayOf, type Json, objectOf, parseJson, stringOf } from '../base/json.ts';
import type { World } from '../base/world.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { LocalModel, LocalServer } from '../catalog/local.ts';
import type { Modality } from '../catalog/model.ts';
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
  /** For slow machines: how many times longer than usual an answer may take. */
  readonly patience: number;
};

/** At the first of its addresses that answers. */
async function find(provider: Provider, means: Means): Promise<LocalServer | null> {
  for (const baseUrl of [provider.baseUrl, ...(provider.alsoAt ?? [])]) {
    const server = means.isOurs(baseUrl) ? null : await ask({ ...provider, baseUrl }, means);
    if (server) return server;
  }
  return null;
}

async function ask(provider: Provider, { world, credentials, patience }: Means): Promise<LocalServer | null> {
  const state = credentials.of(provider);
  if (!state.ready) return null;
  const url = `${provider.baseUrl}/models`;
  const headers = { accept: 'application/json' };
  const request = { method: 'GET', url, headers, body: null, reach: 'operator' } as const;
  const signed = await sign(world, request, provider, state.credential);
  if (!signed.ok) return null;
  const answer = await collectBody(world, signed.value, { bytesMax: BYTES_MAX, timeoutMs: ASK_MS * patience });
  if (!answer.ok || answer.value.status !== 200) return null;
  const { data } = objectOf(parseJson(Buffer.from(answer.value.body).toString('utf8')));
  return Array.isArray(data) ? { provider: provider.slug, baseUrl: provider.baseUrl, models: modelsIn(data) } : null;
}

/**
 * vLLM tells `max_model_len`, LM Studio what it has loaded; llama.cpp the window it was started with (`n_ctx`), which may
 * be far below what the model was trained for (`n_ctx_train`, all that older builds tell), and what it takes beside text
 * as `architecture` (build 11434, seen 2026-11-28).
 */
function modelsIn(list: readonly unknown[]): LocalModel[] {
  return list
    .map(objectOf)
    .map(({ id, meta, max_model_len, loaded_context_length, architecture }) => {
      const { n_ctx, n_ctx_train } = objectOf(meta);
      const input = modalitiesOf(objectOf(architecture).input_modalities);
      return {
        name: stringOf(id),
        context: firstTokens(max_model_len, loaded_context_length, n_ctx, n_ctx_train),
        ...(input.length > 0 && { input }),
      };
    })
    .filter(({ name }) => name !== '')
    .slice(0, MODELS_MAX);
}

/** What can go in: the others only come out. */
const INPUTS: readonly Modality[] = ['text', 'image', 'file', 'audio', 'video'];
const modalitiesOf = (told: Json | undefined): Modality[] =>
  INPUTS.filter((modality) => arrayOf(told).includes(modality));

const firstTokens = (...told: readonly unknown[]): number | null =>
  told.map(tokensOf).find((tokens) => tokens !== null) ?? null;

const tokensOf = (value: unknown): number | null =>
  Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : null;
