import type { Provider } from '../catalog/provider.ts';
import type { HeldKey, OwnKey } from '../facts/own-key.ts';
import type { CredentialState } from './credentials.ts';
import { credentialGiven } from './given-credentials.ts';

/**
 * What signs requests with an account's own keys. It is worked out with the first request of each key, and forgotten with
 * the key, or with the catalogue that it was worked out for.
 */
export function createOwnCredentials(): { readonly of: (key: OwnKey, provider: Provider) => CredentialState } {
  const known = new WeakMap<OwnKey, { readonly provider: Provider; readonly state: CredentialState }>();
  return {
    of: (key, provider) => {
      const kept = known.get(key);
      if (kept?.provider === provider) return kept.state;
      const state = stateOf(key, provider);
      known.set(key, { provider, state });
      return state;
    },
  };
}

function stateOf(key: OwnKey, provider: Provider): CredentialState {
  if (!isHeld(key)) return { ready: false, missing: ['a key'], obstacle: null };
  const made = credentialGiven(provider, { secret: key.secret.reveal(), label: key.label });
  if (!made.ok) return { ready: false, missing: [`a key that is one (${made.error})`], obstacle: made.error };
  return { ready: true, credential: made.value, others: [] };
}

const isHeld = (key: OwnKey): key is HeldKey => 'secret' in key;
