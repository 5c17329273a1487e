import type { Json, JsonObject } from '../../base/json.ts';

/** What a workspace wishes of the logging of its calls' contents. */
export type LoggingWish = {
  readonly enabled: boolean;
  /** The part of its calls that are logged: 0.0001 to 1. */
  readonly rate: number;
  /** Keys by the numbers that stand for them; null = all of its keys. */
  readonly keys: readonly number[] | null;
};
export const NOT_LOGGED: LoggingWish = Object.freeze({ enabled: false, rate: 1, keys: null });

/** What a chat was asked and what it answered, in the contract's words (`GET /generation/content`). */
export type Content = {
  readonly input: { readonly prompt: string } | { readonly messages: readonly Json[] };
  readonly output: {
    readonly completion: string | null;
    readonly reasoning: string | null;
    /** Beyond the contract; absent = none was called. */
    readonly tool_calls?: readonly JsonObject[];
  };
};

/** Content on its way into the store: sealed, and whose it is. */
export type SealedContent = {
  /** The generation's id. */
  readonly id: string;
  readonly accountId: string;
  readonly workspaceId: string;
  readonly keyId: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly envelope: string;
};

/** Which contents; those of all that is named. Nothing named = all. */
export type ContentSelection = {
  readonly id?: string;
  readonly workspaceId?: string;
  readonly keyId?: string;
  /** Of calls before this time, in milliseconds since 1970. */
  readonly before?: number;
};

export type ContentStore = {
  /** Of those workspaces that have said something. */
  readonly wishes: (workspaceIds: readonly string[]) => Promise<ReadonlyMap<string, LoggingWish>>;
  /** Of all workspaces whose calls are logged. */
  readonly logged: () => Promise<ReadonlyMap<string, LoggingWish>>;
  readonly wish: (of: { readonly workspaceId: string; readonly accountId: string }, wish: LoggingWish) => Promise<void>;
  /** Nothing happens where its key or its workspace is gone. */
  readonly add: (content: SealedContent) => Promise<void>;
  /** Null = it is not there, has expired, or its key or workspace is gone. */
  readonly find: (id: string, now: number) => Promise<string | null>;
  readonly sums: () => Promise<
    readonly { readonly workspaceId: string; readonly contents: number; readonly bytes: number }[]
  >;
  /** Deletes all that is selected; how many there were. */
  readonly remove: (selection: ContentSelection) => Promise<number>;
  /** Deletes some of what has expired or whose key or workspace is gone; 0 = nothing is left. */
  readonly sweep: (now: number) => Promise<number>;
  readonly onChange: (listener: () => void) => void;
};
