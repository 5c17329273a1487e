import type { Fault } from '../base/fault.ts';
import type { Hidden } from '../base/hidden.ts';
import { ok, type Result } from '../base/result.ts';
import { uuidOf } from '../base/uuid.ts';
import type { World } from '../base/world.ts';
import type { Place } from '../vault/envelope.ts';
import type { Vault } from '../vault/vault.ts';
import { OWNER_ACCOUNT_ID } from './owner.ts';
import type { NewSecret } from './secret.ts';

/** Who pays the provider: the operator of the instance, or the account whose calls go with the key (BYOK). */
export type Payer = 'operator' | 'account';

/** A key at a provider as it is administered: never the key itself, which is kept sealed. */
export type ProviderKey = {
  /** A UUID. */
  readonly id: string;
  readonly payer: Payer;
  readonly accountId: string;
  /** Null = of every workspace of the account. */
  readonly workspaceId: string | null;
  /** The provider's slug. */
  readonly provider: string;
  readonly name: string | null;
  /** The key with its middle left out. */
  readonly label: string;
  /** How much of the traffic it takes, beside the others of its provider; the operator's alone. */
  readonly weight: number;
  readonly disabled: boolean;
  /** Its place among those of its provider: the lowest is tried first. */
  readonly sortOrder: number;
  /** Tried after the operator's. */
  readonly isFallback: boolean;
  /** The operator's are not tried for the models that it is for. */
  readonly isRequired: boolean;
  /** The operator's are not tried for any model of its provider. */
  readonly isByokOnly: boolean;
  /** What the account says of its contract with the provider: no prompt is kept. Null = it says nothing. */
  readonly declaredZdr: boolean | null;
  /** Whom and what it is for: models, keys by their hash, members. Null = all. */
  readonly allowedModels: readonly string[] | null;
  readonly allowedKeys: readonly string[] | null;
  readonly allowedMembers: readonly string[] | null;
  readonly createdAt: number;
  readonly updatedAt: number | null;
};

/** With its envelope, which opens at `placeOf` it. */
export type SealedKey = ProviderKey & { readonly envelope: string };

export type ProviderKeyWish = Omit<ProviderKey, 'id' | 'sortOrder' | 'createdAt' | 'updatedAt'>;
/** What a key is where nobody says more: for everything and everybody of its owner, tried in its turn. */
export const PLAIN_KEY = {
  workspaceId: null,
  name: null,
  weight: 1,
  disabled: false,
  isFallback: false,
  isRequired: false,
  isByokOnly: false,
  declaredZdr: null,
  allowedModels: null,
  allowedKeys: null,
  allowedMembers: null,
} as const satisfies Partial<ProviderKeyWish>;
export type ProviderKeyChange = Partial<
  Omit<ProviderKeyWish, 'payer' | 'accountId' | 'provider' | 'workspaceId'> & { readonly sortOrder: number }
>;
/** Whose keys: of all others none is there. */
export type Owned = Pick<ProviderKey, 'accountId' | 'payer'>;

export type ProviderKeyQuestion = Owned & {
  /** Those of this workspace, and those of every one. */
  readonly workspaceId?: string;
  readonly provider?: string;
  readonly offset: number;
  readonly limit: number;
};

export type ProviderKeyStore = {
  /** By provider, and then by their place. */
  readonly list: (
    question: ProviderKeyQuestion,
  ) => Promise<{ readonly keys: readonly ProviderKey[]; readonly total: number }>;
  readonly find: (owned: Owned, id: string) => Promise<SealedKey | null>;
  /** It comes last of its provider's. False = the owner has `most` already. */
  readonly add: (key: SealedKey, most: number) => Promise<boolean>;
  /** False = there is none. */
  readonly change: (
    owned: Owned,
    id: string,
    change: ProviderKeyChange & { readonly envelope?: string; readonly updatedAt: number },
  ) => Promise<boolean>;
  readonly remove: (owned: Owned, id: string) => Promise<boolean>;
  /** Those that are switched on, in their order: of these accounts, or the operator's. */
  readonly usedBy: (accounts: readonly string[]) => Promise<readonly SealedKey[]>;
  readonly usedByOperator: () => Promise<readonly SealedKey[]>;
};

