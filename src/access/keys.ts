import type { NanoUsd } from '../base/money.ts';
import type { Reset } from '../base/period.ts';
import type { World } from '../base/world.ts';
import { DEFAULT_WORKSPACE_ID, OWNER_ACCOUNT_ID } from './owner.ts';
import { digestOf, labelOf, type NewSecret, newKey } from './secret.ts';
import type { AccessStore, Key, KeyChange, KeyUsage } from './store.ts';

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
  /** A key chosen by the operator, in place of a random one. */
  readonly secret?: string;
};

/** The keys of the instance. Every change is committed before it is answered, and heard of by all processes. */
export type Keys = {
  /** Newest first. */
  readonly list: () => readonly Key[];
  readonly find: (hash: string) => Key | null;
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
  readonly keys: () => readonly Key[];
  readonly seenAt: Keys['seenAt'];
  readonly refresh: () => Promise<void>;
};

export function openKeys({ store, world, newSecret, keys, seenAt, refresh }: Parts): Keys {
  const find = (hash: string): Key | null => keys().find((key) => key.hash === hash) ?? null;
  return {
    list: () => keys().toSorted((a, b) => b.createdAt - a.createdAt || (a.hash < b.hash ? -1 : 1)),
    find,
    create: async (wish) => {
      const secret = wish.secret ?? newKey(newSecret);
      const key = keyFrom(wish, secret, world.now());
      await store.addKey(key);
      await refresh();
      return { key: find(key.hash) ?? key, secret };
    },
    change: async (hash, change) => {
      const isThere = await store.changeKey(hash, { ...change, updatedAt: world.now() });
      if (!isThere) return null;
      await refresh();
      return find(hash);
    },
    remove: async (hash) => {
      const wasThere = await store.removeKey(hash);
      if (wasThere) await refresh();
      return wasThere;
    },
    usage: (hashes) => store.usage(hashes, world.now()),
    seenAt,
  };
}

export const keyFrom = (wish: NewKey, secret: string, now: number): Key => ({
  hash: digestOf(secret),
  name: wish.name,
  label: labelOf(secret),
  accountId: wish.accountId ?? OWNER_ACCOUNT_ID,
  workspaceId: wish.workspaceId ?? DEFAULT_WORKSPACE_ID,
  isManagement: wish.isManagement ?? false,
  disabled: false,
  limit: wish.limit ?? null,
  limitReset: wish.limitReset ?? null,
  includeByokInLimit: wish.includeByokInLimit ?? false,
  expiresAt: wish.expiresAt ?? null,
  createdAt: now,
  updatedAt: null,
  creatorUserId: wish.creatorUserId ?? null,
});
