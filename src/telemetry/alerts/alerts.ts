import type { Fault } from '../../base/fault.ts';
import { Hidden } from '../../base/hidden.ts';
import { ok, type Result } from '../../base/result.ts';
import { uuidOf } from '../../base/uuid.ts';
import type { World } from '../../base/world.ts';
import type { Vault } from '../../vault/vault.ts';
import { type Alert, type AlertStore, placeOf } from './alert.ts';

export const ALERTS_MAX = 50;

export type AlertWish = Pick<Alert, 'name' | 'enabled' | 'watched' | 'mails'>;

/** The alerts of accounts. Addresses that they are posted to are secrets: many bear a token. */
export type Alerts = Omit<AlertStore, 'add' | 'change'> & {
  /** `full` = the account has fifty. `url` null = it is posted nowhere. */
  readonly create: (accountId: string, wish: AlertWish, url: string | null) => Promise<Result<Alert | 'full', Fault>>;
  /** `url` undefined = it stays. Null = the alert is gone. */
  readonly change: (
    alert: Alert,
    wish: AlertWish,
    url: string | null | undefined,
  ) => Promise<Result<Alert | null, Fault>>;
  /** Null = there is none, or it cannot be opened. */
  readonly urlOf: (alert: Alert) => string | null;
};

type Parts = {
  readonly store: AlertStore;
  readonly vault: Vault;
  readonly world: World;
  /** 32 random bytes in hex. */
  readonly newSecret: () => string;
};

export function openAlerts({ store, vault, world, newSecret }: Parts): Alerts {
  const seal = (id: string, url: string | null): Result<string | null, Fault> =>
    url === null ? ok(null) : vault.seal(placeOf(id), new Hidden(url));
  return {
    ...store,
    create: async (accountId, wish, url) => {
      const id = uuidOf(newSecret());
      const sealed = seal(id, url);
      if (!sealed.ok) return sealed;
      const at = world.now();
      const state = { raised: [], words: '', raisedAt: null, createdAt: at, updatedAt: at };
      const alert: Alert = { ...wish, ...state, id, accountId, sealedUrl: sealed.value };
      return ok((await store.add(alert, ALERTS_MAX)) ? alert : 'full');
    },
    change: async (alert, wish, url) => {
      const sealed = url === undefined ? ok(alert.sealedUrl) : seal(alert.id, url);
      if (!sealed.ok) return sealed;
      const changed = { ...alert, ...wish, sealedUrl: sealed.value, updatedAt: world.now() };
      return ok((await store.change(changed)) ? changed : null);
    },
    urlOf: ({ id, sealedUrl }) => {
      const opened = sealedUrl === null ? null : vault.open(placeOf(id), sealedUrl);
      return opened?.ok ? opened.value.reveal() : null;
    },
  };
}
