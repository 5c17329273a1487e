import { createFinder, type Finder } from '../base/finder.ts';
import type { World } from '../base/world.ts';
import { digestOf, type NewSecret } from './secret.ts';
import type { AccessStore, SessionRecord } from './store.ts';

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
  /** Undefined = it must be looked for; null = nobody's. */
  readonly accountOf: (session: string) => string | null | undefined;
  /** Undefined = too many look already. */
  readonly look: (session: string) => Promise<string | null | undefined>;
  readonly forget: Finder<SessionRecord>['forget'];
  readonly forgetAll: () => void;
};

export function openSessions(parts: {
  readonly store: AccessStore;
  readonly world: World;
  readonly newSecret: NewSecret;
}): Sessions {
  const { store, world, newSecret } = parts;
  const finder = createFinder({ world, find: store.findSessions });
  const accountIn = (record: SessionRecord | null | undefined): string | null | undefined =>
    record && (record.expiresAt > world.now() ? record.accountId : null);
  return {
    newSignIn: async (accountId) => {
      const token = newSecret();
      const now = world.now();
      await store.addSignIn({ hash: digestOf(token), accountId, expiresAt: now + SIGN_IN_MS }, now);
      return token;
    },
    redeemSignIn: async (token) => {
      if (!TOKEN.test(token)) return null;
      const now = world.now();
      const signIn = await store.takeSignIn(digestOf(token), now);
      if (!signIn) return null;
      const session = newSecret();
      const record = { hash: digestOf(session), accountId: signIn.accountId, expiresAt: now + SESSION_MS };
      await store.addSession(record, now);
      return { session, maxAgeS: SESSION_MS / 1000 };
    },
    signOut: (session) => store.removeSession(digestOf(session)),
    accountOf: (session) => accountIn(finder.known(digestOf(session))),
    look: async (session) => accountIn(await finder.look(digestOf(session))),
    forget: finder.forget,
    forgetAll: finder.forgetAll,
  };
}
