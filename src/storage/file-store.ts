import type { FilePage, FileQuota, FileRecord, FileStore } from '../files/store.ts';
import type { StoreClient } from './client.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import type { StoredFileRow } from './schema.ts';
import { query, type Value, type Work, type WorkContext } from './work.ts';

const LEAVING_PAGE = 100;

export function openFileStore(client: StoreClient, database: StoreDatabase): FileStore {
  const looking = openKysely({ ...client, query: client.look });
  const present = (workspaceId: string, now: number) =>
    looking
      .selectFrom('stored_file')
      .where('workspace_id', '=', workspaceId)
      .where('state', '=', 'kept')
      .where(({ eb, or }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', BigInt(Math.floor(now)))]));
  const page = async (
    workspaceId: string,
    { limit, order, after, purpose }: Omit<FilePage, 'before'>,
    now: number,
  ): ReturnType<FileStore['list']> => {
    let rows = present(workspaceId, now)
      .selectAll()
      .orderBy('id', order)
      .limit(limit + 1);
    if (after !== undefined) rows = rows.where('id', order === 'asc' ? '>' : '<', after);
    if (purpose !== undefined) rows = rows.where('purpose', '=', purpose);
    const found = (await rows.execute()).map(fileOf);
    return { files: found.slice(0, limit), hasMore: found.length > limit };
  };
  return {
    add: (file, quota) => client.work('addFile', { file: rowOf(file), quota }),
    arrived: async (id) => {
      const arriving = database.updateTable('stored_file').where('id', '=', id).where('state', '=', 'arriving');
      await arriving.set({ state: 'kept' }).execute();
    },
    find: async (workspaceId, ids, now) => {
      const rows = await present(workspaceId, now)
        .selectAll()
        .where('id', 'in', [...ids])
        .execute();
      return rows.map(fileOf);
    },
    list: async (workspaceId, { before, ...asked }, now) => {
      if (before === undefined) return page(workspaceId, asked, now);
      const order = asked.order === 'asc' ? 'desc' : 'asc';
      const { files, hasMore } = await page(workspaceId, { ...asked, order, after: before }, now);
      return { files: files.toReversed(), hasMore };
    },
    used: async (workspaceId) => {
      const row = await looking
        .selectFrom('stored_file')
        .select(({ fn }) => [fn.sum<bigint | string | null>('bytes').as('bytes'), fn.countAll<bigint>().as('files')])
        .where('workspace_id', '=', workspaceId)
        .where('state', '<>', 'leaving')
        .executeTakeFirstOrThrow();
      return { bytes: Number(row.bytes ?? 0), files: Number(row.files) };
    },
    remove: async (workspaceId, id, now) => {
      const at = BigInt(Math.floor(now));
      const { numUpdatedRows } = await database
        .updateTable('stored_file')
        .set({ state: 'leaving' })
        .where('id', '=', id)
        .where('workspace_id', '=', workspaceId)
        .where('state', '=', 'kept')
        .where(({ eb, or }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', at)]))
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    ...clearing(looking, database),
  };
}

function clearing(looking: StoreDatabase, database: StoreDatabase): Pick<FileStore, 'leaving' | 'forget'> {
  return {
    leaving: async (now, arrivingBefore) => {
      const rows = await looking
        .selectFrom('stored_file')
        .select('id')
        .where(({ and, eb, or }) =>
          or([
            eb('state', '=', 'leaving'),
            eb('expires_at', '<=', BigInt(Math.floor(now))),
            and([eb('state', '=', 'arriving'), eb('created_at', '<', BigInt(Math.floor(arrivingBefore)))]),
          ]),
        )
        // In no order: by id it would look at every file there is.
        .limit(LEAVING_PAGE)
        .execute();
      return rows.map(({ id }) => id);
    },
    forget: async (ids) => {
      if (ids.length > 0)
        await database
          .deleteFrom('stored_file')
          .where('id', 'in', [...ids])
          .execute();
    },
  };
}

/** One file more, if the workspace has room: whoever adds to it at the same time waits. */
export function* addFile(
  { file, quota }: { readonly file: StoredFileRow; readonly quota: FileQuota },
  { dialect }: WorkContext,
): Work<boolean> {
  const { workspace_id: workspace } = file;
  if (dialect === 'postgres')
    yield query('select pg_advisory_xact_lock(hashtext(?))', [`switchwright:files:${workspace}`]);
  const { rows } = yield query(
    "select coalesce(sum(bytes), 0) as bytes, count(*) as files from stored_file where workspace_id = ? and state <> 'leaving'",
    [workspace],
  );
  const used = { bytes: Number(rows[0]?.bytes ?? 0), files: Number(rows[0]?.files ?? 0) };
  if (used.bytes + Number(file.bytes) > quota.bytes || used.files + 1 > quota.files) return false;
  const columns = Object.keys(file) as (keyof StoredFileRow)[];
  const marks = columns.map(() => '?').join(', ');
  const values: Value[] = columns.map((column) => file[column]);
  yield query(`insert into stored_file (${columns.join(', ')}) values (${marks})`, values);
  return true;
}

const rowOf = (file: FileRecord): StoredFileRow => ({
  id: file.id,
  account_id: file.accountId,
  workspace_id: file.workspaceId,
  key_id: file.keyId,
  filename: file.filename,
  media_type: file.mediaType,
  bytes: BigInt(file.size),
  purpose: file.purpose,
  state: 'arriving',
  created_at: BigInt(Math.floor(file.createdAt)),
  expires_at: file.expiresAt === null ? null : BigInt(Math.floor(file.expiresAt)),
});

const fileOf = (row: StoredFileRow): FileRecord => ({
  id: row.id,
  accountId: row.account_id,
  workspaceId: row.workspace_id,
  keyId: row.key_id,
  filename: row.filename,
  mediaType: row.media_type,
  size: Number(row.bytes),
  purpose: row.purpose,
  createdAt: Number(row.created_at),
  expiresAt: row.expires_at === null ? null : Number(row.expires_at),
});
