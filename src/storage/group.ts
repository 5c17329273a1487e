import { isOwner, type Owner } from '../facts/scope.ts';
import type { LeaseName, Scope } from '../ledger/store.ts';
import { Books } from './books.ts';
import type { Entry } from './entry.ts';
import { bookLate } from './late.ts';
import { Sums } from './sums.ts';
import { columnsOf, HOLD, LEASE, RATE } from './tables.ts';
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
  readonly returns: readonly (readonly [lease: LeaseName, amount: bigint])[];
  readonly relets: readonly (readonly [scope: Scope, amount: bigint])[];
};
export type Closing = {
  readonly entry: Entry;
  readonly leases: readonly Scope[];
  /** Whose spending it is beside the account's, the workspace's and the key's. */
  readonly also: readonly Owner[];
  /** Its hold was committed: if it is gone, this end comes late and is booked as a correction. */
  readonly isKnown: boolean;
};

/** `epoch`: how often its process was taken for dead, and its leases given to others. */
export type Applied = { readonly epoch: number };

export function* applyGroup(group: Group, context: WorkContext): Work<Applied> {
  const claimed = yield* claim(group, context);
  if (claimed.isNew) yield* write(group, context);
  return claimed;
}

/** The same for a store that knows by other means that the group is new: its process is remembered. */
export function* writeGroup(group: Group, context: WorkContext): Work<void> {
  yield* claim(group, context);
  yield* write(group, context);
}

function* write(group: Group, context: WorkContext): Work<void> {
  const { process } = group;
  if (group.relets.length > 0) yield* relet(group.relets, process);
  // A call that begins and ends in here never becomes a row.
  const opens = new Map(group.opens.map((row) => [row[0] as string, row]));
  const touches = new Map<string, readonly Value[]>();
  for (const touch of group.touches) {
    const open = opens.get(touch[0] as string);
    if (open) opens.set(touch[0] as string, touched(open, touch));
    else touches.set(touch[0] as string, touch);
  }
  const held = new Map<string, bigint>();
  for (const { entry } of group.closes) {
    const open = opens.get(entry.id);
    if (open) held.set(entry.id, BigInt(open[HOLD_AMOUNT] ?? 0));
    opens.delete(entry.id);
    touches.delete(entry.id);
  }
  if (opens.size > 0) yield { kind: 'keep', table: HOLD, columns: HOLD_COLUMNS, rows: [...opens.values()] };
  if (touches.size > 0) yield { kind: 'change', table: HOLD, columns: TOUCH_COLUMNS, rows: [...touches.values()] };
  const leases = new Sums();
  if (group.closes.length > 0) yield* close(group.closes, { process, leases, held }, context);
  const rates = new Sums();
  for (const [name, amount] of group.returns) {
    const [scope, minute] = leaseOf(name);
    if (minute === null) leases.add([scope, process], [-amount]);
    else rates.add([scope, minute, process], [-amount]);
  }
  if (rates.size > 0) yield { kind: 'grow', table: RATE, columns: columnsOf(RATE), rows: rateRows(rates) };
  if (leases.size > 0) yield { kind: 'grow', table: LEASE, columns: columnsOf(LEASE), rows: leases.rows() };
}

/** A lease's scope, and its minute if it is of one. */
function leaseOf(name: LeaseName): readonly [scope: string, minute: string | null] {
  const at = name.lastIndexOf('@');
  return at === -1 || isOwner(name as Scope) ? [name, null] : [name.slice(0, at), name.slice(at + 1)];
}
const rateRows = (rates: Sums): Value[][] =>
  rates.rows().map(([scope, minute, process, taken]) => [scope ?? '', BigInt(minute ?? 0), process ?? '', taken ?? 0n]);

const HOLD_COLUMNS = columnsOf(HOLD);
const TOUCH_COLUMNS = ['id', 'amount', 'dispatched', 'checkpoint', 'endpoint'] as const;
const HOLD_AMOUNT = HOLD_COLUMNS.indexOf('amount');

/** The row of an intent as a touch leaves it. */
function touched(open: readonly Value[], touch: readonly Value[]): Value[] {
  const row = [...open];
  for (const [at, column] of TOUCH_COLUMNS.entries()) row[HOLD_COLUMNS.indexOf(column)] = touch[at] ?? null;
  return row;
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

type Ending = {
  readonly process: string;
  readonly leases: Sums;
  /** Of those that have not become rows. */
  readonly held: Map<string, bigint>;
};

/**
 * Ends holds: whoever takes a hold away books its receipt, so each is booked once. Everything that sums up receipts is
 * written here too.
 */
export function* close(
  closings: readonly Closing[],
  { process, leases, held }: Ending,
  context: WorkContext,
): Work<void> {
  const keys = closings.map(({ entry }) => entry.id).filter((id) => !held.has(id));
  if (keys.length > 0) {
    const taken = yield { kind: 'take', table: HOLD, columns: ['id', 'amount'], keys };
    for (const row of taken.rows) held.set(String(row.id), row.amount as bigint);
  }
  const books = new Books();
  const late = new Map<string, Closing>();
  const spend = ({ leases: scopes, entry }: Closing): void => {
    for (const scope of scopes) leases.add([scope, process], [-entry.counted.cost]);
  };
  for (const closing of closings) {
    const { entry, isKnown } = closing;
    const amount = held.get(entry.id);
    held.delete(entry.id); // the same call may end twice in one group: by its deadline and, late, by itself
    if (amount !== undefined) {
      books.book(closing, amount);
      spend(closing);
    } else if (isKnown) late.set(entry.id, closing);
  }
  yield* books.write(context);
  if (late.size === 0) return;
  const corrections = new Books();
  for (const id of yield* bookLate([...late.values()], corrections, context)) {
    const closing = late.get(id);
    if (closing) spend(closing);
  }
  yield* corrections.write(context);
}
