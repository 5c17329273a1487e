import type { ProviderPreferences } from '../call/call.ts';

/** What others than the caller have laid down for a call: an operator's policies, guardrails. */
export type Policy = {
  /** All of them hold at once, whatever the request says. */
  readonly rules: readonly Rule[];
  /** Whose word it is, by preference, where the caller left one open and somebody else filled it. */
  readonly given: Given;
  /** The arm of an experiment that this call is in. */
  readonly arm?: Arm;
};

/** `models`: the fallback models. */
export type Given = { readonly [field in keyof ProviderPreferences | 'models']?: string };
export type Arm = { readonly policy: string; readonly name: string };

/** One set of restrictions, as whoever made it wrote it down. */
export type Rule = {
  /** Whose it is, in the words of reasons and errors: `policy nights`, `guardrail Interns`. */
  readonly source: string;
  /** The models that it is about: patterns (`base/pattern.ts`) for ids; absent = all. */
  readonly about?: readonly string[];
  readonly only_models?: readonly string[];
  readonly ignore_models?: readonly string[];
  /** Providers, or tags of endpoints, as in a request's `provider.only` and `provider.ignore`. */
  readonly only?: readonly string[];
  readonly ignore?: readonly string[];
  readonly quantizations?: readonly string[];
  readonly max_price?: NonNullable<ProviderPreferences['max_price']>;
  readonly zdr?: true;
  readonly data_collection?: 'deny';
};

export const NO_POLICY: Policy = Object.freeze({ rules: Object.freeze([]), given: Object.freeze({}) });
