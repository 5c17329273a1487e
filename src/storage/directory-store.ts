import type {
  DirectoryStore,
  ExternalUser,
  Feedback,
  Group,
  GroupMapping,
  MappedRole,
  SyncJob,
} from '../access/directory.ts';
import type { StoreClient } from './client.ts';
import { numbered, type Row, type Value } from './work.ts';
import { writing } from './writing.ts';

const PAGE_MAX = 100;
/** Tries of an account that are remembered. */
const JOBS_MAX = 100;
const FEEDBACK_MAX = 1_000;

type Sql = readonly [sql: string, parameters: readonly Value[]];
type Hands = {
  readonly read: (sql: string, parameters: readonly Value[]) => Promise<readonly Row[]>;
  /** Rows that the first statement changed. What is no act of administration is told to no log. */
  readonly write: (
    act: { readonly act: string; readonly object: string } | null,
    ...statements: readonly Sql[]
  ) => Promise<bigint>;
  readonly listed: (
    from: string,
    parameters: readonly Value[],
    order: string,
    page: { readonly offset: number; readonly limit: number },
  ) => Promise<{ readonly rows: readonly Row[]; readonly total: number }>;
};

export function openDirectoryStore(client: StoreClient): DirectoryStore {
  const own = client.dialect === 'postgres' ? numbered : (sql: string): string => sql;
  const read: Hands['read'] = async (sql, parameters) => (await client.look(own(sql), parameters)).rows;
  const commit = writing(client);
  const write: Hands['write'] = (act, ...statements) =>
    commit(
      statements.map(([sql, parameters]) => ({ compile: () => ({ sql: own(sql), parameters }) })),
      [],
      act === null ? { untold: true } : { act: { rows: [], ...act } },
    );
  const listed: Hands['listed'] = async (from, parameters, order, { offset, limit }) => {
    const [[count], rows] = await Promise.all([
      read(`select count(*) as total from ${from}`, parameters),
      read(`select * from ${from} order by ${order} limit ${Math.min(limit, PAGE_MAX)} offset ${offset}`, parameters),
    ]);
    return { rows, total: Number(count?.total ?? 0) };
  };
  const hands = { read, write, listed };
  return { ...externalUsers(hands), ...groups(hands), ...mappings(hands), ...feedback(hands) };
}

const time = (ms: number): bigint => BigInt(Math.floor(ms));
const numberOf = (value: Value | undefined): number => Number(value ?? 0);
const textOrNull = (value: Value | undefined): string | null => (typeof value === 'string' ? value : null);
const times = (row: Row) => ({ createdAt: numberOf(row.created_at), updatedAt: numberOf(row.updated_at) });

type Users = Pick<DirectoryStore, 'externalUsers' | 'externalUser' | 'addExternalUser' | 'setExternalUser'>;
const externalUsers = ({ read, write, listed }: Hands): Users => ({
  externalUsers: async (accountId, { user, withInactive, ...page }) => {
    const conditions = ['account_id = ?', ...(user === undefined ? [] : ['name = ?'])];
    const from = `external_user where ${conditions.join(' and ')}${withInactive ? '' : ' and is_active = 1'}`;
    const { rows, total } = await listed(from, user === undefined ? [accountId] : [accountId, user], 'name', page);
    return { rows: rows.map(userOf), total };
  },
  externalUser: async (accountId, user) => {
    const [row] = await read('select * from external_user where account_id = ? and name = ?', [accountId, user]);
    return row ? userOf(row) : null;
  },
  addExternalUser: async (accountId, user, now) =>
    (await write({ act: 'external_user.create', object: user }, [
      `insert into external_user (account_id, name, is_active, created_at, updated_at) values (?, ?, 1, ?, ?)
        on conflict do nothing`,
      [accountId, user, time(now), time(now)],
    ])) > 0n,
  setExternalUser: async (accountId, user, isActive, now) =>
    (await write({ act: 'external_user.change', object: user }, [
      'update external_user set is_active = ?, updated_at = ? where account_id = ? and name = ?',
      [isActive ? 1n : 0n, time(now), accountId, user],
    ])) > 0n,
});
const userOf = (row: Row): ExternalUser => ({ user: String(row.name), isActive: row.is_active === 1n, ...times(row) });

