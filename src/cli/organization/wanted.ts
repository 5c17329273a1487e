import type { CountLimits } from '../../access/store.ts';
import type { JsonObject } from '../../base/json.ts';
import type { NanoUsd } from '../../base/money.ts';
import type { Reset } from '../../base/period.ts';
import type { PersonRole } from '../../facts/principal.ts';
import type { Interval } from '../../facts/scope.ts';

/**
 * An account as somebody wants it to be: in a file of their own, or as another gateway has it. What is not named is left
 * as it is; a field that is absent, too.
 */
export type Wanted = {
  readonly workspaces?: readonly WantedWorkspace[];
  readonly members?: readonly WantedMember[];
  readonly keys?: readonly WantedKey[];
  readonly guardrails?: readonly WantedGuardrail[];
  readonly presets?: readonly WantedPreset[];
};

export type Budgets = { readonly [interval in Interval]?: NanoUsd };

export type WantedWorkspace = {
  /** By which it is found. */
  readonly slug: string;
  readonly name?: string;
  readonly description?: string | null;
  readonly byokInBudgets?: boolean;
  readonly budgets?: Budgets;
  readonly counts?: CountLimits;
  /** References of members that are in it, beside owners and admins. */
  readonly members?: readonly string[];
};

export type WantedMember = {
  /** An address, or whatever else another gateway calls somebody who has none. */
  readonly reference: string;
  readonly email: string | null;
  /** Of somebody without an address: by it they are found again. */
  readonly id?: string;
  readonly name?: string | null;
  readonly role?: PersonRole;
  /** What somebody new becomes, where `role` is not said: who is there stays what they are. */
  readonly firstRole?: PersonRole;
  readonly budgets?: Budgets;
  readonly counts?: CountLimits;
};

export type WantedKey = {
  /** By which it is found in its workspace, unless `hash` is known. */
  readonly name: string;
  /** A slug. */
  readonly workspace: string;
  /** Of a key that its holder has already: nobody is told a new one. With what it is recognised by in lists. */
  readonly known?: { readonly hash: string; readonly label: string };
  readonly isManagement?: boolean;
  /** The reference of the member whose it is. */
  readonly member?: string;
  readonly limit?: NanoUsd | null;
  readonly limitReset?: Reset | null;
  readonly includeByokInLimit?: boolean;
  readonly expiresAt?: number | null;
  readonly disabled?: boolean;
  readonly counts?: CountLimits;
};

export type WantedGuardrail = {
  /** A slug. */
  readonly workspace: string;
  readonly name: string;
  /** What it demands, in the fields of the API. */
  readonly fields: JsonObject;
  /** All that it is to be on; absent = it stays where it is. */
  readonly on?: {
    readonly organization: boolean;
    readonly workspaces: readonly string[];
    readonly members: readonly string[];
    /** Names of keys in the guardrail's workspace, or hashes. */
    readonly keys: readonly string[];
  };
};

export type WantedPreset = {
  /** A slug. */
  readonly workspace: string;
  readonly slug: string;
  readonly name?: string;
  readonly description?: string | null;
  /** The client dialect that `fields` is written in. */
  readonly dialect: string;
  /** Fields of a request's body. */
  readonly fields: JsonObject;
};
