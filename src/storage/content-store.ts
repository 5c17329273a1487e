import type { ContentSelection, ContentStore, LoggingWish, SealedContent } from '../gateway/contents/content.ts';
import type { StoreClient } from './client.ts';
import { ACCESS, CONTENTS } from './notices.ts';
import { numbered, query, type Row, type Value, type Work } from './work.ts';
import { writing } from './writing.ts';

/** So many are deleted in one transaction. */
const BATCH = 200;
const WORKSPACES_MAX = 10_000;
const PPM = 1_000_000;
/** A key or a workspace that is gone is remembered so long, so that nothing of it comes late. */
const GONE_MS = 86_400_000;

export const keyGone = (hash: string): string => `key ${hash}`;
export const workspaceGone = (id: string): string => `workspace ${id}`;

export function openContentStore(client: StoreClient): ContentStore {
  const own = client.dialect === 'postgres' ? numbered : (sql: string): string => sql;
  const read = async (sql: string, parameters: readonly Value[]): Promise<readonly Row[]> =>
    (await client.look(own(sql), parameters)).rows;
  return {
    wishes: async (ids) => {
      if (ids.length === 0) return new Map();
      const marks = ids.map(() => '?').join(', ');
      return wishesIn(await read(`select * from content_logging where workspace_id in (${marks})`, ids));
    },
    logged: async () =>
      wishesIn(await read(`select * from content_logging where enabled = 1 limit ${WORKSPACES_MAX}`, [])),
    wish: async ({ workspaceId, accountId }, { enabled, rate, keys }) => {
      const statement = {
        sql: own(
          `insert into content_logging (workspace_id, account_id, enabled, rate_ppm, keys) values (?, ?, ?, ?, ?)
            on conflict (workspace_id) do update set enabled = excluded.enabled, rate_ppm = excluded.rate_ppm,
              keys = excluded.keys`,
        ),
        parameters: [
          workspaceId,
          accountId,
          enabled ? 1n : 0n,
          BigInt(Math.round(rate * PPM)),
          keys === null ? null : JSON.stringify(keys),
        ],
      };
      const act = { act: enabled ? 'content_logging.on' : 'content_logging.off', rows: [], object: workspaceId };
      await writing(client)([{ compile: () => statement }], [CONTENTS], { act });
    },
    add: async (content) => {
      await client.work('addContent', content);
    },
    find: async (id, now) => {
      const rows = await read(
        `select c.content from generation_content c where c.id = ? and c.expires_at > ?
          and not exists (select 1 from content_gone g where g.scope in ('key ' || c.key_id, 'workspace ' || c.workspace_id))`,
        [id, BigInt(Math.floor(now))],
      );
      return rows[0] ? String(rows[0].content) : null;
    },
    sums: async () => {
      const { rows } = await client.read(
        'select workspace_id, count(*) as contents, cast(sum(bytes) as bigint) as bytes from generation_content group by 1 order by 1',
        [],
      );
      return rows.map((row) => ({
        workspaceId: String(row.workspace_id),
        contents: Number(row.contents),
        bytes: Number(row.bytes),
      }));
    },
    remove: async (selection) => {
      let sum = 0;
      for (;;) {
        const gone = await client.work('removeContents', selection);
        if (gone === 0) return sum;
        sum += gone;
      }
    },
    sweep: (now) => client.work('sweepContents', { now }),
    onChange: (listener) =>
      client.onNotice((notice) => {
        if (notice === CONTENTS || notice === ACCESS) listener();
      }),
  };
}

const wishesIn = (rows: readonly Row[]): ReadonlyMap<string, LoggingWish> =>
  new Map(
    rows.map((row) => [
      String(row.workspace_id),
      {
        enabled: row.enabled === 1n,
        rate: Number(row.rate_ppm) / PPM,
        keys: row.keys === null ? null : (JSON.parse(String(row.keys)) as number[]),
      },
    ]),
  );

/** Stores a content, unless its key or workspace has gone meanwhile. */
export function* addContent(content: SealedContent): Work<void> {
  const { id, accountId, workspaceId, keyId, createdAt, expiresAt, envelope } = content;
  yield query(
    `insert into generation_content (id, account_id, workspace_id, key_id, created_at, expires_at, bytes, content)
      select cast(? as text), cast(? as text), cast(? as text), cast(? as text), cast(? as bigint), cast(? as bigint),
        cast(? as bigint), cast(? as text)
      where not exists (select 1 from content_gone g where g.scope in (cast(? as text), cast(? as text)))
      on conflict (id) do nothing`,
    [
      id,
      accountId,
      workspaceId,
      keyId,
      BigInt(createdAt),
      BigInt(expiresAt),
      BigInt(envelope.length),
      envelope,
      keyGone(keyId),
      workspaceGone(workspaceId),
    ],
  );
}

/** Deletes some of what is selected, in one transaction; how many it were. */
export function* removeContents({ id, workspaceId, keyId, before }: ContentSelection): Work<number> {
  const conditions: string[] = [];
  const values: Value[] = [];
  const where = (condition: string, value: Value | undefined): void => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  where('id = ?', id);
  where('workspace_id = ?', workspaceId);
  where('key_id = ?', keyId);
  where('created_at < ?', before === undefined ? undefined : BigInt(Math.floor(before)));
  return yield* removeSome(conditions.length === 0 ? 'true' : conditions.join(' and '), values);
}

function* removeSome(condition: string, values: readonly Value[]): Work<number> {
  const { changes } = yield query(
    `delete from generation_content where id in (select id from generation_content where ${condition} limit ${BATCH})`,
    values,
  );
  return Number(changes);
}

/** What has expired, and what is left of keys and workspaces that are gone. */
export function* sweepContents({ now }: { readonly now: number }): Work<number> {
  let gone = yield* removeSome('expires_at <= ?', [BigInt(Math.floor(now))]);
  const { rows } = yield query('select scope, at from content_gone order by scope limit 100');
  for (const { scope, at } of rows) {
    const [kind, id = ''] = String(scope).split(' ');
    const removed = yield* removeSome(kind === 'key' ? 'key_id = ?' : 'workspace_id = ?', [id]);
    gone += removed;
    if (removed === 0 && Number(at) < now - GONE_MS)
      yield query('delete from content_gone where scope = ?', [scope ?? null]);
  }
  return gone;
}
