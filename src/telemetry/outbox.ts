import type { Receipt } from '../facts/receipt.ts';

/** Somewhere that receipts are sent to. */
export type Destination = {
  readonly id: string;
  /** Null = receipts of every workspace. */
  readonly workspaceId: string | null;
};

/**
 * Receipts on their way to destinations: written with the receipt itself, in the same transaction, and taken out when a
 * destination has them. So each arrives at least once, whatever dies and whenever.
 */
export type Outbox = {
  /** From now on these are sent to, and no others; what waits for others is forgotten. */
  readonly register: (destinations: readonly Destination[]) => Promise<void>;
  /** The oldest receipts that wait and nobody else is sending, for so long. */
  readonly claim: (destination: string, limit: number, forMs: number) => Promise<readonly Receipt[]>;
  /** They have arrived, or nobody wants them. */
  readonly done: (destination: string, ids: readonly string[]) => Promise<void>;
  /** They have not: others may try at once. */
  readonly release: (destination: string, ids: readonly string[]) => Promise<void>;
  /** Forgets the oldest of more than so many. Answers how many. */
  readonly shorten: (destination: string, most: number) => Promise<number>;
};
