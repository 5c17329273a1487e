import type { ConversationStore } from './conversations.ts';

/** Who a stored response belongs to: nobody else's keys can read it, go on from it or delete it. */
export type StoredOwner = { readonly accountId: string; readonly workspaceId: string };

/** What stands before an answer that goes on from a stored one: of all responses of the chain together. */
export type ChainSize = {
  /** Of their inputs and outputs, as JSON. */
  readonly bytes: number;
  readonly items: number;
  readonly responses: number;
};
export const NO_CHAIN: ChainSize = { bytes: 0, items: 0, responses: 0 };

/** One response with what it was asked, each as JSON text, so that nobody parses what he only hands on. */
export type StoredResponse = {
  readonly id: string;
  /** The response that it went on from. */
  readonly previousId: string | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly expiresAt: number;
  /** A list of the items that it brought itself. */
  readonly input: string;
  /** A list of the items that it was answered with. */
  readonly output: string;
  /** The response object, without its output. */
  readonly response: string;
  /** Of the chain that ends with it. */
  readonly chain: ChainSize;
};

/** A link of a chain: what was said, and what was answered. */
export type ChainLink = Pick<StoredResponse, 'id' | 'input' | 'output'>;

/** What a workspace has stored. */
export type StoredSum = StoredOwner & { readonly responses: number; readonly bytes: number };

/** Which of them are deleted. Nothing said = all. */
export type StoredSelection = {
  readonly id?: string;
  readonly workspaceId?: string;
  /** Milliseconds since 1970: those that were made before. */
  readonly before?: number;
};

/** The port to the store of responses. What has expired is not there any more, whether it has been swept away yet or not. */
export type ResponseStore = {
  readonly sizeOf: (owner: StoredOwner, id: string, now: number) => Promise<ChainSize | null>;
  /** The chain that ends with it, the oldest first; null = a part of it is gone. */
  readonly chain: (owner: StoredOwner, id: string, now: number) => Promise<readonly ChainLink[] | null>;
  readonly find: (owner: StoredOwner, id: string, now: number) => Promise<StoredResponse | null>;
  /** Of what the workspace has beyond `bytesMax` the oldest make room. */
  readonly add: (owner: StoredOwner, response: StoredResponse, bytesMax: number) => Promise<void>;
  /** False = there is none. */
  readonly remove: (owner: StoredOwner, id: string) => Promise<boolean>;
  /** Deletes what has expired, some of it at a time, so that no write waits for long. How many it were. */
  readonly sweep: (now: number) => Promise<number>;
  readonly sums: () => Promise<readonly StoredSum[]>;
  /** How many it were. */
  readonly removeAll: (selection: StoredSelection) => Promise<number>;
};

/** Responses that callers may go on from by their ids; an operator who keeps none has none of this. */
export type StoredResponses = {
  readonly store: ResponseStore;
  readonly conversations: ConversationStore | null;
  /** Milliseconds. */
  readonly keptMs: number;
  /** Of one workspace. */
  readonly bytesMax: number;
  /** Also those of calls that say `store: false`. */
  readonly keepsAll?: true;
};
