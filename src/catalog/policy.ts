import type { NanoUsd } from '../base/money.ts';
import type { ProviderPreferences } from '../call/call.ts';
import type { OperationId } from '../call/operation.ts';

/** What an operator lays down for some calls: a file `policies/<name>.toml`. */
export type NamedPolicy = {
  /** The path of its file, without the ending. */
  readonly name: string;
  /** Of several that say something else, the one with the higher number counts; of two with the same, the first by name. */
  readonly priority: number;
  readonly when: PolicyWhen;
  /** What holds where the request leaves it open. */
  readonly defaults: PolicyDefaults | null;
  /** What holds whatever the request says. */
  readonly rules: PolicyRules | null;
  readonly split: PolicySplit | null;
  readonly shadow: PolicyShadow | null;
};

/** All of it must be so; what is absent is so for every call. */
export type PolicyWhen = {
  /** Ids. */
  readonly workspaces?: readonly string[];
  /** Beginnings of keys' hashes, eight characters or more. */
  readonly keys?: readonly string[];
  /** Patterns for ids of models. */
  readonly models?: readonly string[];
  readonly operations?: readonly OperationId[];
  readonly hours?: readonly PolicyHours[];
  /** Days of the week on which those hours begin, Sunday = 0. */
  readonly days?: readonly number[];
  /** An IANA name, for hours and days. */
  readonly timezone: string;
  /** What is left of the tightest limit of the caller is less than this. */
  readonly budgetLeftBelow?: { readonly amount: NanoUsd } | { readonly percent: number };
};

/** Minutes of the day; `to` is not included, and lies on the next day where it is not later. */
export type PolicyHours = { readonly from: number; readonly to: number };

export type PolicyDefaults = {
  readonly preferences: ProviderPreferences;
  /** Fallback models. */
  readonly models: readonly string[];
};

export type PolicyRules = {
  readonly only_models?: readonly string[];
  readonly ignore_models?: readonly string[];
  readonly only?: readonly string[];
  readonly ignore?: readonly string[];
  readonly quantizations?: readonly string[];
  readonly max_price?: NonNullable<ProviderPreferences['max_price']>;
  readonly zdr?: true;
  readonly data_collection?: 'deny';
};

/** By what calls are told apart: all of one key, user or session are in the same arm; `call` = each is drawn by itself. */
export const SPLIT_BY = ['key', 'user', 'session', 'call'] as const;
export type SplitBy = (typeof SPLIT_BY)[number];

export type PolicySplit = {
  readonly by: SplitBy;
  readonly arms: readonly PolicyArm[];
};

export type PolicyArm = {
  readonly name: string;
  readonly weight: number;
  /** Asked in the place of the request's model; null = the request's own. */
  readonly model: string | null;
  /** In the place of the request's own. */
  readonly preferences: ProviderPreferences;
};

/** Some calls are asked a second time, elsewhere, by the gateway itself: nobody is answered with it, nobody else pays it. */
export type PolicyShadow = {
  /** Null = the request's own. */
  readonly model: string | null;
  readonly preferences: ProviderPreferences;
  /** Of the calls that the policy is for, 0–1. */
  readonly share: number;
  /** What all of them together may cost in a day of UTC. */
  readonly dailyMax: NanoUsd;
};
