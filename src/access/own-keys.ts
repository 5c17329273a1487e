import { createFinder } from '../base/finder.ts';
import type { World } from '../base/world.ts';
import type { HeldKey } from '../facts/own-key.ts';
import { NO_OWN_KEYS } from '../facts/own-key.ts';
import type { Vault } from '../vault/vault.ts';
import { type ProviderKeyStore, placeOf, type SealedKey } from './provider-keys.ts';

/** Whose call it is, as far as keys are kept for some alone. */
export type Asking = {
  readonly accountId: string;
  readonly workspaceId: string;
  readonly keyId: string;
  readonly memberId: string | null;
};

/** The keys at providers that accounts pay for themselves, opened: those of accounts that called lately. */
export type OwnKeys = {
  /** Asks the store where the account is not known. Rejects if the store is broken. */
  readonly of: (asking: Asking) => Promise<readonly HeldKey[]>;
  readonly forget: (accountId: string) => void;
  readonly forgetAll: () => void;
};

type Opened = { readonly key: SealedKey; readonly held: HeldKey };

export function openOwnKeys(parts: {
  readonly store: { readonly providerKeys: ProviderKeyStore };
  readonly world: Pick<World, 'elapsed'>;
  readonly vault: Vault;
  /** What of the list price a call with one is charged, in millionths. */
  readonly feePpm: number;
  /** Hears of keys that cannot be opened; said once for each. */
  readonly log: (message: string) => void;
}): OwnKeys {
  const { store, world, vault, feePpm, log } = parts;
  const told = new Set<string>();
  const opened = (key: SealedKey): readonly Opened[] => {
    const secret = vault.open(placeOf(key), key.envelope);
    if (secret.ok) return [{ key, held: { ...heldOf(key), feePpm, label: key.label, secret: secret.value } }];
    if (told.size < TOLD_MAX && !told.has(key.id)) log(`the provider key ${key.id} cannot be opened: ${secret.error}`);
    told.add(key.id);
    return [];
  };
  const finder = createFinder<readonly Opened[]>({
    world,
    find: async (accounts) => {
      const keys = (await store.providerKeys.usedBy(accounts)).flatMap(opened);
      // An account without any is known to have none.
      return new Map(accounts.map((id) => [id, keys.filter(({ key }) => key.accountId === id)]));
    },
  });
  return {
    of: async (asking) => {
      const keys = finder.known(asking.accountId) ?? (await finder.look(asking.accountId));
      // Without them a call could be paid by somebody else than its account wants.
      if (!keys) throw new Error('too many accounts are looked up at once');
      const own = keys.filter(({ key }) => isAllowed(key, asking)).map(({ held }) => held);
      return own.length === 0 ? NO_OWN_KEYS : own;
    },
    forget: finder.forget,
    forgetAll: finder.forgetAll,
  };
}

const TOLD_MAX = 1_000;

const isAllowed = (key: SealedKey, { workspaceId, keyId, memberId }: Asking): boolean =>
  (key.workspaceId === null || key.workspaceId === workspaceId) &&
  (key.allowedKeys === null || key.allowedKeys.includes(keyId)) &&
  (key.allowedMembers === null || (memberId !== null && key.allowedMembers.includes(memberId)));

const heldOf = (key: SealedKey) => ({
  id: key.id,
  provider: key.provider,
  models: key.allowedModels,
  isFallback: key.isFallback,
  isRequired: key.isRequired,
  isByokOnly: key.isByokOnly,
  declaredZdr: key.declaredZdr,
});
