import { sql } from 'kysely';
import type { Workspace, WorkspaceStore } from '../access/workspaces.ts';
import { SORTS, type SortPreference } from '../call/call.ts';
import { COUNTS, countScope, type Scope, workspaceScope } from '../facts/scope.ts';
import type { StoredOwner } from '../gateway/stored-responses.ts';
import type { StoreClient } from './client.ts';
import { workspaceGone } from './content-store.ts';
import { guardrailsOf } from './guardrail-store.ts';
import type { StoreDatabase } from './kysely.ts';
import { ACCESS, CONTENTS, limitNotice } from './notices.ts';
import type { WorkspaceRow } from './schema.ts';
import { type Committing, type Compilable, writing } from './writing.ts';

const PAGE_MAX = 100;

export function openWorkspaceStore(client: StoreClient, database: StoreDatabase): WorkspaceStore {
  const write = writing(client);
  const find: WorkspaceStore['find'] = async (accountId, reference) => {
    const row = await database
      .selectFrom('workspace')
      .selectAll()
      .where('account_id', '=', accountId)
      .where((where) => where.or([where('id', '=', reference), where('slug', '=', reference)]))
      // An id is nobody else's slug, unless somebody chose it so.
      .orderBy(sql`case when id = ${reference} then 0 else 1 end`)
      .executeTakeFirst();
    return row ? workspaceOf(row) : null;
  };
  return {
    find,
    list: async (accountId, { offset, limit }) => {
      const asked = database.selectFrom('workspace').where('account_id', '=', accountId);
      const [{ total }, rows] = await Promise.all([
        asked.select(({ fn }) => fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow(),
        asked.selectAll().orderBy('created_at').orderBy('id').limit(Math.min(limit, PAGE_MAX)).offset(offset).execute(),
      ]);
      return { workspaces: rows.map(workspaceOf), total: Number(total) };
    },
    sortsOf: (ids) => sortsOf(database, ids),
    add: async (workspace) =>
      (await write([addingWorkspace(database, workspace)], [], actOn('create', workspace.id))) > 0n,
    change: async ({ id, accountId }, { slug, name, description, defaultSort, updatedAt }) => {
      const update = database
        .updateTable('workspace')
        .set({
          updated_at: BigInt(updatedAt),
          ...(slug !== undefined && { slug }),
          ...(name !== undefined && { name }),
          ...(description !== undefined && { description }),
          ...(defaultSort !== undefined && { default_provider_sort: defaultSort }),
        })
        .where('id', '=', id)
        .where('account_id', '=', accountId)
        .$if(slug !== undefined, (rows) => rows.where(unusedSlug(accountId, slug ?? '', id)));
      // Callers bear by what their hosts are sorted.
      const notices = defaultSort === undefined ? [] : [ACCESS];
      if ((await write([update], notices, actOn('change', id))) > 0n) return 'changed';
      return (await find(accountId, id)) ? 'taken' : 'missing';
    },
    setByok: async (id, byokInBudgets) => {
      const byok = byokInBudgets ? 1n : 0n;
      const scope = workspaceScope(id);
      const setting = database.updateTable('workspace').set({ byok_in_budgets: byok }).where('id', '=', id);
      const budgets = database
        .updateTable('budget')
        .set({ with_byok: byok })
        .where('scope', '=', scope)
        .where('source', '=', '');
      // Callers bear which of their limits count what their own keys pay.
      await write([setting, budgets], [limitNotice(scope), ACCESS], actOn('change', id));
    },
    remove: async ({ id, accountId }) => {
      const removal = database
        .deleteFrom('workspace')
        .where('id', '=', id)
        .where('account_id', '=', accountId)
        .where(
          sql<boolean>`not exists (select 1 from api_key k where k.account_id = ${accountId} and k.workspace_id = ${id})`,
        );
      const scopes = scopesOf(id);
      const leaving = [removal, ...takenAlong(database, { id, accountId })];
      if ((await write(leaving, [...scopes.map(limitNotice), CONTENTS], actOn('delete', id))) === 0n)
        return (await find(accountId, id)) ? 'used' : 'missing';
      return removeStored(client, { accountId, workspaceId: id });
    },
  };
}

async function sortsOf(database: StoreDatabase, ids: readonly string[]): Promise<ReadonlyMap<string, SortPreference>> {
  if (ids.length === 0) return new Map();
  const rows = await database
    .selectFrom('workspace')
    .select(['id', 'default_provider_sort'])
    .where('id', 'in', [...new Set(ids)])
    .where('default_provider_sort', 'is not', null)
    .execute();
  return new Map(rows.flatMap(({ id, default_provider_sort: sort }) => (isSort(sort) ? [[id, sort]] : [])));
}

/** Nobody can ask for the responses of a workspace that is gone; what a crash leaves of them expires. */
async function removeStored(client: StoreClient, owner: StoredOwner): Promise<'removed'> {
  while ((await client.work('removeResponses', owner)) > 0);
  while ((await client.work('removeConversations', owner)) > 0);
  while ((await client.work('removeContents', { workspaceId: owner.workspaceId })) > 0);
  return 'removed';
}

const actOn = (verb: string, id: string): Committing => {
  const budgets = scopesOf(id).map((value) => ({ table: 'budget', column: 'scope', value }) as const);
  return { act: { act: `workspace.${verb}`, rows: [{ table: 'workspace', column: 'id', value: id }, ...budgets] } };
};

const scopesOf = (id: string): readonly Scope[] => {
  const owner = workspaceScope(id);
  return [owner, ...COUNTS.map((count) => countScope(count, owner))];
};

/** What goes with a workspace: only of one that is gone by now. */
function takenAlong(
  database: StoreDatabase,
  { id, accountId }: Pick<Workspace, 'id' | 'accountId'>,
): readonly Compilable[] {
  const isGone = sql`not exists (select 1 from workspace where id = ${id})`;
  return [
    sql`delete from budget where scope in (${sql.join(scopesOf(id))}) and ${isGone}`,
    ...guardrailsOf(id, isGone),
    sql`delete from provider_key where account_id = ${accountId} and workspace_id = ${id} and ${isGone}`,
    sql`delete from observability_destination where workspace_id = ${id} and ${isGone}`,
    sql`delete from mcp_server where workspace_id = ${id} and ${isGone}`,
    sql`delete from preset_version where preset_id in (select p.id from preset p where p.workspace_id = ${id}) and ${isGone}`,
    sql`delete from preset where workspace_id = ${id} and ${isGone}`,
    sql`delete from content_logging where workspace_id = ${id} and ${isGone}`,
    sql`delete from generation_feedback where workspace_id = ${id} and ${isGone}`,
    sql`delete from scim_group_mapping where workspace_id = ${id} and ${isGone}`,
    sql`insert into content_gone (scope, at) select cast(${workspaceGone(id)} as text), cast(${BigInt(Date.now())} as bigint)
      where ${isGone} on conflict do nothing`,
    // Their bytes are cleared away before their records go (`file-store.ts`).
    sql`update stored_file set state = 'leaving' where workspace_id = ${id} and ${isGone}`,
  ].map((statement) => ({ compile: () => statement.compile(database) }));
}

const unusedSlug = (accountId: string, slug: string, id: string) =>
  sql<boolean>`not exists (select 1 from workspace w where w.account_id = ${accountId} and w.slug = ${slug} and w.id <> ${id})`;

/** Nothing where the account has one of the slug, or there is one of the id. */
export const addingWorkspace = (database: StoreDatabase, workspace: Workspace): Compilable =>
  database
    .insertInto('workspace')
    .values(rowOf(workspace))
    .onConflict((conflict) => conflict.doNothing());

const isSort = (word: string | null): word is SortPreference => SORTS.some((sort) => sort === word);

const rowOf = (workspace: Workspace): WorkspaceRow => ({
  id: workspace.id,
  account_id: workspace.accountId,
  slug: workspace.slug,
  name: workspace.name,
  description: workspace.description,
  byok_in_budgets: workspace.byokInBudgets ? 1n : 0n,
  default_provider_sort: workspace.defaultSort,
  created_by: workspace.createdBy,
  created_at: BigInt(Math.floor(workspace.createdAt)),
  updated_at: workspace.updatedAt === null ? null : BigInt(workspace.updatedAt),
});

const workspaceOf = (row: WorkspaceRow): Workspace => ({
  id: row.id,
  accountId: row.account_id,
  slug: row.slug,
  name: row.name,
  description: row.description,
  byokInBudgets: row.byok_in_budgets === 1n,
  defaultSort: isSort(row.default_provider_sort) ? row.default_provider_sort : null,
  createdBy: row.created_by,
  createdAt: Number(row.created_at),
  updatedAt: row.updated_at === null ? null : Number(row.updated_at),
});
