import { sql } from 'kysely';
import type { AccessStore, CountLimits, Key } from '../access/store.ts';
import { nano } from '../base/money.ts';
import type { Reset } from '../base/period.ts';
import { COUNTS, countScope, intervalOf, keyScope, type Scope } from '../facts/scope.ts';
import { putting } from './budget-store.ts';
import { keyGone } from './content-store.ts';
import type { StoreDatabase } from './kysely.ts';
import type { ApiKeyRow, StoreTables } from './schema.ts';
import type { Compilable } from './writing.ts';

const PAGE_MAX = 500;

type Change = Parameters<AccessStore['changeKey']>[1];

/** Its own limit is a budget of the key's scope. */
const withLimit = (database: StoreDatabase) =>
  database
    .selectFrom('api_key')
    .leftJoin('budget', (join) =>
      join.on('budget.scope', '=', sql<string>`'key:' || api_key.hash`).on('budget.source', '=', sql.lit('')),
    )
    .selectAll('api_key')
    .select(['budget.amount as limit', 'budget.interval as interval', 'budget.with_byok as with_byok']);

/** Keys as they are read: by hash, which is the primary key, or in pages of an account's. */
export function keysIn(
  looking: StoreDatabase,
  database: StoreDatabase,
): Pick<
  AccessStore,
  'findKeys' | 'hasManagement' | 'limitedCounts' | 'countingByok' | 'listKeys' | 'keysBeginning' | 'hasKeys'
