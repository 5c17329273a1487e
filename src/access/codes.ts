import { createHash, timingSafeEqual } from 'node:crypto';
import type { NanoUsd } from '../base/money.ts';
import type { Reset } from '../base/period.ts';
import type { World } from '../base/world.ts';
import { actingAsPerson } from './acting.ts';
import type { Keys, NewKey } from './keys.ts';
import { digestOf, type NewSecret } from './secret.ts';
import type { Key } from './store.ts';

/** Codes are good for so long, and once (spec §1.10). */
export const CODE_MS = 10 * 60_000;

/** How the secret of whoever may redeem a code was told when it was asked for (RFC 7636). */
export type Challenge = { readonly method: 'S256' | 'plain'; readonly challenge: string };

/** The promise of a key: whoever brings the code, and the verifier of its challenge, is given one. Kept by its digest. */
export type AuthCode = {
  readonly hash: string;
  readonly accountId: string;
  readonly workspaceId: string;
  readonly keyName: string;
  readonly limit: NanoUsd | null;
  readonly limitReset: Reset | null;
  readonly keyExpiresAt: number | null;
  /** Who promises it; null = a program of the account's. */
  readonly creatorUserId: string | null;
  /** Null = the code alone is enough. */
  readonly challenge: Challenge | null;
  readonly expiresAt: number;
};

export type CodeStore = {
  /** Those that nobody redeemed in time are forgotten. */
  readonly add: (code: AuthCode, now: number) => Promise<void>;
  /** Takes it away: a code works once, also for whoever has a wrong verifier. Null = there is none. */
  readonly take: (hash: string) => Promise<AuthCode | null>;
};

/** Is this the verifier that the challenge was made of? `method`: what its bearer says, if anything. */
export function answers(
  challenge: Challenge | null,
  { verifier, method }: { readonly verifier: string | undefined; readonly method: string | null | undefined },
): boolean {
  if (challenge === null) return true;
  if (verifier === undefined || (method !== undefined && method !== null && method !== challenge.method)) return false;
  const made = challenge.method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url');
  const [known, given] = [Buffer.from(challenge.challenge), Buffer.from(made)];
  return known.length === given.length && timingSafeEqual(known, given);
}

export type CodeWish = Omit<AuthCode, 'hash' | 'expiresAt'>;
export type Redeemed = { readonly key: Key; readonly secret: string };

/** Keys by consent: a person, or a manager's program, promises one; the program that asked for it redeems the promise. */
export type Codes = {
  readonly issue: (wish: CodeWish) => Promise<{ readonly code: string; readonly createdAt: number }>;
  /** Null = the code is unknown, used or too old, or the verifier is not the challenge's: the code is gone all the same. */
  readonly redeem: (
    code: string,
    proof: { readonly verifier: string | undefined; readonly method: string | null | undefined },
  ) => Promise<Redeemed | null>;
};

const CODE = /^[0-9a-f]{64}$/;

export function openCodes(parts: {
  readonly store: { readonly codes: CodeStore };
  readonly world: World;
  readonly newSecret: NewSecret;
  readonly keys: Keys;
}): Codes {
  const { store, world, newSecret, keys } = parts;
  return {
    issue: async (wish) => {
      const code = newSecret();
      const createdAt = world.now();
      await store.codes.add({ ...wish, hash: digestOf(code), expiresAt: createdAt + CODE_MS }, createdAt);
      return { code, createdAt };
    },
    redeem: async (code, proof) => {
      const promised = CODE.test(code) ? await store.codes.take(digestOf(code)) : null;
      if (promised === null || promised.expiresAt <= world.now() || !answers(promised.challenge, proof)) return null;
      const creator = { id: promised.creatorUserId ?? promised.accountId, accountId: promised.accountId };
      const wish: NewKey = {
        name: promised.keyName,
        accountId: promised.accountId,
        workspaceId: promised.workspaceId,
        limit: promised.limit,
        limitReset: promised.limitReset,
        expiresAt: promised.keyExpiresAt,
        creatorUserId: creator.id,
      };
      return actingAsPerson(creator, () => keys.create(wish));
    },
  };
}
