import type { StoredOwner, StoredResponse, StoredSelection } from '../gateway/stored-responses.ts';
import { RESPONSE, STORED_SPACE } from './tables.ts';
import { query, type Row, type Value, type Work } from './work.ts';

/** So many are deleted in one transaction. */
const BATCH = 256;

type Adding = { readonly owner: StoredOwner; readonly response: StoredResponse; readonly bytesMax: number };

export const bytesOf = ({ input, output, response }: Pick<StoredResponse, 'input' | 'output' | 'response'>): number =>
  Buffer.byteLength(input) + Buffer.byteLength(output) + Buffer.byteLength(response);

/** Stores a response; of what its workspace has beyond its share the oldest go. */
export function* addResponse({ owner, response, bytesMax }: Adding): Work<void> {
  const { accountId, workspaceId } = owner;
  const bytes = BigInt(bytesOf(response));
  const row: { readonly [column in keyof typeof RESPONSE.columns]: Value } = {
    id: response.id,
    account_id: accountId,
    workspace_id: workspaceId,
    previous_id: response.previousId,
    created_at: BigInt(Math.floor(response.createdAt)),
    expires_at: BigInt(Math.floor(response.expiresAt)),
    bytes,
    chain_bytes: BigInt(response.chain.bytes),
    chain_items: BigInt(response.chain.items),
    chain_responses: BigInt(response.chain.responses),
    input: response.input,
    output: response.output,
    response: response.response,
  };
  yield { kind: 'keep', table: RESPONSE, columns: Object.keys(row), rows: [Object.values(row)] };
  yield {
    kind: 'add',
    table: STORED_SPACE,
    columns: ['account_id', 'workspace_id', 'responses', 'bytes'],
    rows: [[accountId, workspaceId, 1n, bytes]],
  };
  for (;;) {
    const { rows } = yield query('select bytes from stored_space where account_id = ? and workspace_id = ?', [
      accountId,
      workspaceId,
    ]);
    const excess = (rows[0]?.bytes as bigint) - BigInt(bytesMax);
    if (excess <= 0n) return;
    const { rows: oldest } = yield query(
      `select id, bytes from response where account_id = ? and workspace_id = ? order by created_at, id limit ${BATCH}`,
      [accountId, workspaceId],
    );
    let freed = 0n;
    const gone: Row[] = [];
    for (const one of oldest) {
      if (freed >= excess) break;
      if (one.id === response.id) continue;
      gone.push(one);
      freed += one.bytes as bigint;
    }
    if (gone.length === 0) return;
    yield* remove(
      `id in (${gone.map(() => '?').join(', ')})`,
      gone.map(({ id }) => id ?? null),
    );
  }
}

/** Deletes some of what is selected, in one transaction; how many it were. */
export function* removeResponses(
  selection: StoredSelection & Partial<StoredOwner> & { readonly now?: number },
): Work<number> {
  const { id, accountId, workspaceId, before, now } = selection;
  const wanted: { readonly [condition: string]: Value | undefined } = {
    'id = ?': id,
    'account_id = ?': accountId,
    'workspace_id = ?': workspaceId,
    'created_at < ?': before === undefined ? undefined : BigInt(Math.floor(before)),
    'expires_at <= ?': now === undefined ? undefined : BigInt(Math.floor(now)),
  };
  const said = Object.entries(wanted).filter(([, value]) => value !== undefined);
  const conditions = said.map(([condition]) => condition);
  // What no index finds is looked for from the beginning of the primary key.
  if (now === undefined && accountId === undefined) conditions.push("id > ''");
  return yield* remove(
    `id in (select id from response where ${conditions.join(' and ')} limit ${BATCH})`,
    said.map(([, value]) => value ?? null),
  );
}

function* remove(where: string, values: readonly Value[]): Work<number> {
  const { rows } = yield query(`delete from response where ${where} returning account_id, workspace_id, bytes`, values);
  for (const [account, ofAccount] of Map.groupBy(rows, (row) => String(row.account_id)))
    for (const [workspace, own] of Map.groupBy(ofAccount, (row) => String(row.workspace_id)))
      yield query(
        `update stored_space set responses = responses - ?, bytes = bytes - ?
          where account_id = ? and workspace_id = ?`,
        [BigInt(own.length), sumOf(own), account, workspace],
      );
  return rows.length;
}

const sumOf = (rows: readonly Row[]): bigint => rows.reduce((sum, { bytes }) => sum + (bytes as bigint), 0n);
