import type { Fault, FaultCode } from '../base/fault.ts';
import { placeOf } from '../base/place.ts';
import type { World } from '../base/world.ts';
import type { Provider } from '../catalog/provider.ts';
import type { OwnKey } from '../facts/own-key.ts';
import type { Credential, CredentialState, Credentials } from './credentials.ts';
import { createOwnCredentials } from './own-credentials.ts';

/** Which of a provider's keys the next request goes with, and which of them rest. */
export type Keyring = {
  /**
   * By their weights, among those that do not rest and that this call has not tried; the same conversation stays with
   * the same key, whose account has its prompt cached. Where all rest, the one that rests the shortest.
   */
  readonly choose: (provider: Provider, call: Tried) => CredentialState;
  /** A host refused a request for its key: the key rests. True = the call may try another one. */
  readonly refused: (provider: Provider, credential: Credential, value: Fault, call: Tried) => boolean;
  /** A host says that it grants this key nothing more for so many milliseconds. */
  readonly spent: (credential: Credential, ms: number) => void;
  readonly ownSpent: (key: OwnKey, ms: number) => void;
  /** The credential of an account's own key. */
  readonly own: (key: OwnKey, provider: Provider) => CredentialState;
  /** How long it rests still, since a host refused it; 0 = it does not. */
  readonly ownRestsMs: (key: OwnKey) => number;
  /** True = the host refused the key, which rests, and not the request. */
  readonly ownRefused: (key: OwnKey, value: Fault) => boolean;
};

/** Of one call: whose conversation it is, and the keys that were refused. */
export type Tried = { readonly conversation: string | null; readonly tried: ReadonlySet<Credential> };

/** How long a key rests that was refused so, unless the host says when to come back. */
const REST_MS: { readonly [code in FaultCode]?: number } = {
  upstream_authentication: 300_000,
  upstream_quota: 300_000,
  // It may be the model that this key has no right to.
  upstream_permission: 0,
  upstream_rate_limit: 5_000,
};
const REST_MS_MAX = 300_000;

export function createKeyring(credentials: Credentials, world: Pick<World, 'elapsed' | 'random'>): Keyring {
  const restsUntil = new WeakMap<Credential, number>();
  const ownCredentials = createOwnCredentials();
  const ownRestUntil = new WeakMap<OwnKey, number>();
  const isAwake = (credential: Credential): boolean => (restsUntil.get(credential) ?? 0) <= world.elapsed();
  const untried = (keys: readonly Credential[], { tried }: Tried): Credential[] =>
    keys.filter((credential) => !tried.has(credential) && isAwake(credential));

  return {
    spent: (credential, ms) => void restsUntil.set(credential, world.elapsed() + ms),
    ownSpent: (key, ms) => void ownRestUntil.set(key, world.elapsed() + ms),
    own: ownCredentials.of,
    ownRestsMs: (key) => Math.max(0, (ownRestUntil.get(key) ?? 0) - world.elapsed()),
    ownRefused: (key, value) => {
      const rest = REST_MS[value.code];
      if (rest === undefined) return false;
      if (rest > 0) ownRestUntil.set(key, world.elapsed() + Math.min(value.retryAfterMs ?? rest, REST_MS_MAX));
      return true;
    },
    choose: (provider, call) => {
      const state = credentials.of(provider);
      if (!state.ready || state.others.length === 0) return state;
      const keys = [state.credential, ...state.others];
      const awake = untried(keys, call);
      const draw = call.conversation === null ? world.random() : placeOf(call.conversation);
      const credential = awake.length > 0 ? byWeight(awake, draw) : soonest(keys, restsUntil);
      return { ...state, credential };
    },
    refused: (provider, credential, value, call) => {
      const rest = REST_MS[value.code];
      const state = credentials.of(provider);
      if (rest === undefined || !state.ready || state.others.length === 0) return false;
      const ms = rest === 0 ? 0 : Math.min(value.retryAfterMs ?? rest, REST_MS_MAX);
      restsUntil.set(credential, world.elapsed() + ms);
      return untried([state.credential, ...state.others], call).length > 0;
    },
  };
}

function byWeight(keys: readonly Credential[], draw: number): Credential {
  let left = draw * keys.reduce((sum, { weight }) => sum + weight, 0);
  for (const credential of keys) {
    left -= credential.weight;
    if (left < 0) return credential;
  }
  return keys[0] as Credential;
}

const soonest = (keys: readonly Credential[], restsUntil: WeakMap<Credential, number>): Credential =>
  keys.reduce((best, other) => ((restsUntil.get(other) ?? 0) < (restsUntil.get(best) ?? 0) ? other : best));
