import type { Conversation, ConversationItem, ConversationStore } from '../gateway/conversations.ts';
import type { StoredOwner } from '../gateway/stored-responses.ts';
import type { StoreClient } from './client.ts';
import { numbered, type QueryResult, type Row, type Value } from './work.ts';

export function openConversationStore(client: StoreClient): ConversationStore {
  const own = client.dialect === 'postgres' ? numbered : (sql: string): string => sql;
  const read = (sql: string, parameters: readonly Value[]): Promise<QueryResult> => client.read(own(sql), parameters);
  const itemsOf = async (
    { accountId, workspaceId }: StoredOwner,
    id: string,
    { where = '', values = [] }: { readonly where?: string; readonly values?: readonly Value[] },
  ): Promise<readonly Row[]> => {
    const { rows } = await read(
      `select i.position, i.id, i.item from conversation_item i join conversation c on c.id = i.conversation_id
        where c.id = ? and c.account_id = ? and c.workspace_id = ? ${where}`,
      [id, accountId, workspaceId, ...values],
    );
    return rows;
  };
  const find: ConversationStore['find'] = async ({ accountId, workspaceId }, id, now) => {
    const { rows } = await read(
      'select * from conversation where id = ? and account_id = ? and workspace_id = ? and expires_at > ?',
      [id, accountId, workspaceId, BigInt(Math.floor(now))],
    );
    return rows[0] ? conversationOf(rows[0]) : null;
  };
  return {
    find,
    begin: async (owner, id, metadata, addition) => {
      await client.work('addToConversation', { owner, id, metadata, addition });
    },
    add: (owner, id, addition) => client.work('addToConversation', { owner, id, addition }),
    change: async (owner, id, metadata, now) => {
      if (!(await find(owner, id, now))) return false;
      const statement = {
        sql: 'update conversation set metadata = ? where id = ? and account_id = ? and workspace_id = ?',
        parameters: [metadata, id, owner.accountId, owner.workspaceId],
      };
      return (await client.work('write', { statements: [statement], notices: [] })) > 0n;
    },
    items: async (owner, id, now) =>
      (
        await itemsOf(owner, id, {
          where: 'and c.expires_at > ? order by i.position',
          values: [BigInt(Math.floor(now))],
        })
      ).map(itemOf),
    page: async (owner, id, { limit, after, order }) => {
      const [from] =
        after === null
          ? []
          : await itemsOf(owner, id, { where: 'and i.id = ? order by i.position limit 1', values: [after] });
      if (after !== null && !from) return null;
      const behind = from ? `and i.position ${order === 'asc' ? '>' : '<'} ?` : '';
      const where = `${behind} order by i.position ${order} limit ${Math.floor(limit) + 1}`;
      return (await itemsOf(owner, id, { where, values: from ? [from.position ?? null] : [] })).map(itemOf);
    },
    item: async (owner, id, itemId) => {
      const [row] = await itemsOf(owner, id, { where: 'and i.id = ? order by i.position limit 1', values: [itemId] });
      return row ? itemOf(row) : null;
    },
    removeItem: (owner, id, itemId) => client.work('removeConversationItem', { owner, id, itemId }),
    remove: async (owner, id) => (await client.work('removeConversations', { ...owner, id })) > 0,
    sweep: (now) => client.work('removeConversations', { now }),
    removeAll: async (selection) => {
      let sum = 0;
      for (;;) {
        const gone = await client.work('removeConversations', selection);
        if (gone === 0) return sum;
        sum += gone;
      }
    },
  };
}

const itemOf = (row: Row): ConversationItem => ({ id: String(row.id), item: String(row.item) });

const conversationOf = (row: Row): Conversation => ({
  id: String(row.id),
  createdAt: Number(row.created_at),
  metadata: String(row.metadata),
  items: Number(row.items),
  bytes: Number(row.bytes),
});
