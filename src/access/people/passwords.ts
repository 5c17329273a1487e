import { scrypt, timingSafeEqual } from 'node:crypto';
import { isGuessable } from '../guessable.ts';

/** NIST SP 800-63B-4 (read 2026-11-29) asks for 15 where a password is all there is; longer ones are taken whole. */
export const PASSWORD_LENGTH_MIN = 15;
export const PASSWORD_LENGTH_MAX = 256;

/** 32 MB and some tenths of a second for each: one of the settings that OWASP's cheat sheet counts equal (read 2026-11-29). */
export type Cost = { readonly N: number; readonly r: number; readonly p: number };
const COST: Cost = { N: 2 ** 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const FORM = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{43})$/;

/** What is wrong with a new password, for whoever chose it; null = nothing. */
export function objectionToPassword(password: string, about: readonly (string | null)[]): string | null {
  if (password.length < PASSWORD_LENGTH_MIN) return `Take at least ${PASSWORD_LENGTH_MIN} characters.`;
  if (password.length > PASSWORD_LENGTH_MAX) return `Take at most ${PASSWORD_LENGTH_MAX} characters.`;
  const lower = password.toLowerCase();
  const own = about.flatMap((text) => text?.toLowerCase().split(/[@\s]/) ?? []).filter((part) => part.length > 3);
  const rest = own.reduce((text, part) => text.replaceAll(part, ' '), lower);
  return isGuessable(rest) ? 'This one can be guessed: take several words that nobody would expect together.' : null;
}

/** Hashes are worked out one at a time, off the main thread; so many more may wait. */
const WAITING_MAX = 32;

export type Passwords = {
  /** Null = too many wait. `salt`: 16 random bytes in hex or more of them. */
  readonly hash: (password: string, salt: string) => Promise<string | null>;
  /** The same time passes where there is nothing to compare with. Null = too many wait. */
  readonly isRight: (password: string, hash: string | null) => Promise<boolean | null>;
};

/** Salted and slow, for people choose them: whoever steals the store must try each word at 32 MB a time. */
export function createPasswords(cost: Cost = COST): Passwords {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(task: () => Promise<T>): Promise<T> | null => {
    if (waiting >= WAITING_MAX) return null;
    waiting++;
    const turn = last.then(task).finally(() => waiting--);
    last = turn.catch(() => {});
    return turn;
  };
  return {
    hash: async (password, random) => {
      const salt = Buffer.from(random, 'hex').subarray(0, SALT_BYTES);
      const made = await inTurn(() => derived(password, salt, cost));
      if (made === null) return null;
      const { N, r, p } = cost;
      return ['scrypt', Math.log2(N), r, p, salt.toString('base64url'), made.toString('base64url')].join('$');
    },
    isRight: (password, hash) => {
      const [, n, r, p, salt = '', known = ''] = FORM.exec(hash ?? '') ?? [];
      const made = n === undefined ? cost : { N: 2 ** Number(n), r: Number(r), p: Number(p) };
      const asked = inTurn(() => derived(password.slice(0, PASSWORD_LENGTH_MAX), Buffer.from(salt, 'base64url'), made));
      if (asked === null) return Promise.resolve(null);
      const expected = Buffer.from(known, 'base64url');
      return asked.then((key) => key.length === expected.length && timingSafeEqual(key, expected));
    },
  };
}

/** Composed characters count as what they look like (NFKC, as SP 800-63B-4 has it). */
const derived = (password: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> =>
  new Promise((done, failed) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, { N, r, p, maxmem: 256 * N * r }, (cause, key) =>
      cause ? failed(cause) : done(key),
    );
  });
