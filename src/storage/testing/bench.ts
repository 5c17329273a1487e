import assert from 'node:assert/strict';
import type { Hold } from '../../ledger/hold.ts';
import { type HoldRequest, isHold, type Ledger } from '../../ledger/ledger.ts';
import type { Storage } from '../open.ts';
import type { clockWorld } from './clock.ts';

export type LawWorld = ReturnType<typeof clockWorld>;

/** One store under test, opened before the first law and closed after the last. */
export type Bench = {
  readonly world: LawWorld;
  readonly storage: Storage;
  readonly ledger: Ledger;
  /** The store tells the minute by its own clock, not by the world's. */
  readonly hasOwnClock: boolean;
  /** A new key; its hash. */
  readonly keyOf: (limit?: bigint) => Promise<string>;
  /** The books hold. */
  readonly sound: () => Promise<void>;
  readonly next: (keyId: string, amount: bigint) => HoldRequest;
};

export async function heldBy(ledger: Ledger, request: HoldRequest): Promise<Hold> {
  const hold = await ledger.hold(request);
  if (!isHold(hold)) assert.fail(`held, not refused: ${hold.code} ${hold.message}`);
  return hold;
}

export async function transfersOf(storage: Storage, id: string): Promise<{ rows: unknown[] }> {
  const rows = await storage.database
    .selectFrom('transfer')
    .select(['kind', 'amount'])
    .where('id', 'in', [`${id}/charge`, `${id}/excess`, `${id}/correction`])
    .orderBy('id')
    .execute();
  return { rows: rows.map(({ kind, amount }) => ({ kind, amount })) };
}
