import { openOperatorKeys } from '../access/operator-keys.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Storage } from '../storage/open.ts';
import type { Credentials } from '../upstream/credentials.ts';
import { withStoredKeys } from '../upstream/stored-credentials.ts';
import type { Vault } from '../vault/vault.ts';
import { credentialsFor, type Serving } from './catalogue.ts';
import type { Configuration } from './configuration.ts';

/** Which of the operator's keys sign requests: those of the environment, and those that were given at run time. */
export type OperatorCredentials = {
  readonly credentials: Credentials;
  /** Providers that can be called: what is served with the environment's keys, and what those of run time open. */
  readonly enabled: (serving: Serving) => ReadonlySet<string>;
  /** Where the environment's keys stand, by provider and variable. */
  readonly ofEnvironment: (catalog: Catalog) => readonly { readonly provider: string; readonly variable: string }[];
};

export async function operatorCredentials(
  configuration: Configuration,
  {
    storage,
    vault,
    log,
  }: { readonly storage: Storage; readonly vault: Vault; readonly log: (message: string, cause?: unknown) => void },
): Promise<OperatorCredentials> {
  const base = credentialsFor(configuration);
  let known: { readonly serving: Serving; readonly enabled: ReadonlySet<string> } | null = null;
  const changed = (): void => {
    known = null;
  };
  const keys = openOperatorKeys({ store: storage.accessStore, vault, log, changed });
  await keys.load();
  const credentials = withStoredKeys(base, configuration.environment, keys.current);
  const opened = ({ catalog }: Serving): readonly string[] =>
    keys.current().flatMap(({ provider: slug }) => {
      const provider = catalog.providers.get(slug);
      return provider && !provider.local && credentials.of(provider).ready ? [slug] : [];
    });
  return {
    credentials,
    enabled: (serving) => {
      // One set for as long as nothing changes: what is worked out for it is kept by it.
      if (known?.serving !== serving) {
        const more = opened(serving);
        known = { serving, enabled: more.length === 0 ? serving.enabled : new Set([...serving.enabled, ...more]) };
      }
      return known.enabled;
    },
    ofEnvironment: ({ providers }) =>
      [...providers.values()].flatMap((provider) => {
        const state = base.of(provider);
        if (!state.ready || state.credential.secret.kind === 'none') return [];
        return [state.credential, ...state.others].map(({ variable }) => ({ provider: provider.slug, variable }));
      }),
  };
}
