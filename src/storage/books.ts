import { dayOf, monthOf } from '../base/period.ts';
import { accountScope, keyScope, type Owner, workspaceScope } from '../facts/scope.ts';
import { rollUpsOf } from '../insights/roll-up.ts';
import type { RollUp } from '../insights/store.ts';
import { tallyOf } from '../insights/tally.ts';
import type { Entry } from './entry.ts';
import type { Closing } from './group.ts';
import { sendOut } from './outbox.ts';
import { Sums } from './sums.ts';
import {
  APP,
  columnsOf,
  createTable,
  generationTable,
  ROLL_UP,
  TALLY,
  TALLY_OF_USER,
  TALLY_SPEED,
  TRANSFER,
  USAGE,
} from './tables.ts';
import { query, type Value, type Work, type WorkContext } from './work.ts';

/** Everything that receipts are written to and summed up in, collected for one transaction and added up within it first. */
export class Books {
  readonly #transfers: Value[][] = [];
  readonly #corrections: Value[][] = [];
  readonly #receipts = new Map<string, Value[][]>();
  readonly #corrected = new Map<string, Value[][]>();
  readonly #spending = new Sums();
  readonly #rollUps = new Sums();
  readonly #tallies = new Sums();
  readonly #talliesOfUsers = new Sums();
  readonly #speeds = new Sums();
  readonly #apps = new Map<string, Value[]>();

