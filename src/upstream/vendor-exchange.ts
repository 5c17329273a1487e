import { type Fault, fault } from '../base/fault.ts';
import { type Json, parseJson } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { PRODUCT } from '../base/product.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { WireRequest, World } from '../base/world.ts';
import type { TaskRequest } from '../call/video.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Provider } from '../catalog/provider.ts';
import { sign } from './auth/sign.ts';
import { type Collected, collectBody } from './collect-body.ts';
import type { Credential } from './credentials.ts';
import type { Keyring } from './keyring.ts';
import { secretsOf } from './redact.ts';

/** Exchanges with a vendor beside calls: about a task that a call began. */
export type VendorMeans = { readonly world: World; readonly keyring: Keyring };

/** Whose task it is: the endpoint that began it, and the name of the key that it was begun with. */
export type TaskOwner = { readonly endpoint: Endpoint; readonly key: string };

const ANSWER_MS_MAX = 30_000;
const ANSWER_BYTES_MAX = 8 * 1024 * 1024;

/** All keys of a provider. */
function keysOf(keyring: Keyring, provider: Provider): readonly Credential[] {
  const state = keyring.choose(provider, { conversation: null, tried: new Set() });
  return state.ready ? [state.credential, ...state.others.filter((other) => other !== state.credential)] : [];
}

/** The key by its name, else the provider's first one: the operator may have named it anew. */
export function credentialOf({ keyring }: VendorMeans, { endpoint, key }: TaskOwner): Result<Credential, Fault> {
  const keys = keysOf(keyring, endpoint.provider);
  const found = keys.find(({ variable }) => variable === key) ?? keys[0];
  return found ? ok(found) : failed(fault('upstream_authentication', `${endpoint.provider.name} has no key any more.`));
}

export const baseUrlOf = ({ endpoint }: TaskOwner, credential: Credential): string =>
  credential.expand(endpoint.dialect.baseUrl ?? endpoint.provider.baseUrl);

/** A request of the task's, signed, and what of that must not come back in an error. */
export type SignedTask = { readonly request: WireRequest; readonly secrets: readonly string[] };

export async function taskRequest(
  means: VendorMeans,
  owner: TaskOwner,
  { method, path }: TaskRequest,
  headers: { readonly [name: string]: string } = {},
): Promise<Result<SignedTask, Fault>> {
  const credential = credentialOf(means, owner);
  if (!credential.ok) return credential;
  const request: WireRequest = {
    method,
    url: baseUrlOf(owner, credential.value) + path,
    headers: { 'user-agent': PRODUCT.userAgent, ...headers, ...owner.endpoint.dialect.headers },
    body: null,
    reach: 'operator',
  };
  const signed = await sign(means.world, request, owner.endpoint.provider, credential.value);
  return signed.ok ? ok({ request: signed.value, secrets: secretsOf(request, signed.value) }) : signed;
}

export type TaskAnswer = Pick<Collected, 'status' | 'headers'> &
  Pick<SignedTask, 'secrets'> & { readonly text: string };

/** One exchange with its whole answer. A fault where there was none. */
export async function askVendor(
  means: VendorMeans,
  owner: TaskOwner,
  request: TaskRequest,
): Promise<Result<TaskAnswer, Fault>> {
  const signed = await taskRequest(means, owner, request, { accept: 'application/json' });
  if (!signed.ok) return signed;
  const limits = { bytesMax: ANSWER_BYTES_MAX, timeoutMs: ANSWER_MS_MAX };
  const answer = await collectBody(means.world, signed.value.request, limits);
  if (!answer.ok)
    return failed(
      fault('upstream_unreachable', `${owner.endpoint.provider.name} could not be asked: ${answer.error.message}`),
    );
  const { status, headers, body } = answer.value;
  const { secrets } = signed.value;
  return ok({ status, headers, secrets, text: Buffer.from(body).toString('utf8') });
}

export const jsonOf = ({ text }: TaskAnswer): Json | undefined => parseJson(text);
export const errorTextOf = ({ text }: TaskAnswer): string => text.slice(0, LIMITS.error_body_bytes_max);
