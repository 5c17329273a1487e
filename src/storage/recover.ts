import { nano } from '../base/money.ts';
import type { About } from '../facts/receipt.ts';
import type { Owner } from '../facts/scope.ts';
import { interruptedReceipt } from '../ledger/recovery.ts';
import type { Intent } from '../ledger/store.ts';
import { entryOf } from './entry.ts';
import { type Closing, close } from './group.ts';
import { bury, type Gone, processesOf } from './liveness.ts';
import { Sums } from './sums.ts';
import { query, type Row, type Work, type WorkContext } from './work.ts';

/** How many holds are settled in one transaction. */
const BATCH = 500;

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
    return { entry: entryOf(interruptedReceipt(intent, now)), leases: [], also: intent.also, isKnown: false };
  });
  if (closings.length > 0) yield* close(closings, { process: '', leases: new Sums(), held: new Map() }, context);
  if (rows.length < BATCH) yield* bury(processes, context);
  return rows.length;
}

function intentOf(row: Row): Intent {
  const { also = [], ...about }: KeptAbout =
    row.about === null ? { ...UNKNOWN, requestedModel: String(row.model) } : JSON.parse(String(row.about));
  return {
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
    also,
    about,
  };
}

/** What the column holds: whose spending it is beside the account's, the workspace's and the key's stands with it. */
export type KeptAbout = About & { readonly also?: readonly Owner[] };

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
