import type { SortPreference } from '../call/call.ts';
import type { HeldKey } from './own-key.ts';
import type { Guard, Rule } from './policy.ts';
import type { Scope } from './scope.ts';

/** What of its principal a call is booked on. Frozen for the call. */
export type Caller = {
  readonly keyId: string;
  readonly keyLabel: string;
  readonly accountId: string;
  readonly workspaceId: string;
  /** All that may run out for its calls: the money of its owners, and those counts that are limited. */
  readonly scopes: readonly Scope[];
  /** Keys at providers that its account pays for itself, in their order; absent = none. */
  readonly ownKeys?: readonly HeldKey[];
  /** Those of the scopes that count what such calls would have cost. */
  readonly byokScopes?: readonly Scope[];
  /** What holds for its calls whatever they ask for; absent = nothing. */
  readonly rules?: readonly Rule[];
  /** By what hosts are sorted where its calls do not say it, as its workspace has it; absent = by the default. */
  readonly defaultSort?: SortPreference;
  /** What guardrails say of them; absent = nothing. */
  readonly guard?: Guard;
};

/** What a request says about the app it comes from (spec §7.7). */
export type App = { readonly origin: string; readonly title: string; readonly categories: readonly string[] };
