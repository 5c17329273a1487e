import { accountScope, type Credit } from '../ledger/store.ts';
import { audit } from './audit.ts';
import { type Entry, isChanged, logged, seen } from './audited.ts';
import { addContent, removeContents, sweepContents } from './content-store.ts';
import { addToConversation, removeConversationItem, removeConversations } from './conversation-work.ts';
import { addFile } from './file-store.ts';
import { foldTallies } from './fold.ts';
import { grant } from './grant.ts';
import { applyGroup } from './group.ts';
import { importHistory } from './history.ts';
import { beginJob, stepJob } from './job-works.ts';
import { beat } from './liveness.ts';
import { limitNotice } from './notices.ts';
import { tellPayment } from './payment-work.ts';
import { recover } from './recover.ts';
import { addRefusals } from './refusal-store.ts';
import { addResponse, removeResponses } from './response-work.ts';
import { columnsOf, generationTable, TRANSFER } from './tables.ts';
import { query, type Value, type Work, type WorkContext } from './work.ts';

/** Every transaction there is, by the name under which another thread or process asks for it. */
export const WORKS = {
  group: applyGroup,
  grant,
  recover,
  credit,
  write,
  writeAll,
  tellPayment,
  importHistory,
  dropMonth,
  audit,
  beat,
  beginJob,
  stepJob,
  addFile,
  addRefusals,
  addResponse,
  removeResponses,
  addToConversation,
  removeConversationItem,
  removeConversations,
  foldTallies,
  addContent,
  removeContents,
  sweepContents,
};
export type WorkName = keyof typeof WORKS;
export type WorkArgument<N extends WorkName> = Parameters<(typeof WORKS)[N]>[0];
export type WorkAnswer<N extends WorkName> = ReturnType<(typeof WORKS)[N]> extends Work<infer T> ? T : never;

/** Begins a work by name. The one place where its argument, which may have come over a channel, loses its exact type. */
export function beginWork(name: WorkName, argument: unknown, context: WorkContext): Work<unknown> {
  const work = WORKS[name] as (argument: unknown, context: WorkContext) => Work<unknown>;
  return work(argument, context);
}

/** Books money that enters an account, once for each id. */
function* credit({ credit, now }: { readonly credit: Credit; readonly now: number }, context: WorkContext): Work<void> {
  const { id, accountId, amount, reason } = credit;
  const row: Value[] = [id, BigInt(Math.floor(now)), 'credit', 'outside', accountId, amount, '', reason];
  const columns = columnsOf(TRANSFER).map((column) => `"${column}"`);
  const marks = columns.map(() => '?').join(', ');
  const booked = yield query(
    `insert into transfer (${columns.join(', ')}) values (${marks}) on conflict (id) do nothing`,
    row,
  );
  if (booked.changes === 0n) return;
  yield query('update account set credits = credits + ? where id = ?', [amount, accountId]);
  context.notify(limitNotice(accountScope(accountId)));
}

export type Statement = { readonly sql: string; readonly parameters: readonly Value[] };
export type Write = {
  readonly statements: readonly Statement[];
  readonly notices: readonly string[];
  /** Done first: it holds up whoever does the same at the same time. */
  readonly lock?: Statement;
  /** Written into the audit log if anything was changed. */
  readonly entry?: Entry;
};

/** Statements of the administration, in one transaction. Answers how many rows the first one changed. */
function* write({ statements, notices, lock, entry }: Write, context: WorkContext): Work<bigint> {
  if (lock) yield query(lock.sql, lock.parameters);
  const before = entry && (yield* seen(entry));
  let first: bigint | undefined;
  for (const { sql, parameters } of statements) {
    const { changes } = yield query(sql, parameters);
    first ??= changes;
  }
  if (entry && before) {
    const after = yield* seen(entry);
    if (first !== 0n || isChanged(before, after)) yield* logged(entry, before, after);
  }
  for (const notice of notices) context.notify(notice);
  return first ?? 0n;
}

const OUTDATED = 'Somebody changed what this was planned on. Nothing was done: please run it again.';

/** All of them, or none: each must find something to change. */
function* writeAll({ writes }: { readonly writes: readonly Write[] }, context: WorkContext): Work<void> {
  for (const one of writes) if ((yield* write(one, context)) === 0n) throw new Error(OUTDATED);
}

function* dropMonth(month: string, context: WorkContext): Work<void> {
  const { changes } = yield query('delete from month where month = ?', [month]);
  if (changes === 0n) return;
  yield query(`drop table "${generationTable(month).name}"`);
  context.months.delete(month);
}
