import type { AuditFigures, Finding } from '../ledger/audit.ts';
import { generationTable } from './tables.ts';
import { query, type Row, type Work, type WorkContext } from './work.ts';

const sum = (what: string): string => `cast(coalesce(sum(${what}), 0) as bigint)`;
const EXAMPLES_MAX = 20;

/**
 * Derives every figure again from the records below it: credits and spending from transfers, spending of each receipt
 * from its transfers, roll-ups from receipts. One transaction, so that it sees one moment.
 */
export function* audit(_: null, context: WorkContext): Work<AuditFigures> {
  if (context.dialect === 'postgres') yield query('set transaction isolation level repeatable read, read only');
  const findings: Finding[] = [];
  const accounts = yield* auditAccounts(findings);
  yield* auditUsage(findings);
  yield* auditWorkspaces(findings);
  const months = (yield query('select month from month order by month')).rows.map((row) => String(row.month));
  let generations = 0n;
  for (const month of months) generations += yield* auditMonth(month, findings);
  const counts = (yield query(
    `select (select count(*) from hold) as holds, (select count(*) from transfer) as transfers,
      (select count(*) from transfer where kind = 'correction') as corrections`,
  )).rows[0];
  return {
    accounts,
    findings,
    openHolds: Number(counts?.holds ?? 0),
    generations: Number(generations),
    transfers: Number(counts?.transfers ?? 0),
    corrections: Number(counts?.corrections ?? 0),
  };
}

function* auditAccounts(findings: Finding[]): Work<AuditFigures['accounts']> {
  const { rows } = yield query(
    `select a.id, a.credits,
      (select ${sum('amount')} from transfer t where t.to_account = a.id and t.kind = 'credit') as booked,
      (select ${sum('amount')} from transfer t where t.from_account = a.id and t.kind <> 'credit') as spent,
      (select ${sum('amount')} from hold h where h.account_id = a.id) as held
      from account a order by a.id`,
  );
  return rows.map((row) => {
    const id = String(row.id);
    findings.push({ what: `credits of account ${id}`, kept: figure(row, 'credits'), derived: figure(row, 'booked') });
    return { id, credits: figure(row, 'credits'), settled: figure(row, 'spent'), held: figure(row, 'held') };
  });
}

/** What accounts and keys have spent in all, against their transfers, in both directions. */
function* auditUsage(findings: Finding[]): Work<void> {
  for (const [kind, column] of [
    ['account', 'from_account'],
    ['key', 'key_id'],
  ] as const) {
    const derived = yield query(
      `select '${kind}:' || ${column} as scope, ${sum('amount')} as figure from transfer where kind <> 'credit' group by ${column}`,
    );
    const kept = yield query(`select scope, cost as figure from usage where day = 'all' and scope like '${kind}:%'`);
    compare(findings, 'spending of', kept.rows, derived.rows, 'scope');
  }
}

/** What workspaces have spent, against the roll-ups, which each month's receipts are held against. */
function* auditWorkspaces(findings: Finding[]): Work<void> {
  const derived = yield query(
    `select 'workspace:' || workspace_id as scope, ${sum('cost')} as figure from roll_up where cost <> 0 group by workspace_id`,
  );
  const kept = yield query("select scope, cost as figure from usage where day = 'all' and scope like 'workspace:%'");
  compare(findings, 'spending of', kept.rows, derived.rows, 'scope');
}

/** Each receipt of the month against its transfers, and the month's days against their roll-ups. */
function* auditMonth(month: string, findings: Finding[]): Work<bigint> {
  const table = `"${generationTable(month).name}"`;
  const receipts = yield query(
    `select g.id as id, g.cost as kept, ${sum('t.amount')} as derived
      from ${table} g left join transfer t on t.id in (g.id || '/charge', g.id || '/excess', g.id || '/correction')
      group by g.id, g.cost having g.cost <> ${sum('t.amount')} limit ${EXAMPLES_MAX}`,
  );
  for (const row of receipts.rows)
    findings.push({ what: `transfers of ${row.id}`, kept: figure(row, 'kept'), derived: figure(row, 'derived') });
  const orphans = yield query(`select h.id as id from hold h join ${table} g on g.id = h.id limit ${EXAMPLES_MAX}`);
  for (const row of orphans.rows) findings.push({ what: `open hold of the settled ${row.id}`, kept: 1n, derived: 0n });
  const totals = yield query(`select count(*) as requests, ${sum('cost')} as cost from ${table}`);
  const rolled = yield query(
    `select ${sum('requests')} as requests, ${sum('cost')} as cost from roll_up where day like ?`,
    [`${month}-%`],
  );
  for (const what of ['requests', 'cost'])
    findings.push({
      what: `${what} of ${month} in roll-ups`,
      kept: figure(rolled.rows[0], what),
      derived: figure(totals.rows[0], what),
    });
  return figure(totals.rows[0], 'requests');
}

function compare(findings: Finding[], what: string, kept: readonly Row[], derived: readonly Row[], key: string): void {
  const derivedBy = new Map(derived.map((row) => [row[key], figure(row, 'figure')]));
  const keptBy = new Map(kept.map((row) => [row[key], figure(row, 'figure')]));
  for (const name of new Set([...derivedBy.keys(), ...keptBy.keys()]))
    findings.push({ what: `${what} ${name}`, kept: keptBy.get(name) ?? 0n, derived: derivedBy.get(name) ?? 0n });
}

const figure = (row: Row | undefined, column: string): bigint => (row?.[column] as bigint | undefined) ?? 0n;
