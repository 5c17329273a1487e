import { nano } from '../base/money.ts';
import type { About } from '../facts/receipt.ts';
import { interruptedReceipt } from '../ledger/recovery.ts';
import type { Intent } from '../ledger/store.ts';
import { type Closing, close } from './group.ts';
import { receiptToText } from './receipt-json.ts';
import { Sums } from './sums.ts';
import { query, type Row, type Work, type WorkContext } from './work.ts';

/** How many holds are settled in one transaction. */
const BATCH = 500;

/** Which processes are gone: all of them (only whoever owns the file may say so), one, or those not heard of since a moment. */
export type Gone =
  | { readonly kind: 'all' }
  | { readonly kind: 'process'; readonly process: string }
  | { readonly kind: 'silent'; readonly since: number };
export type RecoverCommand = { readonly gone: Gone; readonly now: number };

/**
 * Settles open holds of processes that are gone, each once, and returns their leases. Answers how many; to be run
 * again until it answers 0, so that no transaction grows without bound.
 */
export function* recover({ gone, now }: RecoverCommand, context: WorkContext): Work<number> {
  const processes = yield* processesOf(gone, context);
  if (processes.length === 0) return 0;
  const marks = processes.map(() => '?').join(', ');
  const { rows } = yield query(`select * from hold where process in (${marks}) order by id limit ${BATCH}`, processes);
  const closings = rows.map((row): Closing => {
    const intent = intentOf(row);
    return { id: intent.id, receipt: receiptToText(interruptedReceipt(intent, now)), leases: [] };
  });
  if (closings.length > 0) yield* close(closings, '', new Sums(), context);
  if (rows.length < BATCH) {
    yield query(`delete from lease where process in (${marks})`, processes);
    yield query(`delete from process where id in (${marks})`, processes);
  }
  return rows.length;
}

function* processesOf(gone: Gone, context: WorkContext): Work<string[]> {
  switch (gone.kind) {
    case 'all':
      // A process that died before its first group has left nothing but a lease.
      return (yield query('select id from process union select process from lease')).rows.map((row) => String(row.id));
    case 'process':
      return [gone.process];
    case 'silent': {
      const lock = context.dialect === 'postgres' ? ' for update skip locked' : '';
      const { rows } = yield query(`select id from process where seen_at < ? limit 100${lock}`, [BigInt(gone.since)]);
      return rows.map((row) => String(row.id));
    }
    default:
      return gone satisfies never;
  }
}

const intentOf = (row: Row): Intent => ({
  id: String(row.id),
  createdAt: Number(row.created_at),
  accountId: String(row.account_id),
  keyId: String(row.key_id),
  workspaceId: String(row.workspace_id),
  model: String(row.model),
  endpoint: row.endpoint === null ? null : String(row.endpoint),
  amount: nano(row.amount as bigint),
  promptCost: nano(row.prompt_cost as bigint),
  dispatched: row.dispatched === 1n,
  checkpoint: nano(row.checkpoint as bigint),
  about:
    row.about === null ? { ...UNKNOWN, requestedModel: String(row.model) } : (JSON.parse(String(row.about)) as About),
});

/** Of holds that an older version left behind. */
const UNKNOWN: About = {
  operation: 'chat',
  clientDialect: '',
  requestedModel: '',
  streamed: false,
  catalogVersion: '',
  seed: 0,
  app: null,
  userAgent: null,
  user: null,
  sessionId: null,
};
