import { sql } from 'kysely';
import type { Owned, ProviderKeyStore, SealedKey } from '../access/provider-keys.ts';
import { parseJson } from '../base/json.ts';
import type { StoreClient } from './client.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import { OPERATOR_KEYS, ownKeysNotice } from './notices.ts';
import type { ProviderKeyRow } from './schema.ts';
import { type Committing, type Compilable, writing } from './writing.ts';

const PAGE_MAX = 100;

const actOn = (verb: string, id: string): Committing => ({
  act: { act: `provider-key.${verb}`, rows: [{ table: 'provider_key', column: 'id', value: id }] },
});

export function openProviderKeyStore(client: StoreClient, database: StoreDatabase): ProviderKeyStore {
  const write = writing(client);
  const looking = openKysely({ ...client, query: client.look });
  const noticesOf = ({ payer, accountId }: Owned): readonly string[] => [
    payer === 'operator' ? OPERATOR_KEYS : ownKeysNotice(accountId),
  ];
  return {
    list: async ({ accountId, payer, workspaceId, provider, offset, limit }) => {
      let asked = database.selectFrom('provider_key').where('account_id', '=', accountId).where('payer', '=', payer);
      if (provider !== undefined) asked = asked.where('provider', '=', provider);
      if (workspaceId !== undefined)
        asked = asked.where((where) =>
          where.or([where('workspace_id', '=', workspaceId), where('workspace_id', 'is', null)]),
        );
      const [{ total }, rows] = await Promise.all([
        asked.select(({ fn }) => fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow(),
        asked
          .selectAll()
          .orderBy('provider')
          .orderBy('sort_order')
          .orderBy('created_at')
          .orderBy('id')
          .limit(Math.min(limit, PAGE_MAX))
          .offset(offset)
          .execute(),
      ]);
      return { keys: rows.map((row) => withoutEnvelope(keyOf(row))), total: Number(total) };
    },
    find: async ({ accountId, payer }, id) => {
      const row = await database
        .selectFrom('provider_key')
        .selectAll()
        .where('id', '=', id)
        .where('account_id', '=', accountId)
        .where('payer', '=', payer)
        .executeTakeFirst();
      return row ? keyOf(row) : null;
    },
    add: async (key, most) =>
      (await write([adding(database, rowOf(key), most)], noticesOf(key), actOn('create', key.id))) > 0n,
    change: async (owned, id, change) => {
      const update = database
        .updateTable('provider_key')
        .set(changesOf(change))
        .where('id', '=', id)
        .where('account_id', '=', owned.accountId)
        .where('payer', '=', owned.payer);
      const verb = change.envelope === undefined ? 'change' : 'rotate';
      return (await write([update], noticesOf(owned), actOn(verb, id))) > 0n;
    },
    remove: async (owned, id) => {
      const removal = database
        .deleteFrom('provider_key')
        .where('id', '=', id)
        .where('account_id', '=', owned.accountId)
        .where('payer', '=', owned.payer);
      return (await write([removal], noticesOf(owned), actOn('delete', id))) > 0n;
    },
    usedBy: async (accounts) => {
      if (accounts.length === 0) return [];
      const rows = await inUse(looking).where('payer', '=', 'account').where('account_id', 'in', accounts).execute();
      return rows.map(keyOf);
    },
    usedByOperator: async () => (await inUse(looking).where('payer', '=', 'operator').execute()).map(keyOf),
  };
}

/** Those that are switched on, in the order in which they are tried. */
const inUse = (looking: StoreDatabase) =>
  looking
    .selectFrom('provider_key')
    .selectAll()
    .where('disabled', '=', 0n)
    .orderBy('sort_order')
    .orderBy('created_at')
    .orderBy('id');

/** In one statement, so that two at once do not get the same place, nor one too many. */
const adding = (database: StoreDatabase, row: ProviderKeyRow, most: number): Compilable => {
  const { sort_order: _, ...values } = row;
  const columns = Object.keys(values);
  const own = sql`account_id = ${row.account_id} and payer = ${row.payer}`;
  return {
    compile: () =>
      sql`insert into provider_key (${sql.join(columns.map((column) => sql.ref(column)))}, sort_order)
        select ${sql.join(Object.entries(values).map(([name, value]) => typed(name, value)))},
          (select coalesce(max(sort_order) + 1, 0) from provider_key where ${own} and provider = ${row.provider})
        where (select count(*) from provider_key where ${own}) < ${BigInt(most)}`.compile(database),
  };
};

/** PostgreSQL takes a bare parameter of a select for text. */
const typed = (name: string, value: string | bigint | null) =>
  NUMBERS.has(name) ? sql`cast(${value} as bigint)` : sql`cast(${value} as text)`;
const NUMBERS: ReadonlySet<string> = new Set([
  'weight',
  'disabled',
  'is_fallback',
  'is_required',
  'is_byok_only',
  'declared_zdr',
  'created_at',
  'updated_at',
]);

function withoutEnvelope({ envelope: _, ...key }: SealedKey) {
  return key;
}

const flag = (value: boolean): bigint => (value ? 1n : 0n);
const maybeFlag = (value: boolean | null): bigint | null => (value === null ? null : flag(value));
const listText = (list: readonly string[] | null): string | null => (list === null ? null : JSON.stringify(list));
function listOf(text: string | null): readonly string[] | null {
  if (text === null) return null;
  const list = parseJson(text);
  return Array.isArray(list) ? list.map(String) : [];
}

const rowOf = (key: SealedKey): ProviderKeyRow => ({
  id: key.id,
  payer: key.payer,
  account_id: key.accountId,
  workspace_id: key.workspaceId,
  provider: key.provider,
  name: key.name,
  label: key.label,
  secret: key.envelope,
  weight: BigInt(key.weight),
  disabled: flag(key.disabled),
  sort_order: BigInt(key.sortOrder),
  is_fallback: flag(key.isFallback),
  is_required: flag(key.isRequired),
  is_byok_only: flag(key.isByokOnly),
  declared_zdr: maybeFlag(key.declaredZdr),
  allowed_models: listText(key.allowedModels),
  allowed_keys: listText(key.allowedKeys),
  allowed_members: listText(key.allowedMembers),
  created_at: BigInt(Math.floor(key.createdAt)),
  updated_at: key.updatedAt === null ? null : BigInt(Math.floor(key.updatedAt)),
});

const keyOf = (row: ProviderKeyRow): SealedKey => ({
  id: row.id,
  payer: row.payer === 'operator' ? 'operator' : 'account',
  accountId: row.account_id,
  workspaceId: row.workspace_id,
  provider: row.provider,
  name: row.name,
  label: row.label,
  envelope: row.secret,
  weight: Number(row.weight),
  disabled: row.disabled === 1n,
  sortOrder: Number(row.sort_order),
  isFallback: row.is_fallback === 1n,
  isRequired: row.is_required === 1n,
  isByokOnly: row.is_byok_only === 1n,
  declaredZdr: row.declared_zdr === null ? null : row.declared_zdr === 1n,
  allowedModels: listOf(row.allowed_models),
  allowedKeys: listOf(row.allowed_keys),
  allowedMembers: listOf(row.allowed_members),
  createdAt: Number(row.created_at),
  updatedAt: row.updated_at === null ? null : Number(row.updated_at),
});

type Change = Parameters<ProviderKeyStore['change']>[2];

const changesOf = (change: Change): Partial<ProviderKeyRow> => ({
  updated_at: BigInt(Math.floor(change.updatedAt)),
  ...(change.envelope !== undefined && { secret: change.envelope }),
  ...(change.name !== undefined && { name: change.name }),
  ...(change.label !== undefined && { label: change.label }),
  ...(change.weight !== undefined && { weight: BigInt(change.weight) }),
  ...(change.disabled !== undefined && { disabled: flag(change.disabled) }),
  ...(change.sortOrder !== undefined && { sort_order: BigInt(change.sortOrder) }),
  ...(change.isFallback !== undefined && { is_fallback: flag(change.isFallback) }),
  ...(change.isRequired !== undefined && { is_required: flag(change.isRequired) }),
  ...(change.isByokOnly !== undefined && { is_byok_only: flag(change.isByokOnly) }),
  ...(change.declaredZdr !== undefined && { declared_zdr: maybeFlag(change.declaredZdr) }),
  ...(change.allowedModels !== undefined && { allowed_models: listText(change.allowedModels) }),
  ...(change.allowedKeys !== undefined && { allowed_keys: listText(change.allowedKeys) }),
  ...(change.allowedMembers !== undefined && { allowed_members: listText(change.allowedMembers) }),
});
