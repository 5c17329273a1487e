import type { StoredOwner } from './stored-responses.ts';

/** A conversation that is kept under a name: what calls say and are answered is added to it. */
export type Conversation = {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** An object of texts, as JSON. */
  readonly metadata: string;
  /** How many items it has, and their bytes as JSON. */
  readonly items: number;
  readonly bytes: number;
};

/** One item of a conversation, as JSON. */
export type ConversationItem = { readonly id: string; readonly item: string };

export type ItemsPage = {
  readonly limit: number;
  /** The item that it begins behind; null = it begins at the end that is asked for. */
  readonly after: string | null;
  readonly order: 'asc' | 'desc';
};

/** What is added to a conversation, and how much there may be then. */
export type Addition = {
  readonly items: readonly ConversationItem[];
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly expiresAt: number;
  /** Of all conversations of the workspace: of more, those go that were not added to for the longest. */
  readonly bytesMax: number;
};

/** Which of them are deleted. Nothing said = all. */
export type ConversationSelection = {
  readonly id?: string;
  readonly workspaceId?: string;
  /** Milliseconds since 1970: those that were begun before. */
  readonly before?: number;
};

/** The port to the store of conversations. What has expired, or is another workspace's, is not there. */
export type ConversationStore = {
  readonly begin: (owner: StoredOwner, id: string, metadata: string, first: Addition) => Promise<void>;
  readonly find: (owner: StoredOwner, id: string, now: number) => Promise<Conversation | null>;
  readonly change: (owner: StoredOwner, id: string, metadata: string, now: number) => Promise<boolean>;
  /** `full`: it would hold more than a call can go on from. */
  readonly add: (owner: StoredOwner, id: string, addition: Addition) => Promise<'added' | 'none' | 'full'>;
  /** All items in their order. */
  readonly items: (owner: StoredOwner, id: string, now: number) => Promise<readonly ConversationItem[]>;
  /** Null = there is no item `after`. One more than asked for, if there is one. */
  readonly page: (owner: StoredOwner, id: string, page: ItemsPage) => Promise<readonly ConversationItem[] | null>;
  readonly item: (owner: StoredOwner, id: string, itemId: string) => Promise<ConversationItem | null>;
  readonly removeItem: (owner: StoredOwner, id: string, itemId: string) => Promise<boolean>;
  readonly remove: (owner: StoredOwner, id: string) => Promise<boolean>;
  /** Deletes some of what has expired. How many it were. */
  readonly sweep: (now: number) => Promise<number>;
  readonly removeAll: (selection: ConversationSelection) => Promise<number>;
};
