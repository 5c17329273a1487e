import { sql } from 'kysely';
import type { Dimension, InsightsStore, RollUpQuestion, RollUpRow, Sums } from '../insights/store.ts';
import type { StoreClient } from './client.ts';
import type { StoreDatabase } from './kysely.ts';
import { openTallyStore } from './tally-store.ts';

const COLUMNS = {
  day: 'day',
  model: 'model',
  endpoint: 'endpoint',
  provider: 'provider',
  app: 'app',
  accountId: 'account_id',
  keyId: 'key_id',
  workspaceId: 'workspace_id',
} as const satisfies Record<Dimension, string>;

const FIGURES = {
  requests: 'requests',
  errors: 'errors',
  promptTokens: 'prompt_tokens',
  completionTokens: 'completion_tokens',
  reasoningTokens: 'reasoning_tokens',
  cachedTokens: 'cached_tokens',
  cost: 'cost',
  byokCost: 'byok_cost',
  latencyMs: 'latency_ms',
} as const satisfies Record<keyof Sums, string>;

const ROWS_MAX = 100_000;
const APPS_MAX = 200;

export function openInsightsStore(client: StoreClient, database: StoreDatabase): InsightsStore {
  return {
    tallies: openTallyStore(client),
    sums: async <D extends Dimension>(question: RollUpQuestion<D>) => {
      const figures = Object.entries(FIGURES).map(([name, column]) =>
        sql<bigint>`cast(coalesce(sum(${sql.ref(column)}), 0) as bigint)`.as(name),
      );
      const dimensions = question.by.map((name) => sql.ref<string>(COLUMNS[name]).as(name));
      let query = database
        .selectFrom('roll_up')
        .select([...dimensions, ...figures])
        .where('day', '>=', question.from)
        .where('day', '<=', question.to)
        .limit(question.top ?? ROWS_MAX);
      for (const [name, value] of Object.entries(question.where ?? {}))
        query = query.where(COLUMNS[name as Dimension], '=', value);
      if (question.by.length > 0) query = query.groupBy(question.by.map((name) => COLUMNS[name]));
      if (question.top !== undefined) query = query.orderBy(sql`sum(prompt_tokens + completion_tokens)`, 'desc');
      return (await query.execute()) as unknown as RollUpRow<D>[];
    },
    apps: async (ids) => {
      if (ids.length === 0) return [];
      const rows = await database.selectFrom('app').selectAll().where('id', 'in', ids.slice(0, APPS_MAX)).execute();
      return rows.map((row) => ({ ...row, categories: row.categories === '' ? [] : row.categories.split(',') }));
    },
  };
}
