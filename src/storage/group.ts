import { dayOf, monthOf } from '../base/period.ts';
import type { Receipt } from '../facts/receipt.ts';
import { appId } from '../insights/app.ts';
import { rollUpsOf } from '../insights/roll-up.ts';
import type { RollUp } from '../insights/store.ts';
import { accountScope, keyScope, type Scope } from '../ledger/store.ts';
import { receiptFromText } from './receipt-json.ts';
import { Sums } from './sums.ts';
import { APP, columnsOf, createTable, generationTable, HOLD, LEASE, ROLL_UP, TRANSFER, USAGE } from './tables.ts';
import { query, type Row, type Value, type Work, type WorkContext } from './work.ts';

/** What a process wrote in a few milliseconds: committed together or not at all, in the order open, touch, close. */
export type Group = {
  readonly process: string;
  /** Rises with every group of a process: a group that is sent twice counts once. */
  readonly seq: number;
  readonly now: number;
  /** Rows of the table `hold`. */
  readonly opens: readonly (readonly Value[])[];
  /** `id, amount, dispatched, checkpoint, endpoint`. */
  readonly touches: readonly (readonly Value[])[];
  readonly closes: readonly Closing[];
  readonly returns: readonly (readonly [scope: Scope, amount: bigint])[];
};
export type Closing = { readonly id: string; readonly receipt: string; readonly leases: readonly Scope[] };

export function* applyGroup(group: Group, context: WorkContext): Work<void> {
  if (!(yield* claim(group, context))) return;
  const { process } = group;
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
}

/** False if this group was applied before. A process that was taken for dead lives again by writing. */
function* claim({ process, seq, now }: Group, context: WorkContext): Work<boolean> {
  const seen = yield query('update process set group_seq = ?, seen_at = ? where id = ? and group_seq < ?', [
    BigInt(seq),
    BigInt(Math.floor(now)),
    process,
    BigInt(seq),
  ]);
  if (seen.changes > 0n) return true;
  const joined = yield query(
    'insert into process (id, group_seq, seen_at) values (?, ?, ?) on conflict (id) do nothing',
    [process, BigInt(seq), BigInt(Math.floor(now))],
  );
  // Its leases were returned when it was taken for dead: what it believes to have is gone.
  if (joined.changes > 0n && seq > 1) context.notify('limits');
  return joined.changes > 0n;
}

/**
 * Ends holds: whoever takes a hold away books its receipt, so each is booked once. Everything that sums up receipts is
 * written here too, added up within the group first.
 */
export function* close(
  closings: readonly Closing[],
  process: string,
  leases: Sums,
  context: WorkContext,
): Work<readonly string[]> {
  const taken = yield {
    kind: 'take',
    table: HOLD,
    columns: ['id', 'amount'],
    keys: closings.map((closing) => closing.id),
  };
  const holds = new Map(taken.rows.map((row) => [String(row.id), row]));
  const transfers: Value[][] = [];
  const generations = new Map<string, Value[][]>();
  const spending = new Sums();
  const rollUps = new Sums();
  const apps = new Map<string, Value[]>();
  for (const closing of closings) {
    const hold = holds.get(closing.id);
    if (!hold) continue;
    const receipt = receiptFromText(closing.receipt);
    transfers.push(...transfersOf(receipt, hold));
    const month = monthOf(receipt.createdAt);
    const rows = generations.get(month) ?? [];
    generations.set(month, rows);
    rows.push(generationRow(receipt, closing.receipt));
    addSpending(spending, receipt);
    for (const scope of closing.leases) leases.add([scope, process], [-receipt.bill.cost]);
    for (const row of rollUpsOf(receipt)) addRollUp(rollUps, row);
    if (receipt.app !== null) {
      const { origin, title, categories } = receipt.app;
      const id = appId(receipt.app);
      apps.set(id, [id, origin, title, categories.join(',')]);
    }
  }
  for (const [month, rows] of generations) {
    const table = generationTable(month);
    if (!context.months.has(month)) yield* addMonth(month, context);
    yield { kind: 'keep', table, columns: columnsOf(table), rows };
  }
  if (transfers.length > 0) yield { kind: 'keep', table: TRANSFER, columns: columnsOf(TRANSFER), rows: transfers };
  if (spending.size > 0) yield { kind: 'add', table: USAGE, columns: columnsOf(USAGE), rows: usageRows(spending) };
  if (rollUps.size > 0) yield { kind: 'add', table: ROLL_UP, columns: columnsOf(ROLL_UP), rows: rollUps.rows() };
  if (apps.size > 0)
    yield { kind: 'put', table: APP, columns: columnsOf(APP), rows: [...apps.entries()].sort().map(([, row]) => row) };
  return [...holds.keys()];
}

function* addMonth(month: string, context: WorkContext): Work<void> {
  yield query(createTable(generationTable(month)));
  yield query('insert into month (month) values (?) on conflict (month) do nothing', [month]);
  context.months.add(month);
}

/** What was held pays first; what it did not cover is a transfer of its own, so that nobody overlooks it. */
function transfersOf(receipt: Receipt, hold: Row): Value[][] {
  const { cost } = receipt.bill;
  if (cost === 0n) return [];
  const held = hold.amount as bigint;
  const charge = cost < held ? cost : held;
  const row = (kind: 'charge' | 'excess', amount: bigint): Value[] => [
    `${receipt.id}/${kind}`,
    BigInt(Math.floor(receipt.createdAt)),
    kind,
    receipt.accountId,
    'spent',
    amount,
    receipt.keyId,
    '',
  ];
  return [...(charge > 0n ? [row('charge', charge)] : []), ...(cost > charge ? [row('excess', cost - charge)] : [])];
}

const generationRow = (receipt: Receipt, text: string): Value[] => [
  receipt.id,
  BigInt(Math.floor(receipt.createdAt)),
  receipt.accountId,
  receipt.keyId,
  receipt.workspaceId,
  receipt.model ?? '',
  receipt.state,
  receipt.bill.cost,
  text,
];

/** In the order of the table's columns. */
function addRollUp(sums: Sums, row: RollUp): void {
  const key = [row.day, row.model, row.endpoint, row.provider, row.app, row.keyId, row.workspaceId];
  const tokens = [row.promptTokens, row.completionTokens, row.reasoningTokens, row.cachedTokens];
  sums.add(key, [row.requests, row.errors, ...tokens, row.cost, row.byokCost, row.latencyMs]);
}

/** Accounts and keys are told apart only at the end: most receipts of a group share both. */
function addSpending(spending: Sums, receipt: Receipt): void {
  const { cost, isByok, upstreamCost } = receipt.bill;
  const byokCost = isByok ? (upstreamCost ?? 0n) : 0n;
  if (cost > 0n || byokCost > 0n)
    spending.add([receipt.accountId, receipt.keyId, dayOf(receipt.createdAt)], [cost, byokCost]);
}

function usageRows(spending: Sums): Value[][] {
  const usage = new Sums();
  for (const { key, figures } of spending.values()) {
    const [account = '', keyId = '', day = ''] = key;
    for (const scope of [accountScope(account), keyScope(keyId)])
      for (const period of ['all', day]) usage.add([scope, period], figures);
  }
  return usage.rows();
}
