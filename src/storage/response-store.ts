import type { ResponseStore, StoredResponse } from '../gateway/stored-responses.ts';
import type { StoreClient } from './client.ts';
import { numbered, type QueryResult, type Row, type Value } from './work.ts';

export function openResponseStore(client: StoreClient): ResponseStore {
  const own = client.dialect === 'postgres' ? numbered : (sql: string): string => sql;
  const read = (sql: string, parameters: readonly Value[]): Promise<QueryResult> => client.read(own(sql), parameters);
  return {
    sizeOf: async ({ accountId, workspaceId }, id, now) => {
      const { rows } = await read(
        `select chain_bytes, chain_items, chain_responses from response
          where id = ? and account_id = ? and workspace_id = ? and expires_at > ?`,
        [id, accountId, workspaceId, time(now)],
      );
      return rows[0] ? chainOf(rows[0]) : null;
    },
    chain: async ({ accountId, workspaceId }, id, now) => {
      const { rows } = await read(CHAIN, [id, accountId, workspaceId, time(now), accountId, workspaceId, time(now)]);
      // The last of them says how long it was.
      return BigInt(rows.length) === rows.at(-1)?.chain_responses ? rows.map(linkOf) : null;
    },
    find: async ({ accountId, workspaceId }, id, now) => {
      const { rows } = await read(
        'select * from response where id = ? and account_id = ? and workspace_id = ? and expires_at > ?',
        [id, accountId, workspaceId, time(now)],
      );
      return rows[0] ? responseOf(rows[0]) : null;
    },
    add: (owner, response, bytesMax) => client.work('addResponse', { owner, response, bytesMax }),
    remove: async (owner, id) => (await client.work('removeResponses', { ...owner, id })) > 0,
    sweep: (now) => client.work('removeResponses', { now }),
    sums: async () => {
      const { rows } = await read(
        `select account_id, workspace_id, responses, bytes from stored_space where responses > 0
          order by account_id, workspace_id`,
        [],
      );
      return rows.map((row) => ({
        accountId: String(row.account_id),
        workspaceId: String(row.workspace_id),
        responses: Number(row.responses),
        bytes: Number(row.bytes),
      }));
    },
    removeAll: async (selection) => {
      let sum = 0;
      for (;;) {
        const gone = await client.work('removeResponses', selection);
        if (gone === 0) return sum;
        sum += gone;
      }
    },
  };
}

/** From a response back to the first, each found by its primary key; then the oldest first. */
const CHAIN = `with recursive link (id, previous_id, at) as (
    select id, previous_id, 1 from response where id = ? and account_id = ? and workspace_id = ? and expires_at > ?
    union all
    select r.id, r.previous_id, l.at + 1 from link l join response r on r.id = l.previous_id
      where r.account_id = ? and r.workspace_id = ? and r.expires_at > ?
  ) select r.id, r.input, r.output, r.chain_responses from link l join response r on r.id = l.id order by l.at desc`;

const time = (now: number): bigint => BigInt(Math.floor(now));

const chainOf = (row: Row): StoredResponse['chain'] => ({
  bytes: Number(row.chain_bytes),
  items: Number(row.chain_items),
  responses: Number(row.chain_responses),
});

const linkOf = (row: Row) => ({ id: String(row.id), input: String(row.input), output: String(row.output) });

const responseOf = (row: Row): StoredResponse => ({
  ...linkOf(row),
  previousId: row.previous_id === null ? null : String(row.previous_id),
  createdAt: Number(row.created_at),
  expiresAt: Number(row.expires_at),
  response: String(row.response),
  chain: chainOf(row),
});