> {
  return {
    findKeys: async (hashes) => {
      const rows = await withLimit(looking).where('hash', 'in', hashes).execute();
      return new Map(rows.map((row) => [row.hash, keyOf(row)]));
    },
    ...limitsIn(looking),
    hasManagement: async ({ accountId, except }) => {
      const rows = await database
        .selectFrom('api_key')
        .select('hash')
        .where('account_id', '=', accountId)
        .where('is_management', '=', 1n)
        .where('disabled', '=', 0n)
        .where('hash', '<>', except)
        .limit(1)
        .execute();
      return rows.length > 0;
    },
    listKeys: async ({ accountId, workspaceId, withDisabled, except, creatorUserId, offset, limit }) => {
      let asked = database.selectFrom('api_key').where('account_id', '=', accountId);
      if (workspaceId !== undefined) asked = asked.where('workspace_id', '=', workspaceId);
      if (creatorUserId !== undefined) asked = asked.where('creator_user_id', '=', creatorUserId);
      if (except !== undefined) asked = asked.where('hash', '<>', except);
      if (!withDisabled) asked = asked.where('disabled', '=', 0n);
      const [{ total }, rows] = await Promise.all([
        asked.select(({ fn }) => fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow(),
        // The page is found in the index alone; only its own rows are read.
        withLimit(database)
          .where(
            'hash',
            'in',
            asked
              .select('hash')
              .orderBy('created_at', 'desc')
              .orderBy('hash', 'desc')
              .limit(Math.min(limit, PAGE_MAX))
              .offset(offset),
          )
          .orderBy('api_key.created_at', 'desc')
          .orderBy('hash', 'desc')
          .execute(),
      ]);
      return { keys: rows.map(keyOf), total: Number(total) };
    },
    keysBeginning: async (beginning, limit) => {
      // Hashes are hex: nothing that begins so lies beyond this.
      const rows = await withLimit(database)
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

/** What of owners is limited, and how. */
const limitsIn = (looking: StoreDatabase): Pick<AccessStore, 'limitedCounts' | 'countingByok'> => ({
  limitedCounts: async (owners) => {
    const scopes = [...new Set(owners)].flatMap((owner) => COUNTS.map((count) => countScope(count, owner)));
    const rows = await looking
      .selectFrom('budget')
      .select('scope')
      .where('scope', 'in', scopes)
      .where('amount', 'is not', null)
      .execute();
    return rows.map(({ scope }) => scope as Scope);
  },
  countingByok: async (owners) => {
    const rows = await looking
      .selectFrom('budget')
      .select('scope')
      .distinct()
      .where('scope', 'in', [...new Set(owners)])
      .where('amount', 'is not', null)
      .where('with_byok', '=', 1n)
      .execute();
    return rows.map(({ scope }) => scope as Scope);
  },
});

/** The first of the statements tells whether there was no such key. */
export function addingKey(database: StoreDatabase, key: Key, counts: CountLimits = {}): readonly Compilable[] {
  const counting = countsOf(database, key.hash, counts, key.createdAt);
  const insert = database
    .insertInto('api_key')
    .values(rowOf(key))
    .onConflict((conflict) => conflict.column('hash').doNothing());
  if (key.limit === null && key.limitReset === null && !key.includeByokInLimit) return [insert, ...counting];
  return [insert, firstBudget(database, key.hash, key.createdAt), ...limiting(database, key.hash, key), ...counting];
}

/** The first tells whether there is such a key. */
export function changingKey(database: StoreDatabase, hash: string, change: Change): readonly Compilable[] {
  const update = database.updateTable('api_key').set(changesOf(change)).where('hash', '=', hash);
  const counting = countsOf(database, hash, change.counts ?? {}, change.updatedAt);
  const { limit, limitReset, includeByokInLimit } = change;
  if (limit === undefined && limitReset === undefined && includeByokInLimit === undefined) return [update, ...counting];
  return [update, firstBudget(database, hash, change.updatedAt), ...limiting(database, hash, change), ...counting];
}

export function removingKey(database: StoreDatabase, hash: string): readonly Compilable[] {
  const owner = keyScope(hash);
  const scopes = [owner, ...COUNTS.map((count) => countScope(count, owner))];
  return [
    database.deleteFrom('api_key').where('hash', '=', hash),
    database.deleteFrom('budget').where('scope', 'in', scopes),
    database.deleteFrom('guardrail_assignment').where('scope', '=', owner),
    goneNow(database, keyGone(hash)),
  ];
}

/** Nothing of its contents is there any more, and none comes late. */
export const goneNow = (database: StoreDatabase, scope: string): Compilable =>
  database
    .insertInto('content_gone')
    .values({ scope, at: BigInt(Date.now()) })
    .onConflict((conflict) => conflict.doNothing());

/** A key that is there has the budget that its limit is written to. */
const firstBudget = (database: StoreDatabase, hash: string, now: number): Compilable => ({
  compile: () =>
    sql`insert into budget (scope, source, "interval", with_byok, created_at)
      select 'key:' || hash, '', 'lifetime', 0, ${BigInt(Math.floor(now))} from api_key where hash = ${hash}
      and not exists (select 1 from budget where scope = ${keyScope(hash)} and source = '')`.compile(database),
});

/** Each count's limit put, or taken away. */
function countsOf(database: StoreDatabase, hash: string, counts: CountLimits, now: number): readonly Compilable[] {
  return COUNTS.flatMap((count) => {
    const limit = counts[count];
    const scope = countScope(count, keyScope(hash));
    if (limit === undefined) return [];
    if (limit === null) return [database.deleteFrom('budget').where('scope', '=', scope).where('source', '=', '')];
    const budget = { scope, source: '', interval: intervalOf(count), amount: BigInt(limit), withByok: false };
    return [putting(database, budget, now)];
  });
}

function limiting(
  database: StoreDatabase,
  hash: string,
  { limit, limitReset, includeByokInLimit }: Partial<Pick<Key, 'limit' | 'limitReset' | 'includeByokInLimit'>>,
): readonly Compilable[] {
  const values: Partial<StoreTables['budget']> = {
    ...(limit !== undefined && { amount: limit }),
    ...(limitReset !== undefined && { interval: limitReset ?? 'lifetime' }),
    ...(includeByokInLimit !== undefined && { with_byok: flag(includeByokInLimit) }),
  };
  return [database.updateTable('budget').set(values).where('scope', '=', keyScope(hash)).where('source', '=', '')];
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
  expires_at: time(key.expiresAt),
  created_at: BigInt(key.createdAt),
  updated_at: time(key.updatedAt),
  creator_user_id: key.creatorUserId,
  external_user: key.externalUser,
});

type LimitedRow = ApiKeyRow & {
  readonly limit: bigint | null;
  readonly interval: string | null;
  readonly with_byok: bigint | null;
};

const keyOf = (row: LimitedRow): Key => ({
  hash: row.hash,
  name: row.name,
  label: row.label,
  accountId: row.account_id,
  workspaceId: row.workspace_id,
  isManagement: row.is_management === 1n,
  disabled: row.disabled === 1n,
  limit: row.limit === null ? null : nano(row.limit),
  limitReset: row.interval === null || row.interval === 'lifetime' ? null : (row.interval as Reset),
  includeByokInLimit: row.with_byok === 1n,
  expiresAt: row.expires_at === null ? null : Number(row.expires_at),
  createdAt: Number(row.created_at),
  updatedAt: row.updated_at === null ? null : Number(row.updated_at),
  creatorUserId: row.creator_user_id,
  externalUser: row.external_user,
});

function changesOf(change: Change): Partial<ApiKeyRow> {
  return {
    updated_at: BigInt(change.updatedAt),
    ...(change.name !== undefined && { name: change.name }),
    ...(change.disabled !== undefined && { disabled: flag(change.disabled) }),
    ...(change.isManagement !== undefined && { is_management: flag(change.isManagement) }),
    ...(change.expiresAt !== undefined && { expires_at: time(change.expiresAt) }),
  };
}
