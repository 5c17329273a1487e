import type { SelectQueryBuilder } from 'kysely';
import type { AccessStore, Key, KeyUsage, SessionRecord, Spent } from '../access/store.ts';
import { nano } from '../base/money.ts';
import { periodStart, type Reset } from '../base/period.ts';
import { accountScope, keyScope } from '../ledger/store.ts';
import type { StoreClient } from './client.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import { accessChange, keyNotice, limitNotice, sessionNotice } from './notices.ts';
import type { ApiKeyRow, SessionRow, StoreTables } from './schema.ts';
import type { Value } from './work.ts';

/** Keys looked up in one query; more are asked for in turns. */
const HASHES_MAX = 200;
const PAGE_MAX = 500;
const PERIODS = { total: null, daily: 'daily', weekly: 'weekly', monthly: 'monthly' } as const;

type Compilable = { readonly compile: () => { readonly sql: string; readonly parameters: readonly unknown[] } };

export function openAccessStore(client: StoreClient, database: StoreDatabase): AccessStore {
  /** Commits the queries together and tells every process what changed. Answers how many rows the first one changed. */
  const write = (queries: readonly Compilable[], notices: readonly string[]): Promise<bigint> => {
    const statements = queries.map((query) => {
      const { sql, parameters } = query.compile();
      return { sql, parameters: parameters as readonly Value[] };
    });
    return client.work('write', { statements, notices });
  };

  const looking = openKysely({ ...client, query: client.look });
  const tooOld = (table: 'sign_in' | 'session', now: number) =>
    database.deleteFrom(table).where('expires_at', '<=', BigInt(Math.floor(now)));

  return {
    ...keysIn(looking, database),
    addKey: async (key) => {
      const insert = database
        .insertInto('api_key')
        .values(rowOf(key))
        .onConflict((conflict) => conflict.column('hash').doNothing());
      return (await write([insert], changeOf(key.hash))) > 0n;
    },
    changeKey: async (hash, change) => {
      const update = database.updateTable('api_key').set(changesOf(change)).where('hash', '=', hash);
      return (await write([update], changeOf(hash))) > 0n;
    },
    removeKey: async (hash) =>
      (await write([database.deleteFrom('api_key').where('hash', '=', hash)], changeOf(hash))) > 0n,
    usage: (hashes, now) => usageOf(database, hashes, now),
    addAccount: async ({ id, name }) => {
      const insert = database
        .insertInto('account')
        .values({ id, name, prepaid: 0n, credits: 0n })
        .onConflict((conflict) => conflict.column('id').doNothing());
      await write([insert], [limitNotice(accountScope(id))]);
    },
    addSignIn: async (signIn, now) => {
      await write([database.insertInto('sign_in').values(sessionRow(signIn)), tooOld('sign_in', now)], []);
    },
    takeSignIn: async (hash, now) => {
      const rows = await database.deleteFrom('sign_in').where('hash', '=', hash).returningAll().execute();
      const signIn = rows[0] && sessionOf(rows[0]);
      return signIn && signIn.expiresAt > now ? signIn : null;
    },
    addSession: async (session, now) => {
      const insert = database.insertInto('session').values(sessionRow(session));
      await write([insert, tooOld('session', now)], [sessionNotice(session.hash)]);
    },
    removeSession: async (hash) => {
      await write([database.deleteFrom('session').where('hash', '=', hash)], [sessionNotice(hash)]);
    },
    findSessions: async (hashes) => {
      const rows = await looking.selectFrom('session').selectAll().where('hash', 'in', hashes).execute();
      return new Map(rows.map((row) => [row.hash, sessionOf(row)]));
    },
    onChange: (listener) =>
      client.onNotice((notice) => {
        const change = accessChange(notice);
        if (change) listener(change);
      }),
  };
}

const changeOf = (hash: string): readonly string[] => [keyNotice(hash), limitNotice(keyScope(hash))];

type KeyRows<O> = SelectQueryBuilder<StoreTables, 'api_key', O>;
const newest = <O>(rows: KeyRows<O>): KeyRows<O> => rows.orderBy('created_at', 'desc').orderBy('hash', 'desc');

