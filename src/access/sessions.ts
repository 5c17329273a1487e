import type { World } from '../base/world.ts';
import { digestOf, type NewSecret } from './secret.ts';
import type { AccessStore } from './store.ts';

const SIGN_IN_MS = 24 * 3_600_000;
export const SESSION_MS = 30 * 24 * 3_600_000;
const TOKEN = /^[0-9a-f]{64}$/;

/** People's way into the console: a link that works once becomes a cookie. Only digests of both are kept. */
export type Sessions = {
  /** A token for the console's sign-in page; it works once, within a day. */
  readonly newSignIn: (accountId: string) => Promise<string>;
  /** The new session's cookie value and how long it lasts; null if the token is unknown, used or too old. */
  readonly redeemSignIn: (token: string) => Promise<{ readonly session: string; readonly maxAgeS: number } | null>;
  readonly signOut: (session: string) => Promise<void>;
  readonly accountOf: (session: string) => string | null;
  readonly refresh: () => Promise<void>;
};

export function openSessions(parts: {
  readonly store: AccessStore;
  readonly world: World;
  readonly newSecret: NewSecret;
}): Sessions {
  const { store, world, newSecret } = parts;
  let known = new Map<string, { readonly accountId: string; readonly expiresAt: number }>();
  const refresh = async (): Promise<void> => {
    const records = await store.sessions(world.now());
    known = new Map(records.map((record) => [record.hash, record]));
  };
  return {
    newSignIn: async (accountId) => {
      const token = newSecret();
      await store.addSignIn({ hash: digestOf(token), accountId, expiresAt: world.now() + SIGN_IN_MS });
      return token;
    },
    redeemSignIn: async (token) => {
      if (!TOKEN.test(token)) return null;
      const signIn = await store.takeSignIn(digestOf(token), world.now());
      if (!signIn) return null;
      const session = newSecret();
      const expiresAt = world.now() + SESSION_MS;
      await store.addSession({ hash: digestOf(session), accountId: signIn.accountId, expiresAt });
      await refresh();
      return { session, maxAgeS: SESSION_MS / 1000 };
    },
    signOut: async (session) => {
      await store.removeSession(digestOf(session));
      await refresh();
    },
    accountOf: (session) => {
      const record = known.get(digestOf(session));
      return record && record.expiresAt > world.now() ? record.accountId : null;
    },
    refresh,
  };
}
