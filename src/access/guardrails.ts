import type { Reset } from '../base/period.ts';
import { uuidOf } from '../base/uuid.ts';
import type { World } from '../base/world.ts';
import type { Guarded } from '../facts/policy.ts';
import { accountScope, keyScope, memberScope, type Owner, workspaceScope } from '../facts/scope.ts';
import { digestOf, type NewSecret } from './secret.ts';

export const DATA_REGIONS = ['global', 'europe', 'us'] as const;
export const FILTER_ACTIONS = ['redact', 'block', 'flag'] as const;
export type FilterAction = (typeof FILTER_ACTIONS)[number];
export const SCANNED = ['prompt', 'answer'] as const;
/** Which texts a rule reads. */
export type Scanned = (typeof SCANNED)[number];

/** A rule of somebody's own: a pattern, or words. */
export type ContentFilter = {
  readonly action: FilterAction;
  readonly label: string | null;
  readonly pattern: string;
  /** The words that the pattern was made of; absent = it was written as it is. */
  readonly keywords?: readonly string[];
  /** Absent = both. */
  readonly scan?: readonly Scanned[];
};
/** A rule that is kept here, by its name. */
export type BuiltinFilter = {
  readonly slug: string;
  readonly action: FilterAction;
  readonly scan_scope?: string;
  readonly scan?: readonly Scanned[];
};

/** What a guardrail demands, in the words of the API. Null = nothing. */
export type GuardrailSettings = {
  readonly allowed_models: readonly string[] | null;
  readonly ignored_models: readonly string[] | null;
  readonly allowed_providers: readonly string[] | null;
  readonly ignored_providers: readonly string[] | null;
  readonly allowed_data_regions: readonly (typeof DATA_REGIONS)[number][] | null;
  /** Addresses and blocks of them, from which alone calls come in. */
  readonly allowed_ips: readonly string[] | null;
  readonly enforce_zdr: boolean | null;
  readonly enforce_zdr_anthropic: boolean | null;
  readonly enforce_zdr_openai: boolean | null;
  readonly enforce_zdr_google: boolean | null;
  readonly enforce_zdr_xai: boolean | null;
  readonly enforce_zdr_other: boolean | null;
  /** May hosts that keep prompts for safety alone count as keeping none? Nothing tells them apart here: none ever does. */
  readonly allow_safety_retention_google?: boolean | null;
  readonly allow_safety_retention_other?: boolean | null;
  readonly enable_paid_model_training: boolean | null;
  readonly enable_free_model_training: boolean | null;
  readonly enable_free_model_publication: boolean | null;
  readonly content_filters: readonly ContentFilter[] | null;
  readonly content_filter_builtins: readonly BuiltinFilter[] | null;
};

/** What each key, member or workspace that it is put on may spend in an interval. */
export type GuardrailBudget = { readonly amount: bigint; readonly interval: Reset };

/** Rules for calls under a name. It enforces nothing until it is put on something. */
export type Guardrail = {
  /** A UUID. */
  readonly id: string;
  readonly accountId: string;
  readonly workspaceId: string;
  readonly name: string;
  readonly description: string | null;
  readonly settings: GuardrailSettings;
  readonly budget: GuardrailBudget | null;
  /** Calls on provider keys of the caller's own count against the budget, too. */
  readonly byokInBudget: boolean;
  readonly createdAt: number;
  readonly updatedAt: number | null;
};
export type GuardrailWish = Pick<Guardrail, 'name' | 'description' | 'settings' | 'budget' | 'byokInBudget'>;

/** What one guardrail is put on: there is at most one on each. */
export type Assignment = {
  /** A UUID. */
  readonly id: string;
  readonly guardrailId: string;
  readonly accountId: string;
  readonly scope: Owner;
  /** Of a key, as it is called now. */
  readonly keyName: string | null;
  readonly keyLabel: string | null;
  readonly assignedBy: string | null;
  readonly createdAt: number;
};
export type NewAssignment = Pick<Assignment, 'id' | 'scope'>;

type Page = { readonly offset: number; readonly limit: number };

