import type { Receipt } from '../facts/receipt.ts';
import type { Scope } from '../ledger/store.ts';
import { Books } from './books.ts';
import { bookLate, type LateEnd } from './late.ts';
import { receiptFromText } from './receipt-json.ts';
import { Sums } from './sums.ts';
import { columnsOf, HOLD, LEASE } from './tables.ts';
import { clockOf, query, type Value, type Work, type WorkContext } from './work.ts';

/** What a process wrote in a few milliseconds: committed together or not at all, in the order open, touch, close. */
export type Group = {
  readonly process: string;
  /** Rises with every group of a process: a group that is sent twice counts once. */
  readonly seq: number;
  /** Rows of the table `hold`. */
  readonly opens: readonly (readonly Value[])[];
  /** `id, amount, dispatched, checkpoint, endpoint`. */
  readonly touches: readonly (readonly Value[])[];
  readonly closes: readonly Closing[];
  readonly returns: readonly (readonly [scope: Scope, amount: bigint])[];
  readonly relets: readonly (readonly [scope: Scope, amount: bigint])[];
};
export type Closing = {
  readonly id: string;
  readonly receipt: string;
  readonly leases: readonly Scope[];
  /** Its hold was committed: if it is gone, this end comes late and is booked as a correction. */
  readonly isKnown: boolean;
};

/** `epoch`: how often its process was taken for dead, and its leases given to others. */
export type Applied = { readonly epoch: number };

export function* applyGroup(group: Group, context: WorkContext): Work<Applied> {
  const claimed = yield* claim(group, context);
  if (!claimed.isNew) return claimed;
  const { process } = group;
  if (group.relets.length > 0) yield* relet(group.relets, process);
  if (group.opens.length > 0) yield { kind: 'keep', table: HOLD, columns: columnsOf(HOLD), rows: group.opens };
  if (group.touches.length > 0)
    yield {
      kind: 'change',
      table: HOLD,
      columns: ['id', 'amount', 'dispatched', 'checkpoint', 'endpoint'],
      rows: group.touches,
    };
  const leases = new Sums();
  if (group.closes.length > 0) yield* close(group.closes, process, leases, context);
  for (const [scope, amount] of group.returns) leases.add([scope, process], [-amount]);
  if (leases.size > 0) yield { kind: 'grow', table: LEASE, columns: columnsOf(LEASE), rows: leases.rows() };
  return claimed;
}

type Claimed = Applied & { readonly isNew: boolean };

/** Not new = this group was applied before. A process that was taken for dead lives again by writing. */
function* claim({ process, seq }: Group, context: WorkContext): Work<Claimed> {
  const now = clockOf(context);
  const seen = yield query(
    `update process set group_seq = ?, seen_at = ${now}, settled_at = null where id = ? and group_seq < ? returning epoch`,
    [BigInt(seq), process, BigInt(seq)],
  );
  if (seen.rows[0]) return { epoch: Number(seen.rows[0].epoch), isNew: true };
  const joined = yield query(
    `insert into process (id, group_seq, seen_at) values (?, ?, ${now}) on conflict (id) do nothing`,
    [process, BigInt(seq)],
  );
  if (joined.changes > 0n) return { epoch: 0, isNew: true };
  const { rows } = yield query('select epoch from process where id = ?', [process]);
  return { epoch: Number(rows[0]?.epoch ?? 0), isNew: false };
}

function* relet(relets: Group['relets'], process: string): Work<void> {
  const leases = new Sums();
  for (const [scope, amount] of relets) leases.add([scope, process], [amount]);
  yield { kind: 'add', table: LEASE, columns: columnsOf(LEASE), rows: leases.rows() };
}

/**
 * Ends holds: whoever takes a hold away books its receipt, so each is booked once. Everything that sums up receipts is
 * written here too.
 */
export function* close(closings: readonly Closing[], process: string, leases: Sums, context: WorkContext): Work<void> {
  const taken = yield {
    kind: 'take',
    table: HOLD,
    columns: ['id', 'amount'],
    keys: closings.map((closing) => closing.id),
  };
  const holds = new Map(taken.rows.map((row) => [String(row.id), row.amount as bigint]));
  const books = new Books();
  const late = new Map<string, LateEnd>();
  const spend = (scopes: readonly Scope[], { bill }: Receipt): void => {
    for (const scope of scopes) leases.add([scope, process], [-bill.cost]);
  };
  for (const closing of closings) {
    const held = holds.get(closing.id);
    if (held === undefined && !closing.isKnown) continue;
    holds.delete(closing.id); // the same call may end twice in one group: by its deadline and, late, by itself
    const receipt = receiptFromText(closing.receipt);
    if (held === undefined) late.set(closing.id, { receipt, text: closing.receipt, leases: closing.leases });
    else {
      books.book(receipt, closing.receipt, held);
      spend(closing.leases, receipt);
    }
  }
  yield* books.write(context);
  if (late.size === 0) return;
  const corrections = new Books();
  for (const { receipt, leases: scopes } of yield* bookLate([...late.values()], corrections, context))
    spend(scopes, receipt);
  yield* corrections.write(context);
}
