import { LIMITS } from '../base/limits.ts';
import type { Addition, ConversationSelection } from '../gateway/conversations.ts';
import type { StoredOwner } from '../gateway/stored-responses.ts';
import { CONVERSATION, CONVERSATION_ITEM, columnsOf } from './tables.ts';
import { query, type Row, type Value, type Work } from './work.ts';

/** So many are deleted in one transaction, with all their items. */
const BATCH = 16;

type Adding = {
  readonly owner: StoredOwner;
  readonly id: string;
  /** Of one that begins; absent = it is there. */
  readonly metadata?: string;
  readonly addition: Addition;
};

const whole = (number: number): bigint => BigInt(Math.floor(number));

/** Adds items to a conversation, or begins one with them; of what its workspace has beyond its share the oldest go. */
export function* addToConversation({ owner, id, metadata, addition }: Adding): Work<'added' | 'none' | 'full'> {
  const { accountId, workspaceId } = owner;
  const { items, now, expiresAt, bytesMax } = addition;
  const sizes = items.map(({ item }) => BigInt(Buffer.byteLength(item)));
  const bytes = sizes.reduce((sum, size) => sum + size, 0n);
  if (metadata !== undefined)
    yield {
      kind: 'keep',
      table: CONVERSATION,
      columns: columnsOf(CONVERSATION),
      rows: [[id, accountId, workspaceId, whole(now), whole(expiresAt), metadata, 0n, 0n, 0n]],
    };
  const { rows } = yield query(
    `update conversation set items = items + ?, bytes = bytes + ?, next_position = next_position + ?, expires_at = ?
      where id = ? and account_id = ? and workspace_id = ? and expires_at > ? and items <= ? and bytes <= ?
      returning next_position`,
    [
      BigInt(items.length),
      bytes,
      BigInt(items.length),
      whole(expiresAt),
      id,
      accountId,
      workspaceId,
      whole(now),
      BigInt(LIMITS.messages_max - items.length),
      BigInt(LIMITS.stored_chain_bytes_max) - bytes,
    ],
  );
  const [row] = rows;
  if (!row) {
    const found = yield query(
      'select id from conversation where id = ? and account_id = ? and workspace_id = ? and expires_at > ?',
      [id, accountId, workspaceId, whole(now)],
    );
    return found.rows.length > 0 ? 'full' : 'none';
  }
  const first = (row.next_position as bigint) - BigInt(items.length);
  if (items.length > 0)
    yield {
      kind: 'keep',
      table: CONVERSATION_ITEM,
      columns: columnsOf(CONVERSATION_ITEM),
      rows: items.map(({ id: itemId, item }, at): Value[] => [id, first + BigInt(at), itemId, item, sizes[at] ?? 0n]),
    };
  yield* makeRoom(owner, id, BigInt(bytesMax));
  return 'added';
}

/** Those that were not added to for the longest go first, never the one that was just added to. */
function* makeRoom({ accountId, workspaceId }: StoredOwner, kept: string, bytesMax: bigint): Work<void> {
  for (;;) {
    const { rows } = yield query(
      'select cast(sum(bytes) as bigint) as bytes from conversation where account_id = ? and workspace_id = ?',
      [accountId, workspaceId],
    );
    const excess = BigInt(rows[0]?.bytes ?? 0) - bytesMax;
    if (excess <= 0n) return;
    const { rows: oldest } = yield query(
      `select id, bytes from conversation where account_id = ? and workspace_id = ? and id <> ?
        order by expires_at, id limit ${BATCH}`,
      [accountId, workspaceId, kept],
    );
    let freed = 0n;
    const gone: Row[] = [];
    for (const one of oldest) {
      if (freed >= excess) break;
      gone.push(one);
      freed += one.bytes as bigint;
    }
    if (gone.length === 0) return;
    for (const { id } of gone) yield* removeOne(String(id));
  }
}

function* removeOne(id: string): Work<void> {
  yield query('delete from conversation_item where conversation_id = ?', [id]);
  yield query('delete from conversation where id = ?', [id]);
}

type ItemRemoval = { readonly owner: StoredOwner; readonly id: string; readonly itemId: string };

/** Takes one item out; false = there is none. Of several with one id the first. */
export function* removeConversationItem({ owner, id, itemId }: ItemRemoval): Work<boolean> {
  const { rows } = yield query(
    `select i.position, i.bytes from conversation_item i join conversation c on c.id = i.conversation_id
      where c.id = ? and c.account_id = ? and c.workspace_id = ? and i.id = ? order by i.position limit 1`,
    [id, owner.accountId, owner.workspaceId, itemId],
  );
  const [row] = rows;
  if (!row) return false;
  const { changes } = yield query('delete from conversation_item where conversation_id = ? and position = ?', [
    id,
    row.position ?? null,
  ]);
  if (changes === 0n) return false;
  yield query('update conversation set items = items - 1, bytes = bytes - ? where id = ?', [row.bytes ?? null, id]);
  return true;
}

/** Deletes some of what is selected, in one transaction; how many it were. */
export function* removeConversations(
  selection: ConversationSelection & Partial<StoredOwner> & { readonly now?: number },
): Work<number> {
  const { id, accountId, workspaceId, before, now } = selection;
  const wanted: { readonly [condition: string]: Value | undefined } = {
    'id = ?': id,
    'account_id = ?': accountId,
    'workspace_id = ?': workspaceId,
    'created_at < ?': before === undefined ? undefined : whole(before),
    'expires_at <= ?': now === undefined ? undefined : whole(now),
  };
  const said = Object.entries(wanted).filter(([, value]) => value !== undefined);
  const conditions = said.map(([condition]) => condition);
  // What no index finds is looked for from the beginning of the primary key.
  if (now === undefined && accountId === undefined) conditions.push("id > ''");
  const { rows } = yield query(
    `select id from conversation where ${conditions.join(' and ')} limit ${BATCH}`,
    said.map(([, value]) => value ?? null),
  );
  for (const row of rows) yield* removeOne(String(row.id));
  return rows.length;
}
