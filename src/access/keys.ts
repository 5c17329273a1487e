import type { NanoUsd } from '../base/money.ts';
import type { Reset } from '../base/period.ts';
import type { World } from '../base/world.ts';
import { firstWorkspace, OWNER_ACCOUNT_ID } from './owner.ts';
import { digestOf, labelOf, type NewSecret, newKey } from './secret.ts';
import type { AccessStore, CountLimits, Key, KeyChange, KeyPage, KeyQuestion, KeyUsage } from './store.ts';

export type NewKey = {
  readonly name: string;
  readonly accountId?: string;
  readonly workspaceId?: string;
  readonly isManagement?: boolean;
  readonly limit?: NanoUsd | null;
  readonly limitReset?: Reset | null;
  readonly includeByokInLimit?: boolean;
  readonly expiresAt?: number | null;
  readonly creatorUserId?: string | null;
  readonly externalUser?: string | null;
  readonly counts?: CountLimits;
  /** A key chosen by the operator, in place of a random one. */
  readonly secret?: string;
};

/** The keys of the instance. Every change is committed before it is answered, and heard of by all processes. */
export type Keys = {
  readonly list: (question: KeyQuestion) => Promise<KeyPage>;
  readonly find: (hash: string) => Promise<Key | null>;
  readonly beginning: AccessStore['keysBeginning'];
  readonly hasManagement: AccessStore['hasManagement'];
  /** The only moment at which `secret` can be read. */
  readonly create: (wish: NewKey) => Promise<{ readonly key: Key; readonly secret: string }>;
  readonly change: (hash: string, change: KeyChange) => Promise<Key | null>;
  readonly remove: (hash: string) => Promise<boolean>;
  readonly usage: (hashes: readonly string[]) => Promise<ReadonlyMap<string, KeyUsage>>;
  /** When it last signed a request to this process, in milliseconds since 1970; null = not since the start. */
  readonly seenAt: (hash: string) => number | null;
};

type Parts = {
  readonly store: AccessStore;
  readonly world: World;
  readonly newSecret: NewSecret;
  readonly seenAt: Keys['seenAt'];
};

/** They are read from the store: what is remembered for callers plays no part in their administration. */
export function openKeys({ store, world, newSecret, seenAt }: Parts): Keys {
  const find = async (hash: string): Promise<Key | null> => (await store.findKeys([hash])).get(hash) ?? null;
  return {
    list: store.listKeys,
    find,
    beginning: store.keysBeginning,
    hasManagement: store.hasManagement,
    create: async (wish) => {
      const secret = wish.secret ?? newKey(newSecret);
      const key = keyFrom(wish, secret, world.now());
      const isNew = await store.addKey(key, wish.counts);
      return { key: isNew ? key : ((await find(key.hash)) ?? key), secret };
    },
    change: async (hash, change) => {
      const isThere = await store.changeKey(hash, { ...change, updatedAt: world.now() });
      return isThere ? find(hash) : null;
    },
    remove: store.removeKey,
    usage: (hashes) => store.usage(hashes, world.now()),
    seenAt,
  };
}

export const keyFrom = (wish: NewKey, secret: string, now: number): Key => ({
  hash: digestOf(secret),
  name: wish.name,
  label: labelOf(secret),
  accountId: wish.accountId ?? OWNER_ACCOUNT_ID,
  workspaceId: wish.workspaceId ?? firstWorkspace(wish.accountId ?? OWNER_ACCOUNT_ID).id,
  isManagement: wish.isManagement ?? false,
  disabled: false,
  limit: wish.limit ?? null,
  limitReset: wish.limitReset ?? null,
  includeByokInLimit: wish.includeByokInLimit ?? false,
  expiresAt: wish.expiresAt ?? null,
  createdAt: now,
  updatedAt: null,
  creatorUserId: wish.creatorUserId ?? null,
  externalUser: wish.externalUser ?? null,
});
