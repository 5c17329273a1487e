import type { Caller } from './caller.ts';

/**
 * Who asks: by an API key, or as a person signed in to the console. What of it a call is booked on is its `Caller`; what
 * it may do follows from its role alone (`access/may.ts`).
 */
export type Principal = Caller & {
  readonly kind: 'key' | 'session';
  /** The person of the account behind it; null = nobody who is known. */
  readonly memberId: string | null;
  readonly role: Role;
};

/** What a person is to an account. */
export type PersonRole = 'owner' | 'admin' | 'member' | 'billing' | 'viewer';
export const PERSON_ROLES: readonly PersonRole[] = ['owner', 'admin', 'member', 'billing', 'viewer'];

/** `caller`: an ordinary key. `manager`: a management key, which administers and calls nothing. Else a person. */
export type Role = 'caller' | 'manager' | PersonRole;
export const ROLES: readonly Role[] = ['caller', 'manager', ...PERSON_ROLES];