/** So many an account, or the operator, has at most. */
export const PROVIDER_KEYS_MAX = 200;

export const placeOf = ({ id }: Pick<ProviderKey, 'id'>): Place => ({
  table: 'provider_key',
  column: 'secret',
  row: id,
});

/** The operator's: of the account that runs the instance. */
export const OPERATORS: Owned = { accountId: OWNER_ACCOUNT_ID, payer: 'operator' };

/** Keys at providers. Every change is committed before it is answered, and heard of by all processes. */
export type ProviderKeys = Pick<ProviderKeyStore, 'list' | 'remove'> & {
  readonly find: (owned: Owned, id: string) => Promise<ProviderKey | null>;
  /** Null = there are too many already. A fault = nothing can be sealed here. */
  readonly create: (wish: ProviderKeyWish, secret: Hidden) => Promise<Result<ProviderKey | null, Fault>>;
  /** Null = there is none. With a secret, that takes the place of the one before. */
  readonly change: (
    owned: Owned,
    id: string,
    change: ProviderKeyChange & { readonly secret?: Hidden },
  ) => Promise<Result<ProviderKey | null, Fault>>;
  /** For a test of it; null = there is none, or it cannot be opened here. */
  readonly reveal: (owned: Owned, id: string) => Promise<Hidden | null>;
};

export function openProviderKeys(parts: {
  readonly store: { readonly providerKeys: ProviderKeyStore };
  readonly world: Pick<World, 'now'>;
  readonly newSecret: NewSecret;
  readonly vault: Vault;
}): ProviderKeys {
  const { world, newSecret, vault } = parts;
  const store = parts.store.providerKeys;
  const find = async (owned: Owned, id: string): Promise<ProviderKey | null> => {
    const found = await store.find(owned, id);
    return found && withoutEnvelope(found);
  };
  return {
    list: store.list,
    remove: store.remove,
    find,
    create: async (wish, secret) => {
      const key: ProviderKey = {
        ...wish,
        id: uuidOf(newSecret()),
        sortOrder: 0,
        createdAt: world.now(),
        updatedAt: null,
      };
      const sealed = vault.seal(placeOf(key), secret);
      if (!sealed.ok) return sealed;
      const isNew = await store.add({ ...key, envelope: sealed.value }, PROVIDER_KEYS_MAX);
      return ok(isNew ? ((await find(wish, key.id)) ?? key) : null);
    },
    change: async (owned, id, { secret, ...change }) => {
      const sealed = secret && vault.seal(placeOf({ id }), secret);
      if (sealed && !sealed.ok) return sealed;
      const envelope = sealed ? { envelope: sealed.value } : {};
      const isThere = await store.change(owned, id, { ...change, ...envelope, updatedAt: world.now() });
      return ok(isThere ? await find(owned, id) : null);
    },
    reveal: async (owned, id) => {
      const found = await store.find(owned, id);
      const opened = found && vault.open(placeOf(found), found.envelope);
      return opened?.ok ? opened.value : null;
    },
  };
}

function withoutEnvelope({ envelope: _, ...key }: SealedKey): ProviderKey {
  return key;
}

/** Enough to recognise a secret in a list, too little to use it; of credentials in JSON nothing is shown. */
export function maskOf(secret: string): string {
  if (secret.trimStart().startsWith('{')) return '{...}';
  const prefix = /^(?:[A-Za-z]{2,6}[-_])?/.exec(secret)?.[0] ?? '';
  return secret.length < 16 ? '...' : `${prefix}...${secret.slice(-4)}`;
}
