import type { ProviderPreferences, RuleReach } from '../call/call.ts';
import type { Action, Screen } from '../content/rule.ts';

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
export type Rule = RuleReach & {
  /** Whose it is, in the words of reasons and errors: `policy nights`, `guardrail Interns`. */
  readonly source: string;
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

/** What a guardrail can be put on, the widest first. */
export const GUARDED = ['organization', 'workspace', 'member', 'key'] as const;
export type Guarded = (typeof GUARDED)[number];

/** The rules that read texts of calls and answers. Null = none does. */
export type Screens = {
  /** What users say, and all else of a prompt. */
  readonly user: Screen | null;
  readonly prompt: Screen | null;
  readonly answer: Screen | null;
  /** Whose the rules are, by their `owner`. */
  readonly owners: readonly RuleOwner[];
};
export type RuleOwner = { readonly id: string; readonly name: string; readonly on: Guarded };

/** What a rule of a guardrail found in a call, and how often. */
export type GuardEvent = {
  readonly guardrailId: string;
  readonly name: string;
  readonly on: Guarded;
  /** `[EMAIL]` */
  readonly label: string;
  /** `email`, or `custom`. */
  readonly kind: string;
  readonly action: Action;
  readonly where: 'prompt' | 'answer';
  readonly count: number;
};

/** What guardrails say of a caller's calls beside the rules of where they go, read once for all of them. */
export type Guard = {
  /** A mark of the guardrails and of their state: two calls with the same one are treated alike. */
  readonly print: string;
  readonly rules: readonly Rule[];
  /** What texts are read for; absent = nothing. */
  readonly screens?: () => Screens;
  /** Why a request from this address does not come in; null = it does. Absent = from wherever. */
  readonly objectionTo?: (address: string) => string | null;
  /** Why nothing comes in at all: this instance is in none of the regions. */
  readonly closed?: string;
};