type Groups = Pick<DirectoryStore, 'groups' | 'putGroup' | 'addSyncJob' | 'syncJob'>;
const groups = ({ read, write, listed }: Hands): Groups => ({
  groups: async (accountId, page) => {
    const { rows, total } = await listed('scim_group where account_id = ?', [accountId], 'display_name, id', page);
    return { rows: rows.map(groupOf), total };
  },
  putGroup: async ({ id, accountId, externalId, displayName, createdAt, updatedAt }) => {
    await write(null, [
      `insert into scim_group (id, account_id, external_id, display_name, created_at, updated_at) values (?, ?, ?, ?, ?, ?)
        on conflict (id) do update set external_id = excluded.external_id, display_name = excluded.display_name,
          updated_at = excluded.updated_at where scim_group.account_id = excluded.account_id`,
      [id, accountId, externalId, displayName, time(createdAt), time(updatedAt)],
    ]);
  },
  addSyncJob: async ({ id, accountId, status, error, createdAt, finishedAt }) => {
    await write(
      { act: 'scim.sync', object: id },
      [
        `insert into scim_sync_job (id, account_id, status, error_message, created_at, finished_at)
          values (?, ?, ?, ?, ?, ?)`,
        [id, accountId, status, error, time(createdAt), finishedAt === null ? null : time(finishedAt)],
      ],
      [
        `delete from scim_sync_job where account_id = ? and id not in
          (select id from scim_sync_job where account_id = ? order by created_at desc, id limit ${JOBS_MAX})`,
        [accountId, accountId],
      ],
    );
  },
  syncJob: async (accountId, id) => {
    const [row] = await read('select * from scim_sync_job where id = ? and account_id = ?', [id, accountId]);
    return row ? jobOf(row) : null;
  },
});
const groupOf = (row: Row): Group => ({
  id: String(row.id),
  accountId: String(row.account_id),
  externalId: textOrNull(row.external_id),
  displayName: String(row.display_name),
  ...times(row),
});
const jobOf = (row: Row): SyncJob => ({
  id: String(row.id),
  accountId: String(row.account_id),
  status: row.status as SyncJob['status'],
  error: textOrNull(row.error_message),
  createdAt: numberOf(row.created_at),
  finishedAt: row.finished_at === null ? null : numberOf(row.finished_at),
});

type Mappings = Pick<DirectoryStore, 'mappings' | 'mapping' | 'addMapping' | 'changeMapping' | 'removeMapping'>;
const mappings = ({ read, write, listed }: Hands): Mappings => ({
  mappings: async (accountId, page) => {
    const { rows, total } = await listed(
      'scim_group_mapping where account_id = ?',
      [accountId],
      'created_at, id',
      page,
    );
    return { rows: rows.map(mappingOf), total };
  },
  mapping: async (accountId, id) => {
    const [row] = await read('select * from scim_group_mapping where id = ? and account_id = ?', [id, accountId]);
    return row ? mappingOf(row) : null;
  },
  addMapping: async ({ id, accountId, groupId, workspaceId, role, createdAt }) => {
    const own = [groupId, accountId, workspaceId, accountId];
    const added = await write({ act: 'scim_mapping.create', object: id }, [
      `insert into scim_group_mapping (id, account_id, group_id, workspace_id, role, created_at, updated_at)
        select cast(? as text), cast(? as text), cast(? as text), cast(? as text), cast(? as text), cast(? as bigint),
          cast(? as bigint)
        where exists (select 1 from scim_group g where g.id = ? and g.account_id = ?)
          and exists (select 1 from workspace w where w.id = ? and w.account_id = ?)
        on conflict do nothing`,
      [id, accountId, groupId, workspaceId, role, time(createdAt), time(createdAt), ...own],
    ]);
    if (added > 0n) return 'added';
    const found = await read(
      `select 1 as there from scim_group g where g.id = ? and g.account_id = ?
        and exists (select 1 from workspace w where w.id = ? and w.account_id = ?)`,
      own,
    );
    return found.length > 0 ? 'taken' : 'missing';
  },
  changeMapping: async (accountId, id, role, now) =>
    (await write({ act: 'scim_mapping.change', object: id }, [
      'update scim_group_mapping set role = ?, updated_at = ? where id = ? and account_id = ?',
      [role, time(now), id, accountId],
    ])) > 0n,
  removeMapping: async (accountId, id) =>
    (await write({ act: 'scim_mapping.delete', object: id }, [
      'delete from scim_group_mapping where id = ? and account_id = ?',
      [id, accountId],
    ])) > 0n,
});
const mappingOf = (row: Row): GroupMapping => ({
  id: String(row.id),
  accountId: String(row.account_id),
  groupId: String(row.group_id),
  workspaceId: String(row.workspace_id),
  role: row.role as MappedRole,
  ...times(row),
});

const feedback = ({ read, write }: Hands): Pick<DirectoryStore, 'putFeedback' | 'feedback'> => ({
  putFeedback: async ({ accountId, workspaceId, generationId, by, category, comment, createdAt }) => {
    await write(null, [
      `insert into generation_feedback (account_id, generation_id, member_id, category, workspace_id, comment, created_at)
        values (?, ?, ?, ?, ?, ?, ?)
        on conflict (account_id, generation_id, member_id, category) do update set comment = excluded.comment,
          created_at = excluded.created_at`,
      [accountId, generationId, by, category, workspaceId, comment, time(createdAt)],
    ]);
  },
  feedback: async (accountId, generationId) => {
    const rows = await read(
      `select * from generation_feedback where account_id = ? and generation_id = ?
        order by created_at desc limit ${FEEDBACK_MAX}`,
      [accountId, generationId],
    );
    return rows.map(feedbackOf);
  },
});
const feedbackOf = (row: Row): Feedback => ({
  accountId: String(row.account_id),
  workspaceId: String(row.workspace_id),
  generationId: String(row.generation_id),
  by: String(row.member_id),
  category: row.category as Feedback['category'],
  comment: textOrNull(row.comment),
  createdAt: numberOf(row.created_at),
});
