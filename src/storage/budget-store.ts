import { sql } from 'kysely';
import type { BudgetStore, NewBudget } from '../access/budgets.ts';
import { type Budget, countOf, ownerOf, type Scope } from '../facts/scope.ts';
import type { Rows } from './audited.ts';
import type { StoreClient } from './client.ts';
import type { StoreDatabase } from './kysely.ts';
import { ACCESS, keyNotice, limitNotice } from './notices.ts';
import { type Compilable, writing } from './writing.ts';

export function openBudgetStore(client: StoreClient, database: StoreDatabase): BudgetStore {
  const write = writing(client);
  return {
    list: async (scopes) => {
      if (scopes.length === 0) return [];
      const rows = await database
        .selectFrom('budget')
        .selectAll()
        .where('scope', 'in', scopes)
        .where('amount', 'is not', null)
        .execute();
      return rows.map((row) => ({
        scope: row.scope as Scope,
        source: row.source,
        interval: row.interval as Budget['interval'],
        amount: row.amount ?? 0n,
        withByok: row.with_byok === 1n,
        createdAt: Number(row.created_at),
        updatedAt: row.updated_at === null ? null : Number(row.updated_at),
      }));
    },
    put: async (budgets, now) => {
      const puts = budgets.map((budget) => putting(database, budget, now));
      // Callers bear which of their limits count what their own keys pay.
      const byok = budgets.some(({ withByok }) => withByok) ? [ACCESS] : [];
      const notices = [...new Set([...budgets.flatMap(({ scope }) => noticesOf(scope)), ...byok])];
      await write(puts, notices, { act: { act: 'budget.set', rows: rowsOf(budgets.map(({ scope }) => scope)) } });
    },
    remove: async ({ scope, source, interval }) => {
      const removal = database
        .deleteFrom('budget')
        .where('scope', '=', scope)
        .where('source', '=', source)
        .where('interval', '=', interval);
      const act = { act: 'budget.delete', rows: rowsOf([scope]) };
      return (await write([removal], noticesOf(scope), { act })) > 0n;
    },
  };
}

const rowsOf = (scopes: readonly Scope[]): readonly Rows[] =>
  [...new Set(scopes)].map((value) => ({ table: 'budget', column: 'scope', value }));

/** A key's own limit stands in one row whatever its interval: it is changed with the key (`key-rows.ts`), not here. */
export const putting = (
  database: StoreDatabase,
  { scope, source, interval, amount, withByok }: NewBudget,
  now: number,
): Compilable => {
  const at = BigInt(Math.floor(now));
  const byok = withByok ? 1n : 0n;
  return {
    compile: () =>
      sql`insert into budget (scope, source, "interval", amount, with_byok, created_at)
        values (${scope}, ${source}, ${interval}, ${amount}, ${byok}, ${at})
        on conflict (scope, source, "interval") do update
          set amount = excluded.amount, with_byok = excluded.with_byok, updated_at = excluded.created_at`.compile(
        database,
      ),
  };
};

/** Callers bear which of their counts are limited: of a key's it is the key's affair, of others' everybody's. */
export function noticesOf(scope: Scope): readonly string[] {
  const limit = limitNotice(scope);
  if (countOf(scope) === null) return [limit];
  const owner = ownerOf(scope);
  return [limit, owner.startsWith('key:') ? keyNotice(owner.slice('key:'.length)) : ACCESS];
}
