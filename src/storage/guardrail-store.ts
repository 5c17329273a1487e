import { type RawBuilder, sql } from 'kysely';
import type { Assignment, Guardrail, GuardrailSettings, GuardrailStore, NewAssignment } from '../access/guardrails.ts';
import { parseJson } from '../base/json.ts';
import type { Reset } from '../base/period.ts';
import { GUARDED, type Guarded } from '../facts/policy.ts';
import type { Owner } from '../facts/scope.ts';
import type { StoreClient } from './client.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import { guardNotice, LIMITS } from './notices.ts';
import type { GuardrailAssignmentRow, GuardrailRow } from './schema.ts';
import { type Committing, type Compilable, writing } from './writing.ts';

const PAGE_MAX = 100;

export const openGuardrailStore = (client: StoreClient, database: StoreDatabase): GuardrailStore => ({
  ...reading(database, openKysely({ ...client, query: client.look })),
  ...changing(client, database),
  ...assigning(client, database),
});

/** Whose rule a budget is. */
const SOURCE = 'guardrail:';
export const sourceOf = (guardrailId: string): string => SOURCE + guardrailId;
export const guardrailIn = (source: string): string | null =>
  source.startsWith(SOURCE) ? source.slice(SOURCE.length) : null;

type Reading = Pick<GuardrailStore, 'list' | 'find' | 'assignments' | 'applying'>;

