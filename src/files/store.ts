/** What is known of a stored file beside its bytes. */
export type FileRecord = {
  /** `or_file_` and 24 characters that sort by time. */
  readonly id: string;
  readonly accountId: string;
  readonly workspaceId: string;
  /** The key that it came with. */
  readonly keyId: string;
  readonly filename: string;
  /** What its bytes say, whatever its sender called it. */
  readonly mediaType: string;
  readonly size: number;
  /** What OpenAI's API was told that it is for; null = nothing was said. */
  readonly purpose: string | null;
  readonly createdAt: number;
  /** From then on it is not found; null = it stays until it is deleted. */
  readonly expiresAt: number | null;
};

/** How much a workspace may keep. */
export type FileQuota = { readonly bytes: number; readonly files: number };

export type FilePage = {
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  /** Only files behind the one of this id, or before it, in the order asked for. */
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  readonly purpose?: string | undefined;
};

/**
 * The records of files. A file's record is there before its bytes are where they stay, and goes after they have gone, so
 * that whatever dies in between leaves a record which says what is to be cleared away.
 */
export type FileStore = {
  /** The record of a file that is arriving. False = the workspace has no room for it, however many arrive at once. */
  readonly add: (file: FileRecord, quota: FileQuota) => Promise<boolean>;
  /** Its bytes are where they stay: it can be found. */
  readonly arrived: (id: string) => Promise<void>;
  readonly find: (workspaceId: string, ids: readonly string[], now: number) => Promise<readonly FileRecord[]>;
  /** In order of time; what has expired is not among them. `hasMore`: there are others behind (or before). */
  readonly list: (
    workspaceId: string,
    page: FilePage,
    now: number,
  ) => Promise<{ readonly files: readonly FileRecord[]; readonly hasMore: boolean }>;
  readonly used: (workspaceId: string) => Promise<FileQuota>;
  /** From now on nobody finds it. False = nobody did. */
  readonly remove: (workspaceId: string, id: string, now: number) => Promise<boolean>;
  /**
   * Files whose bytes are to be cleared away: removed, expired, those of workspaces that are gone, and those that have been
   * arriving since before `arrivingBefore`, whose process has died. No more than a page of them.
   */
  readonly leaving: (now: number, arrivingBefore: number) => Promise<readonly string[]>;
  /** Their bytes are gone. */
  readonly forget: (ids: readonly string[]) => Promise<void>;
};
