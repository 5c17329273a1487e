/** A caller's word for one of its own users, registered: calls may tell any, whether or not it is. */
export type ExternalUser = {
  readonly user: string;
  readonly isActive: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** A group of people as a directory outside tells it. */
export type Group = {
  readonly id: string;
  readonly accountId: string;
  readonly externalId: string | null;
  readonly displayName: string;
  readonly createdAt: number;
  readonly updatedAt: number;
};
export const MAPPED_ROLES = ['admin', 'member'] as const;
export type MappedRole = (typeof MAPPED_ROLES)[number];
/** What the people of a group are in a workspace. */
export type GroupMapping = {
  readonly id: string;
  readonly accountId: string;
  readonly groupId: string;
  readonly workspaceId: string;
  readonly role: MappedRole;
  readonly createdAt: number;
  readonly updatedAt: number;
};
/** One try to bring the groups up to date. */
export type SyncJob = {
  readonly id: string;
  readonly accountId: string;
  readonly status: 'queued' | 'running' | 'succeeded' | 'failed';
  readonly error: string | null;
  readonly createdAt: number;
  readonly finishedAt: number | null;
};

export const FEEDBACK_CATEGORIES = [
  'latency',
  'incoherence',
  'incorrect_response',
  'formatting',
  'billing',
  'api_error',
  'other',
] as const;
/** An opinion on a generation; of one person and category the last one counts. */
export type Feedback = {
  readonly accountId: string;
  readonly workspaceId: string;
  readonly generationId: string;
  /** Who said it: a key's hash, or a person. */
  readonly by: string;
  readonly category: (typeof FEEDBACK_CATEGORIES)[number];
  readonly comment: string | null;
  readonly createdAt: number;
};

type Page = { readonly offset: number; readonly limit: number };
type Listed<T> = Promise<{ readonly rows: readonly T[]; readonly total: number }>;

/** What an account keeps of people beside its members, and of their opinions. */
export type DirectoryStore = {
  readonly externalUsers: (
    accountId: string,
    page: Page & { readonly user?: string | undefined; readonly withInactive: boolean },
  ) => Listed<ExternalUser>;
  readonly externalUser: (accountId: string, user: string) => Promise<ExternalUser | null>;
  /** False = there is one. */
  readonly addExternalUser: (accountId: string, user: string, now: number) => Promise<boolean>;
  readonly setExternalUser: (accountId: string, user: string, isActive: boolean, now: number) => Promise<boolean>;
  readonly groups: (accountId: string, page: Page) => Listed<Group>;
  readonly putGroup: (group: Group) => Promise<void>;
  readonly mappings: (accountId: string, page: Page) => Listed<GroupMapping>;
  readonly mapping: (accountId: string, id: string) => Promise<GroupMapping | null>;
  /** `taken` = the group has a role there; `missing` = the account has no such group or workspace. */
  readonly addMapping: (mapping: GroupMapping) => Promise<'added' | 'taken' | 'missing'>;
  readonly changeMapping: (accountId: string, id: string, role: MappedRole, now: number) => Promise<boolean>;
  readonly removeMapping: (accountId: string, id: string) => Promise<boolean>;
  readonly addSyncJob: (job: SyncJob) => Promise<void>;
  readonly syncJob: (accountId: string, id: string) => Promise<SyncJob | null>;
  readonly putFeedback: (feedback: Feedback) => Promise<void>;
  /** Newest first. */
  readonly feedback: (accountId: string, generationId: string) => Promise<readonly Feedback[]>;
};
