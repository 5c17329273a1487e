import type { Hidden } from '../base/hidden.ts';
import type { Provider } from '../catalog/provider.ts';
import type { Credential, CredentialState, Credentials, Variables } from './credentials.ts';
import { credentialGiven } from './given-credentials.ts';

/** A key of the operator's that is kept in the store and not in the environment. */
export type StoredKey = {
  readonly id: string;
  readonly provider: string;
  readonly label: string;
  readonly weight: number;
  readonly secret: Hidden;
};

/**
 * The credentials of the environment, and beside them those that were given at run time. `stored` answers with another
 * list when one has changed; whatever was signed before stays signed.
 */
export function withStoredKeys(
  credentials: Credentials,
  variables: Variables,
  stored: () => readonly StoredKey[],
): Credentials {
  let seen: readonly StoredKey[] = [];
  let known = new WeakMap<Provider, CredentialState>();
  return {
    of: (provider) => {
      const keys = stored();
      if (keys.length === 0) return credentials.of(provider);
      if (keys !== seen) {
        seen = keys;
        known = new WeakMap();
      }
      let state = known.get(provider);
      if (!state) {
        state = joined(credentials.of(provider), givenTo(provider, keys, variables));
        known.set(provider, state);
      }
      return state;
    },
  };
}

const givenTo = (provider: Provider, keys: readonly StoredKey[], variables: Variables): readonly Credential[] =>
  keys.flatMap((key) => {
    if (key.provider !== provider.slug) return [];
    const made = credentialGiven(provider, { ...key, secret: key.secret.reveal() }, variables);
    return made.ok ? [made.value] : [];
  });

/** Those of the environment stay. */
function joined(state: CredentialState, given: readonly Credential[]): CredentialState {
  const [first, ...others] = given;
  if (!first) return state;
  if (state.ready && state.credential.secret.kind !== 'none') return { ...state, others: [...state.others, ...given] };
  return { ready: true, credential: first, others };
}