const reading = (database: StoreDatabase, looking: StoreDatabase): Reading => ({
  list: async ({ accountId, workspaceId }, { offset, limit }) => {
    const asked = database
      .selectFrom('guardrail')
      .where('account_id', '=', accountId)
      .where('workspace_id', '=', workspaceId);
    const [{ total }, rows] = await Promise.all([
      asked.select(({ fn }) => fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow(),
      asked.selectAll().orderBy('created_at').orderBy('id').limit(Math.min(limit, PAGE_MAX)).offset(offset).execute(),
    ]);
    return { guardrails: rows.map(guardrailOf), total: Number(total) };
  },
  find: async (accountId, id) => {
    const row = await database
      .selectFrom('guardrail')
      .selectAll()
      .where('id', '=', id)
      .where('account_id', '=', accountId)
      .executeTakeFirst();
    return row ? guardrailOf(row) : null;
  },
  assignments: async ({ accountId, guardrailId, on }, { offset, limit }) => {
    const all = database.selectFrom('guardrail_assignment as a').where('a.kind', '=', on);
    const asked =
      guardrailId === undefined
        ? all.where('a.account_id', '=', accountId)
        : all.where('a.guardrail_id', '=', guardrailId);
    const [{ total }, rows] = await Promise.all([
      asked.select(({ fn }) => fn.countAll<bigint>().as('total')).executeTakeFirstOrThrow(),
      asked
        .leftJoin('api_key as k', (join) => join.on(sql<boolean>`k.hash = substr(a.scope, 5) and a.kind = 'key'`))
        .selectAll('a')
        .select(['k.name as key_name', 'k.label as key_label'])
        .orderBy('a.created_at', 'desc')
        .orderBy('a.scope')
        .limit(Math.min(limit, PAGE_MAX))
        .offset(offset)
        .execute(),
    ]);
    return { assignments: rows.map(assignmentOf), total: Number(total) };
  },
  applying: async (owners) => {
    if (owners.length === 0) return new Map();
    const rows = await looking
      .selectFrom('guardrail_assignment as a')
      .innerJoin('guardrail as g', 'g.id', 'a.guardrail_id')
      .selectAll('g')
      .select('a.scope as scope')
      .where('a.scope', 'in', [...new Set(owners)])
      .execute();
    return new Map(rows.map((row) => [row.scope as Owner, guardrailOf(row)]));
  },
});

/** Limits are asked for anew of every scope: it may be on thousands of keys. */
const noticesOf = ({ accountId }: Pick<Guardrail, 'accountId'>): readonly string[] => [guardNotice(accountId), LIMITS];

const compiled = (database: StoreDatabase, statement: RawBuilder<unknown>): Compilable => ({
  compile: () => statement.compile(database),
});

/** The budgets of what it is put on, taken away. */
const withoutBudgets = (id: string) =>
  sql`delete from budget where source = ${sourceOf(id)}
    and scope in (select a.scope from guardrail_assignment a where a.guardrail_id = ${id})`;

/** What it may spend, for each that it is put on; of a guardrail without a limit none. */
const budgetsOf = (id: string, now: number, also = sql``) =>
  sql`insert into budget (scope, source, "interval", amount, with_byok, created_at)
    select a.scope, ${sourceOf(id)}, g."interval", g.amount, g.with_byok, cast(${BigInt(Math.floor(now))} as bigint)
    from guardrail_assignment a join guardrail g on g.id = a.guardrail_id
    where a.guardrail_id = ${id} and g.amount is not null ${also}
    on conflict do nothing`;

const actOn = (verb: string, { id }: Pick<Guardrail, 'id'>): Committing => ({
  act: {
    act: `guardrail.${verb}`,
    rows: [
      { table: 'guardrail', column: 'id', value: id },
      { table: 'guardrail_assignment', column: 'guardrail_id', value: id },
    ],
  },
});

function changing(client: StoreClient, database: StoreDatabase): Pick<GuardrailStore, 'add' | 'change' | 'remove'> {
  const write = writing(client);
  return {
    add: async (guardrail, most, assignment) => {
      const { id, accountId, createdAt } = guardrail;
      const assignments = assignment ? [assignment] : [];
      const by = { assignedBy: null, now: createdAt };
      const placing = placed(database, { id, accountId }, assignments, by);
      const queries = [adding(database, guardrail, most), ...placing];
      return (await write(queries, noticesOf(guardrail), actOn('create', guardrail))) > 0n;
    },
    change: async (guardrail) => {
      const { id, accountId, name, description, settings, budget, byokInBudget, updatedAt } = guardrail;
      const update = database
        .updateTable('guardrail')
        .set({
          name,
          description,
          settings: JSON.stringify(settings),
          amount: budget?.amount ?? null,
          interval: budget?.interval ?? null,
          with_byok: byokInBudget ? 1n : 0n,
          updated_at: updatedAt === null ? null : BigInt(Math.floor(updatedAt)),
        })
        .where('id', '=', id)
        .where('account_id', '=', accountId);
      const budgets = [withoutBudgets(id), budgetsOf(id, updatedAt ?? 0)].map((one) => compiled(database, one));
      return (await write([update, ...budgets], noticesOf(guardrail), actOn('change', guardrail))) > 0n;
    },
    remove: async (guardrail) => {
      const { id, accountId } = guardrail;
      const removal = database.deleteFrom('guardrail').where('id', '=', id).where('account_id', '=', accountId);
      const isGone = sql`and not exists (select 1 from guardrail where id = ${id})`;
      const budgets = compiled(database, sql`${withoutBudgets(id)} ${isGone}`);
      const assignments = sql`delete from guardrail_assignment where guardrail_id = ${id} ${isGone}`;
      const queries = [removal, budgets, compiled(database, assignments)];
      return (await write(queries, noticesOf(guardrail), actOn('delete', guardrail))) > 0n;
    },
  };
}

/** In one statement, so that two at once are not one too many. */
const adding = (database: StoreDatabase, guardrail: Guardrail, most: number): Compilable => {
  const { id, accountId, workspaceId, name, description, settings, budget, byokInBudget, createdAt } = guardrail;
  return compiled(
    database,
    sql`insert into guardrail
        (id, account_id, workspace_id, name, description, settings, amount, "interval", with_byok, created_at)
      select ${id}, ${accountId}, ${workspaceId}, ${name}, cast(${description} as text), ${JSON.stringify(settings)},
        cast(${budget?.amount ?? null} as bigint), cast(${budget?.interval ?? null} as text),
        cast(${byokInBudget ? 1n : 0n} as bigint), cast(${BigInt(Math.floor(createdAt))} as bigint)
      where (select count(*) from guardrail where account_id = ${accountId} and workspace_id = ${workspaceId})
        < cast(${BigInt(most)} as bigint)
      on conflict do nothing`,
  );
};

type By = Parameters<GuardrailStore['assign']>[2];

/** Puts it on each, in the place of what is there, with its budget; nothing where it is gone. */
function placed(
  database: StoreDatabase,
  { id, accountId }: Pick<Guardrail, 'id' | 'accountId'>,
  assignments: readonly NewAssignment[],
  { assignedBy, now }: By,
): readonly Compilable[] {
  if (assignments.length === 0) return [];
  const exists = sql`exists (select 1 from guardrail g where g.id = ${id} and g.account_id = ${accountId})`;
  const at = BigInt(Math.floor(now));
  return assignments
    .flatMap((assignment) => {
      const { scope } = assignment;
      return [
        sql`insert into guardrail_assignment (scope, kind, id, guardrail_id, account_id, assigned_by, created_at)
          select ${scope}, ${kindOf(scope)}, ${assignment.id}, ${id}, ${accountId}, cast(${assignedBy} as text),
            cast(${at} as bigint) where ${exists}
          on conflict (scope) do update set id = excluded.id, guardrail_id = excluded.guardrail_id,
            account_id = excluded.account_id, assigned_by = excluded.assigned_by, created_at = excluded.created_at`,
        // Whatever guardrail's it was: there is one on each.
        sql`delete from budget where scope = ${scope} and source >= ${SOURCE} and source < ${`${SOURCE}~`} and ${exists}`,
        budgetsOf(id, now, sql`and a.scope = ${scope}`),
      ];
    })
    .map((one) => compiled(database, one));
}

function assigning(client: StoreClient, database: StoreDatabase): Pick<GuardrailStore, 'assign' | 'unassign'> {
  const write = writing(client);
  return {
    assign: async (guardrail, assignments, by) => {
      await write(placed(database, guardrail, assignments, by), noticesOf(guardrail), actOn('assign', guardrail));
    },
    unassign: async (guardrail, scopes) => {
      const removal = database
        .deleteFrom('guardrail_assignment')
        .where('scope', 'in', scopes)
        .where('guardrail_id', '=', guardrail.id);
      const budgets = database
        .deleteFrom('budget')
        .where('scope', 'in', scopes)
        .where('source', '=', sourceOf(guardrail.id));
      return Number(await write([removal, budgets], noticesOf(guardrail), actOn('unassign', guardrail)));
    },
  };
}

/** What goes with a workspace: the guardrails that are its own, and what they are put on elsewhere. */
export function guardrailsOf(workspaceId: string, isGone: RawBuilder<unknown>): readonly RawBuilder<unknown>[] {
  const own = sql`(select g.id from guardrail g where g.workspace_id = ${workspaceId})`;
  return [
    sql`delete from budget where scope in (select a.scope from guardrail_assignment a where a.guardrail_id in ${own})
      and source in (select ${SOURCE} || g.id from guardrail g where g.workspace_id = ${workspaceId}) and ${isGone}`,
    sql`delete from guardrail_assignment where guardrail_id in ${own} and ${isGone}`,
    sql`delete from guardrail_assignment where scope = ${`workspace:${workspaceId}`} and ${isGone}`,
    sql`delete from guardrail where workspace_id = ${workspaceId} and ${isGone}`,
  ];
}

const kindOf = (scope: Owner): Guarded => {
  const kind = scope.slice(0, scope.indexOf(':'));
  return GUARDED.find((one) => one === kind) ?? 'organization';
};

const guardrailOf = (row: GuardrailRow): Guardrail => ({
  id: row.id,
  accountId: row.account_id,
  workspaceId: row.workspace_id,
  name: row.name,
  description: row.description,
  settings: parseJson(row.settings) as unknown as GuardrailSettings,
  budget: row.amount === null ? null : { amount: row.amount, interval: row.interval as Reset },
  byokInBudget: row.with_byok === 1n,
  createdAt: Number(row.created_at),
  updatedAt: row.updated_at === null ? null : Number(row.updated_at),
});

type AssignedRow = GuardrailAssignmentRow & { readonly key_name: string | null; readonly key_label: string | null };

const assignmentOf = (row: AssignedRow): Assignment => ({
  id: row.id,
  guardrailId: row.guardrail_id,
  accountId: row.account_id,
  scope: row.scope as Owner,
  keyName: row.key_name,
  keyLabel: row.key_label,
  assignedBy: row.assigned_by,
  createdAt: Number(row.created_at),
});