export type GuardrailStore = {
  /** Oldest first. */
  readonly list: (
    of: { readonly accountId: string; readonly workspaceId: string },
    page: Page,
  ) => Promise<{ readonly guardrails: readonly Guardrail[]; readonly total: number }>;
  readonly find: (accountId: string, id: string) => Promise<Guardrail | null>;
  /** False = there is one of the id, or the workspace has as many as `most`. */
  readonly add: (guardrail: Guardrail, most: number, assignment: NewAssignment | null) => Promise<boolean>;
  /** With the budgets of all that it is put on. False = there is no such guardrail. */
  readonly change: (guardrail: Guardrail) => Promise<boolean>;
  /** With its assignments and budgets. */
  readonly remove: (guardrail: Pick<Guardrail, 'id' | 'accountId'>) => Promise<boolean>;
  /** Newest first; of one guardrail, or of all of the account. */
  readonly assignments: (
    of: { readonly accountId: string; readonly guardrailId?: string; readonly on: Guarded },
    page: Page,
  ) => Promise<{ readonly assignments: readonly Assignment[]; readonly total: number }>;
  /** In the place of what is on them now; with its budget. Nothing where the guardrail is gone. */
  readonly assign: (
    guardrail: Pick<Guardrail, 'id' | 'accountId'>,
    assignments: readonly NewAssignment[],
    by: { readonly assignedBy: string | null; readonly now: number },
  ) => Promise<void>;
  /** How many of the scopes it was on. */
  readonly unassign: (guardrail: Pick<Guardrail, 'id' | 'accountId'>, scopes: readonly Owner[]) => Promise<number>;
  /** What is on these, by what it is on. */
  readonly applying: (owners: readonly Owner[]) => Promise<ReadonlyMap<Owner, Guardrail>>;
};

export const GUARDRAILS_MAX = 500;

/** The default guardrail of a workspace has an id before anybody has configured it. */
export const defaultGuardrailId = (workspaceId: string): string => uuidOf(digestOf(`guardrail of ${workspaceId}`));

/** What names a thing that a guardrail is put on, by the id that the API knows it by. */
export function guardedScope(on: Guarded, accountId: string, id: string): Owner {
  switch (on) {
    case 'key':
      return keyScope(id);
    case 'member':
      return memberScope(accountId, id);
    case 'workspace':
      return workspaceScope(id);
    case 'organization':
      return accountScope(accountId);
    default:
      return on satisfies never;
  }
}

/** The guardrails of accounts. A change counts for calls from the next one on. */
export type Guardrails = Pick<GuardrailStore, 'list' | 'find' | 'remove' | 'assignments' | 'unassign'> & {
  /** Null = the workspace has as many as it may have, or one of this id. */
  readonly create: (
    wish: GuardrailWish,
    of: Pick<Guardrail, 'accountId' | 'workspaceId'>,
    isDefault?: { readonly id: string; readonly by: string | null },
  ) => Promise<Guardrail | null>;
  readonly change: (guardrail: Guardrail, wish: GuardrailWish) => Promise<Guardrail | null>;
  readonly assign: (guardrail: Guardrail, scopes: readonly Owner[], by: string | null) => Promise<void>;
};

export function openGuardrails(parts: {
  readonly store: { readonly guardrails: GuardrailStore };
  readonly world: World;
  readonly newSecret: NewSecret;
}): Guardrails {
  const {
    store: { guardrails },
    world,
    newSecret,
  } = parts;
  const newId = (): string => uuidOf(newSecret());
  return {
    list: guardrails.list,
    find: guardrails.find,
    remove: guardrails.remove,
    assignments: guardrails.assignments,
    unassign: guardrails.unassign,
    create: async (wish, of, isDefault) => {
      const id = isDefault?.id ?? newId();
      const made: Guardrail = { ...wish, ...of, id, createdAt: world.now(), updatedAt: null };
      const assignment = isDefault ? { id: newId(), scope: workspaceScope(of.workspaceId) } : null;
      return (await guardrails.add(made, GUARDRAILS_MAX, assignment)) ? made : null;
    },
    change: async (guardrail, wish) => {
      // The print of what is compiled is the time of its last change: two of one millisecond must differ.
      const updatedAt = Math.max(world.now(), (guardrail.updatedAt ?? guardrail.createdAt) + 1);
      const changed: Guardrail = { ...guardrail, ...wish, updatedAt };
      return (await guardrails.change(changed)) ? changed : null;
    },
    assign: (guardrail, scopes, by) =>
      guardrails.assign(
        guardrail,
        scopes.map((scope) => ({ id: newId(), scope })),
        { assignedBy: by, now: world.now() },
      ),
  };
}