/** Keys as they are read: by hash, which is the primary key, or in pages of an account's. */
function keysIn(
  looking: StoreDatabase,
  database: StoreDatabase,
): Pick<AccessStore, 'findKeys' | 'listKeys' | 'keysBeginning' | 'hasKeys'> {
  return {
    findKeys: async (hashes) => {
      const rows = await looking.selectFrom('api_key').selectAll().where('hash', 'in', hashes).execute();
      return new Map(rows.map((row) => [row.hash, keyOf(row)]));
    },
    listKeys: async ({ accountId, workspaceId, withDisabled, offset, limit }) => {
      let asked = database.selectFrom('api_key').where('account_id', '=', accountId);
      if (workspaceId !== undefined) asked = asked.where('workspace_id', '=', workspaceId);
      if (!withDisabled) asked = asked.where('disabled', '=', 0n);
      const [{ total }, rows] = await Promise.all([
        asked.select(({ fn }) => fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow(),
        // The page is found in the index alone; only its own rows are read.
        database
          .selectFrom('api_key')
          .selectAll()
          .where('hash', 'in', newest(asked.select('hash')).limit(Math.min(limit, PAGE_MAX)).offset(offset))
          .$call(newest)
          .execute(),
      ]);
      return { keys: rows.map(keyOf), total: Number(total) };
    },
    keysBeginning: async (beginning, limit) => {
      // Hashes are hex: nothing that begins so lies beyond this.
      const rows = await database
        .selectFrom('api_key')
        .selectAll()
        .where('hash', '>=', beginning)
        .where('hash', '<', `${beginning}g`)
        .limit(limit)
        .execute();
      return rows.map(keyOf);
    },
    hasKeys: async () =>
      (await looking.selectFrom('api_key').select('hash').where('hash', '>', '').limit(1).execute()).length > 0,
  };
}

async function usageOf(
  database: StoreDatabase,
  hashes: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, KeyUsage>> {
  const starts = Object.values(PERIODS).map((reset) => periodStart(reset, now) ?? '');
  // The Monday may lie before the first of the month.
  const earliest = starts.filter((day) => day !== '').sort()[0] ?? '';
  const byScope = new Map<string, { readonly day: string; readonly cost: bigint; readonly byok_cost: bigint }[]>();
  for (let at = 0; at < hashes.length; at += HASHES_MAX) {
    const scopes = hashes.slice(at, at + HASHES_MAX).map(keyScope);
    const rows = await database
      .selectFrom('usage')
      .selectAll()
      .where('scope', 'in', scopes)
      .where((where) => where.or([where('day', '=', 'all'), where('day', '>=', earliest)]))
      .execute();
    for (const row of rows) byScope.set(row.scope, [...(byScope.get(row.scope) ?? []), row]);
  }
  const lastDays = await lastDaysOf(database, hashes);
  const spent = (hash: string, reset: Reset | null): Spent => {
    const since = periodStart(reset, now);
    const rows = (byScope.get(keyScope(hash)) ?? []).filter(({ day }) =>
      since === null ? day === 'all' : day !== 'all' && day >= since,
    );
    return {
      cost: nano(rows.reduce((sum, row) => sum + row.cost, 0n)),
      byokCost: nano(rows.reduce((sum, row) => sum + row.byok_cost, 0n)),
    };
  };
  const usage = (hash: string): KeyUsage => ({
    total: spent(hash, PERIODS.total),
    daily: spent(hash, PERIODS.daily),
    weekly: spent(hash, PERIODS.weekly),
    monthly: spent(hash, PERIODS.monthly),
    lastDay: lastDays.get(keyScope(hash)) ?? null,
  });
  return new Map(hashes.map((hash) => [hash, usage(hash)]));
}

async function lastDaysOf(database: StoreDatabase, hashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const days = new Map<string, string>();
  for (let at = 0; at < hashes.length; at += HASHES_MAX) {
    const rows = await database
      .selectFrom('usage')
      .select(({ fn }) => ['scope', fn.max('day').as('day')])
      .where('scope', 'in', hashes.slice(at, at + HASHES_MAX).map(keyScope))
      .where('day', '<>', 'all')
      .groupBy('scope')
      .execute();
    for (const { scope, day } of rows) days.set(scope, day);
  }
  return days;
}

const flag = (value: boolean): bigint => (value ? 1n : 0n);
const time = (value: number | null): bigint | null => (value === null ? null : BigInt(value));

const rowOf = (key: Key): ApiKeyRow => ({
  hash: key.hash,
  name: key.name,
  label: key.label,
  account_id: key.accountId,
  workspace_id: key.workspaceId,
  is_management: flag(key.isManagement),
  disabled: flag(key.disabled),
  limit_nano: key.limit,
  limit_reset: key.limitReset,
  include_byok_in_limit: flag(key.includeByokInLimit),
  expires_at: time(key.expiresAt),
  created_at: BigInt(key.createdAt),
  updated_at: time(key.updatedAt),
  creator_user_id: key.creatorUserId,
});

const keyOf = (row: ApiKeyRow): Key => ({
  hash: row.hash,
  name: row.name,
  label: row.label,
  accountId: row.account_id,
  workspaceId: row.workspace_id,
  isManagement: row.is_management === 1n,
  disabled: row.disabled === 1n,
  limit: row.limit_nano === null ? null : nano(row.limit_nano),
  limitReset: row.limit_reset as Reset | null,
  includeByokInLimit: row.include_byok_in_limit === 1n,
  expiresAt: row.expires_at === null ? null : Number(row.expires_at),
  createdAt: Number(row.created_at),
  updatedAt: row.updated_at === null ? null : Number(row.updated_at),
  creatorUserId: row.creator_user_id,
});

function changesOf(change: Parameters<AccessStore['changeKey']>[1]): Partial<ApiKeyRow> {
  return {
    updated_at: BigInt(change.updatedAt),
    ...(change.name !== undefined && { name: change.name }),
    ...(change.disabled !== undefined && { disabled: flag(change.disabled) }),
    ...(change.isManagement !== undefined && { is_management: flag(change.isManagement) }),
    ...(change.limit !== undefined && { limit_nano: change.limit }),
    ...(change.limitReset !== undefined && { limit_reset: change.limitReset }),
    ...(change.includeByokInLimit !== undefined && { include_byok_in_limit: flag(change.includeByokInLimit) }),
    ...(change.expiresAt !== undefined && { expires_at: time(change.expiresAt) }),
  };
}

const sessionRow = (session: SessionRecord): SessionRow => ({
  hash: session.hash,
  account_id: session.accountId,
  expires_at: BigInt(session.expiresAt),
});
const sessionOf = (row: SessionRow): SessionRecord => ({
  hash: row.hash,
  accountId: row.account_id,
  expiresAt: Number(row.expires_at),
});