  /** What was held pays first; what it did not cover is a transfer of its own, so that nobody overlooks it. */
  book({ entry, also }: Closing, held: bigint): void {
    const { cost, createdAt } = entry.counted;
    const charge = cost < held ? cost : held;
    if (charge > 0n) this.#transfers.push(transferRow(entry, 'charge', charge));
    if (cost > charge) this.#transfers.push(transferRow(entry, 'excess', cost - charge));
    rowsOf(this.#receipts, monthOf(createdAt)).push(generationRow(entry));
    this.#sumUp(entry, also, 1n);
  }

  /**
   * The true end of a call that others have settled, or whose hold was lost: its receipt takes the place of theirs, and
   * what it cost more or less is a transfer of its own. `corrected`: what such transfers have moved before.
   */
  correct({ entry, also }: Closing, earlier: Entry | null, corrected: bigint): void {
    this.#corrections.push(
      transferRow(entry, 'correction', corrected + entry.counted.cost - (earlier?.counted.cost ?? 0n)),
    );
    rowsOf(this.#corrected, monthOf(entry.counted.createdAt)).push(generationRow(entry));
    if (earlier) this.#sumUp(earlier, also, -1n);
    this.#sumUp(entry, also, 1n);
  }

  *write(context: WorkContext): Work<void> {
    for (const [kind, months] of [
      ['keep', this.#receipts],
      ['put', this.#corrected],
    ] as const)
      for (const [month, rows] of months) {
        const table = generationTable(month);
        if (!context.months.has(month)) yield* addMonth(month, context);
        yield { kind, table, columns: columnsOf(table), rows };
      }
    yield* sendOut([...onTheirWay(this.#receipts), ...onTheirWay(this.#corrected)], context);
    if (this.#transfers.length > 0) yield { kind: 'keep', ...TRANSFERS, rows: this.#transfers };
    if (this.#corrections.length > 0) yield { kind: 'put', ...TRANSFERS, rows: this.#corrections };
    if (this.#spending.size > 0)
      yield { kind: 'add', table: USAGE, columns: columnsOf(USAGE), rows: usageRows(this.#spending) };
    if (this.#rollUps.size > 0)
      yield { kind: 'add', table: ROLL_UP, columns: columnsOf(ROLL_UP), rows: this.#rollUps.rows() };
    for (const [table, sums] of [
      [TALLY, this.#tallies],
      [TALLY_OF_USER, this.#talliesOfUsers],
      [TALLY_SPEED, this.#speeds],
    ] as const)
      if (sums.size > 0) yield { kind: 'add', table, columns: columnsOf(table), rows: sums.rows() };
    if (this.#apps.size > 0)
      yield {
        kind: 'put',
        table: APP,
        columns: columnsOf(APP),
        rows: [...this.#apps.entries()].sort().map(([, row]) => row),
      };
  }

  #sumUp({ accountId, counted, app }: Entry, also: readonly Owner[], times: 1n | -1n): void {
    const { keyId, workspaceId, createdAt, cost, byokCost } = counted;
    // Accounts and keys are told apart only at the end: most receipts of a group share both.
    if (cost > 0n || byokCost > 0n)
      this.#spending.add([accountId, workspaceId, keyId, dayOf(createdAt), ...also], [cost * times, byokCost * times]);
    for (const row of rollUpsOf(counted, accountId)) addRollUp(this.#rollUps, row, times);
    this.#tally(accountId, counted, times);
    if (app) this.#apps.set(app.id, [app.id, app.origin, app.title, app.categories.join(',')]);
  }

  #tally(accountId: string, counted: Entry['counted'], times: 1n | -1n): void {
    const tally = tallyOf(counted);
    if (!tally) return;
    const key = [accountId, 'm', tally.minute, ...tally.key];
    const figures = times === 1n ? tally.figures : tally.figures.map((figure) => -figure);
    this.#tallies.add(key, figures);
    if (tally.externalUser !== '') this.#talliesOfUsers.add([...key, tally.externalUser], figures);
    for (const [speed, bucket] of tally.speeds) this.#speeds.add([...key, speed, String(bucket)], [times]);
  }
}

const TRANSFERS = { table: TRANSFER, columns: columnsOf(TRANSFER) };

/** Receipts by what a destination is told of them, from the rows of their tables. */
function* onTheirWay(months: ReadonlyMap<string, readonly Value[][]>) {
  for (const [month, rows] of months)
    for (const row of rows) yield { id: String(row[ID]), month, workspaceId: String(row[WORKSPACE]) };
}
const GENERATION = columnsOf(generationTable(''));
const ID = GENERATION.indexOf('id');
const WORKSPACE = GENERATION.indexOf('workspace_id');

function rowsOf(months: Map<string, Value[][]>, month: string): Value[][] {
  const rows = months.get(month) ?? [];
  months.set(month, rows);
  return rows;
}

function* addMonth(month: string, context: WorkContext): Work<void> {
  yield query(createTable(generationTable(month)));
  yield query('insert into month (month) values (?) on conflict (month) do nothing', [month]);
  context.months.add(month);
}

const transferRow = (entry: Entry, kind: 'charge' | 'excess' | 'correction', amount: bigint): Value[] => [
  `${entry.id}/${kind}`,
  BigInt(entry.counted.createdAt),
  kind,
  entry.accountId,
  'spent',
  amount,
  entry.counted.keyId,
  '',
];

const generationRow = (entry: Entry): Value[] => [
  entry.id,
  BigInt(entry.counted.createdAt),
  entry.accountId,
  entry.counted.keyId,
  entry.counted.workspaceId,
  entry.model,
  entry.state,
  entry.counted.cost,
  entry.text,
];

/** In the order of the table's columns. */
function addRollUp(sums: Sums, row: RollUp, times: 1n | -1n): void {
  const key = [row.day, row.model, row.endpoint, row.provider, row.app, row.accountId, row.keyId, row.workspaceId];
  const tokens = [row.promptTokens, row.completionTokens, row.reasoningTokens, row.cachedTokens];
  const figures = [row.requests, row.errors, ...tokens, row.cost, row.byokCost, row.latencyMs];
  sums.add(key, times === 1n ? figures : figures.map((figure) => -figure));
}

function usageRows(spending: Sums): Value[][] {
  const usage = new Sums();
  for (const { key, figures } of spending.values()) {
    const [account = '', workspace = '', keyId = '', day = '', ...also] = key;
    for (const scope of [accountScope(account), workspaceScope(workspace), keyScope(keyId), ...also])
      for (const period of ['all', day]) usage.add([scope, period], figures);
  }
  return usage.rows();
}
