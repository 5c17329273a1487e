import type { Result } from '../base/result.ts';
import type { PersonRole } from './principal.ts';

/** Who somebody is elsewhere: a subject of an issuer never becomes somebody else. */
export type Identity = { readonly issuer: string; readonly subject: string };

/** What a provider of identities says of whoever came from it, checked. */
export type Vouched = Identity & {
  /** Addresses that it has verified, the first one theirs before all. */
  readonly emails: readonly string[];
  readonly name: string | null;
  /** As the provider names them. */
  readonly groups: readonly string[];
};

/** Which role somebody has by a group or a domain, the first that fits. */
export type RoleRule = { readonly of: string; readonly role: PersonRole };

/** Who may come in that way without being invited. */
export type EntryRules = {
  readonly groups: readonly RoleRule[];
  /** By what stands behind the `@` of a verified address. */
  readonly domains: readonly RoleRule[];
};

/** `denied`: they did not agree there. `unreachable`: it did not answer, or too many are asked about. */
export type NotVouched = { readonly kind: 'denied' | 'unreachable' | 'unbelievable'; readonly words: string };

/** What the browser keeps between the two halves, beside nothing else: whoever has it began. */
export type Begun = { readonly state: string; readonly nonce: string; readonly verifier: string };

/** A provider of identities by which people sign in. */
export type IdentityProvider = {
  /** In paths. */
  readonly id: string;
  /** As people know it. */
  readonly name: string;
  readonly rules: EntryRules;
  /** Where the browser is sent. `redirectUri`: where it comes back to. */
  readonly begin: (redirectUri: string, begun: Begun) => Promise<Result<URL, NotVouched>>;
  /** `returned`: the whole address that the browser came back to. */
  readonly finish: (returned: URL, begun: Begun) => Promise<Result<Vouched, NotVouched>>;
};
