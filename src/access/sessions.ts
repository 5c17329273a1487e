import { createFinder, type Finder } from '../base/finder.ts';
import type { World } from '../base/world.ts';
import type { Principal } from '../facts/principal.ts';
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
  readonly known: (session: string) => Principal | null | undefined;
  /** Undefined = too many look already. */
  readonly look: (session: string) => Promise<Principal | null | undefined>;
  readonly forget: Finder<Signed>['forget'];
  /** All of an account's. */
  readonly forgetWhere: (accountId: string) => void;
  readonly forgetAll: () => void;
};

type Signed = { readonly record: SessionRecord; readonly person: Principal };

/** A token for the console's sign-in page; it works once, within a day. */
export async function addSignIn({ store, world, newSecret }: Parts, accountId: string): Promise<string> {
  const token = newSecret();
  const now = world.now();
  await store.addSignIn({ hash: digestOf(token), accountId, expiresAt: now + SIGN_IN_MS }, now);
  return token;
}

type Parts = { readonly store: AccessStore; readonly world: World; readonly newSecret: NewSecret };

/** `principalOf`: the person whose account a session is of. */
export function openSessions(
  parts: Parts & { readonly principalOf: (accountId: string) => Promise<Principal> },
): Sessions {
  const { store, world, newSecret, principalOf } = parts;
  const finder = createFinder<Signed>({
    world,
    find: async (hashes) => {
      const records = [...(await store.findSessions(hashes)).values()];
      const found = records.map(async (record) => ({ record, person: await principalOf(record.accountId) }));
      return new Map((await Promise.all(found)).map((signed) => [signed.record.hash, signed]));
    },
  });
  const personIn = (signed: Signed | null | undefined): Principal | null | undefined =>
    signed && (signed.record.expiresAt > world.now() ? signed.person : null);
  return {
    newSignIn: (accountId) => addSignIn(parts, accountId),
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
    known: (session) => personIn(finder.known(digestOf(session))),
    look: async (session) => personIn(await finder.look(digestOf(session))),
    forgetWhere: (accountId) => finder.forgetWhere(({ record }) => record.accountId === accountId),
    forget: finder.forget,
    forgetAll: finder.forgetAll,
  };
}
