import { type Fault, fault } from '../base/fault.ts';
import type { WireHeaders, World } from '../base/world.ts';
import type { Caller } from '../facts/caller.ts';
import { keyIn, sessionIn } from './credential.ts';
import { createGuesses, type Guesses } from './guesses.ts';
import { type Keys, openKeys } from './keys.ts';
import { DEFAULT_WORKSPACE_ID } from './owner.ts';
import { digestOf, type NewSecret } from './secret.ts';
import { openSessions, type Sessions } from './sessions.ts';
import type { AccessStore, Key } from './store.ts';

/** What a route asks for; `inference` is `key` without management keys, which can do none (spec §1.0). */
export type Need = 'none' | 'key' | 'inference' | 'management';

export type Access = {
  /** One hash and one map lookup. Never waits. */
  readonly authenticate: (headers: WireHeaders) => Caller | Fault;
  /** Is a key given that is not known here? */
  readonly isWrong: (headers: WireHeaders) => boolean;
  /**
   * The same for a key that is not known here: it may have been made a moment ago by another process, so the store is
   * asked again, at most a few times a second however many wrong keys are tried.
   */
  readonly authenticateLate: (headers: WireHeaders) => Promise<Caller | Fault>;
  /** Null = may. */
  readonly authorize: (caller: Caller | null, need: Need) => Fault | null;
  readonly guesses: Guesses;
  readonly keys: Keys;
  readonly redeemSignIn: Sessions['redeemSignIn'];
  readonly newSignIn: Sessions['newSignIn'];
  readonly signOut: Sessions['signOut'];
  /** The console's caller behind a cookie, from the request's headers. */
  readonly session: (headers: WireHeaders) => Caller | null;
  /** Reads keys and sessions again; needed only where the store cannot tell of changes. */
  readonly refresh: () => Promise<void>;
};

const LOOK_AGAIN_MS = 200;

/** The key id that calls from the console are booked on; it has no limit. */
export const CONSOLE_KEY_ID = 'console';

export const isFault = (answer: Caller | Fault): answer is Fault => 'code' in answer;

export async function openAccess(parts: {
  readonly store: AccessStore;
  readonly world: World;
  readonly newSecret: NewSecret;
}): Promise<Access> {
  const { store, world } = parts;
  const callers = new Map<string, { readonly key: Key; readonly caller: Caller }>();
  const remember = (key: Key): void => void callers.set(key.hash, { key, caller: callerOf(key) });
  const sessions = openSessions(parts);
  const seen = new Map<string, number>();

  const read = async (): Promise<void> => {
    const [keys] = await Promise.all([store.keys(), sessions.refresh()]);
    callers.clear();
    for (const key of keys) remember(key);
    for (const hash of seen.keys()) if (!callers.has(hash)) seen.delete(hash);
  };
  // One reading after the other, so that an older answer never replaces a newer one.
  let reading: Promise<void> = Promise.resolve();
  const refresh = (): Promise<void> => {
    reading = reading.catch(() => {}).then(read);
    return reading;
  };
  store.onChange(() => void refresh().catch(() => {}));
  await refresh();

  const session = (headers: WireHeaders): Caller | null => {
    const cookie = sessionIn(headers);
    const accountId = cookie === undefined ? null : sessions.accountOf(cookie);
    return accountId === null ? null : consoleCaller(accountId);
  };

  const authenticate = (headers: WireHeaders): Caller | Fault => {
    const secret = keyIn(headers);
    if (secret === undefined) return session(headers) ?? fault('authentication', 'Missing Authentication header');
    const known = callers.get(digestOf(secret));
    if (!known) return fault('authentication', 'Invalid API key');
    if (known.key.disabled) return fault('authentication', 'This API key is disabled');
    const now = world.now();
    if (known.key.expiresAt !== null && known.key.expiresAt <= now)
      return fault('authentication', 'This API key has expired');
    seen.set(known.key.hash, now);
    return known.caller;
  };
  const isWrong = (headers: WireHeaders): boolean => {
    const secret = keyIn(headers);
    return secret !== undefined && !callers.has(digestOf(secret));
  };
  const lookAgain = seldom(world, refresh);

  return {
    authenticate,
    isWrong,
    authenticateLate: async (headers) => {
      if (isWrong(headers)) await lookAgain().catch(() => {});
      return authenticate(headers);
    },
    authorize,
    guesses: createGuesses(world),
    keys: openKeys({
      ...parts,
      keys: () => [...callers.values()].map(({ key }) => key),
      seenAt: (hash) => seen.get(hash) ?? null,
      refresh,
    }),
    redeemSignIn: sessions.redeemSignIn,
    newSignIn: sessions.newSignIn,
    signOut: sessions.signOut,
    session,
    refresh,
  };
}

/** Runs the task for everyone who asks, after they asked, but not more often than every `LOOK_AGAIN_MS`. */
function seldom(world: World, task: () => Promise<void>): () => Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  let next: Promise<void> | null = null;
  const begin = (): Promise<void> => {
    next = null;
    last = world.elapsed();
    return task();
  };
  return () => {
    const wait = last + LOOK_AGAIN_MS - world.elapsed();
    if (next === null && wait <= 0) return begin();
    next ??= new Promise<void>((awake) => world.after(wait, awake)).then(begin);
    return next;
  };
}

function authorize(caller: Caller | null, need: Need): Fault | null {
  if (need === 'none') return null;
  if (caller === null) return fault('authentication', 'Missing Authentication header');
  if (need === 'management' && !caller.isManagement)
    return fault('permission_denied', 'Only management keys can perform this operation');
  if (need === 'inference' && caller.isManagement && caller.keyId !== CONSOLE_KEY_ID)
    return fault('permission_denied', 'Management keys cannot be used for inference');
  return null;
}

const callerOf = (key: Key): Caller =>
  Object.freeze({
    keyId: key.hash,
    keyLabel: key.label,
    accountId: key.accountId,
    workspaceId: key.workspaceId,
    isManagement: key.isManagement,
  });

const consoleCaller = (accountId: string): Caller => ({
  keyId: CONSOLE_KEY_ID,
  keyLabel: 'Console',
  accountId,
  workspaceId: DEFAULT_WORKSPACE_ID,
  isManagement: true,
});
