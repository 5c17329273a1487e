import { uuidOf } from '../base/uuid.ts';
import type { World } from '../base/world.ts';
import type { SortPreference } from '../call/call.ts';
import type { NewSecret } from './secret.ts';

/** A part of an account with keys and budgets of its own. */
export type Workspace = {
  /** A UUID. */
  readonly id: string;
  readonly accountId: string;
  /** Lower-case words with hyphens; unique in its account. */
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
  /** Do calls on provider keys of the caller's own count against its budgets? */
  readonly byokInBudgets: boolean;
  /** By what hosts are sorted for its calls that do not say it; null = by the default. */
  readonly defaultSort: SortPreference | null;
  readonly createdBy: string | null;
  readonly createdAt: number;
  readonly updatedAt: number | null;
};
export type WorkspaceWish = Pick<Workspace, 'name' | 'slug' | 'description'> & Partial<Pick<Workspace, 'defaultSort'>>;

export type WorkspaceStore = {
  /** Oldest first. */
  readonly list: (
    accountId: string,
    page: { readonly offset: number; readonly limit: number },
  ) => Promise<{ readonly workspaces: readonly Workspace[]; readonly total: number }>;
  /** The sorts of those of the workspaces that have one, by id. */
  readonly sortsOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, SortPreference>>;
  /** By id or slug. */
  readonly find: (accountId: string, reference: string) => Promise<Workspace | null>;
  /** False = the account has one of this slug. */
  readonly add: (workspace: Workspace) => Promise<boolean>;
  /** `taken` = the account has another of this slug. */
  readonly change: (
    workspace: Pick<Workspace, 'id' | 'accountId'>,
    change: Partial<WorkspaceWish> & { readonly updatedAt: number },
  ) => Promise<'changed' | 'taken' | 'missing'>;
  /** Of all its budgets at once. */
  readonly setByok: (workspaceId: string, byokInBudgets: boolean) => Promise<void>;
  /** Takes its budgets along. `used` = there are keys in it. */
  readonly remove: (workspace: Pick<Workspace, 'id' | 'accountId'>) => Promise<'removed' | 'used' | 'missing'>;
};

/** The workspaces of accounts. */
export type Workspaces = Pick<WorkspaceStore, 'list' | 'find' | 'remove'> & {
  /** Null = the account has one of this slug. */
  readonly create: (wish: WorkspaceWish, by: Pick<Workspace, 'accountId' | 'createdBy'>) => Promise<Workspace | null>;
  readonly change: (
    workspace: Pick<Workspace, 'id' | 'accountId'>,
    change: Partial<WorkspaceWish>,
  ) => ReturnType<WorkspaceStore['change']>;
  readonly setByok: WorkspaceStore['setByok'];
};

export function openWorkspaces(parts: {
  readonly store: { readonly workspaces: WorkspaceStore };
  readonly world: World;
  readonly newSecret: NewSecret;
}): Workspaces {
  const {
    store: { workspaces },
    world,
    newSecret,
  } = parts;
  return {
    list: workspaces.list,
    find: workspaces.find,
    remove: workspaces.remove,
    setByok: workspaces.setByok,
    create: async (wish, by) => {
      const made = { byokInBudgets: false, defaultSort: null, createdAt: world.now(), updatedAt: null };
      const workspace: Workspace = { ...made, ...wish, ...by, id: uuidOf(newSecret()) };
      return (await workspaces.add(workspace)) ? workspace : null;
    },
    change: (workspace, change) => workspaces.change(workspace, { ...change, updatedAt: world.now() }),
  };
}
