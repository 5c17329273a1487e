import { objectOf, parseJson, stringOf } from '../base/json.ts';
import type { World } from '../base/world.ts';
import type { Provider } from '../catalog/provider.ts';
import { sign } from './auth/sign.ts';
import { collectBody } from './collect-body.ts';
import type { Credential, CredentialState } from './credentials.ts';

/** A list takes no longer, where a call may. */
const ASK_MS = 10_000;
const BYTES_MAX = 16 * 1024 * 1024;

/** `✓` works, `✗` does not, `–` could not be told. */
export type Verdict = { readonly mark: '✓' | '✗' | '–'; readonly text: string };

/**
 * Does a provider take its key? Its list of models is asked for, or the path that its file names as `key_check`. A list
 * that is public proves nothing, so one that was given is asked for once more, without the key.
 */
export async function examine(
  world: World,
  provider: Provider,
  state: CredentialState,
  headersMs: number,
): Promise<Verdict> {
  if (!state.ready) return { mark: '✗', text: `missing ${state.missing.join(', ')}` };
  const { credential } = state;
  const timeoutMs = Math.min(ASK_MS, headersMs);
  const isKeyed = credential.secret.kind !== 'none';
  const answer = await ask(world, provider, credential, timeoutMs);
  if ('problem' in answer) return { mark: '✗', text: answer.problem };
  const { status, reason } = answer;
  const statusText = `HTTP ${status}${reason && `, “${reason}”`}`;
  if (status === 401 || status === 403)
    return { mark: '✗', text: isKeyed ? `the key was refused (${statusText})` : `a key is needed (${statusText})` };
  if (status === 429 || status >= 500) return { mark: '✗', text: `it answers ${statusText}` };
  if (status >= 300)
    return { mark: '–', text: `it is there, but does not tell whether the key is good (${statusText})` };
  if (!isKeyed) return { mark: '✓', text: 'it answers, without a key' };
  const open = provider.keyCheck === undefined ? await ask(world, provider, null, timeoutMs) : null;
  if (open && 'status' in open && open.status < 300)
    return { mark: '–', text: 'it is there, but lists its models to everyone: the key is not proven' };
  return { mark: '✓', text: 'the key works' };
}

type Answer = { readonly status: number; readonly reason: string } | { readonly problem: string };

/** One GET, with the credential or bare. */
async function ask(
  world: World,
  provider: Provider,
  credential: Credential | null,
  timeoutMs: number,
): Promise<Answer> {
  const base = credential ? credential.expand(provider.baseUrl) : provider.baseUrl;
  const headers = { accept: 'application/json', 'anthropic-version': '2023-06-01' };
  const url = base + (provider.keyCheck ?? '/models');
  const bare = { method: 'GET', url, headers, body: null, reach: 'operator' } as const;
  const request = credential ? await sign(world, bare, provider, credential) : { ok: true as const, value: bare };
  if (!request.ok) return { problem: request.error.message };
  const answer = await collectBody(world, request.value, { bytesMax: BYTES_MAX, timeoutMs });
  if (!answer.ok) return { problem: answer.error.message };
  const body = objectOf(parseJson(Buffer.from(answer.value.body).toString('utf8')));
  const reason = stringOf(objectOf(body.error).message) || stringOf(body.message) || stringOf(body.error);
  return { status: answer.value.status, reason: reason.replace(/[\p{C}\s]+/gu, ' ').slice(0, 120) };
}
