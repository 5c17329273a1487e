import { APP, columnsOf, TALLY } from './tables.ts';
import type { Value, Work } from './work.ts';

/** What an account used somewhere else on a day: analytics tell it, money and rankings know nothing of it. */
export type History = {
  readonly day: string;
  readonly model: string;
  readonly provider: string;
  readonly requests: bigint;
  readonly promptTokens: bigint;
  readonly completionTokens: bigint;
  readonly reasoningTokens: bigint;
  readonly cachedTokens: bigint;
  readonly cost: bigint;
  readonly byokCost: bigint;
};
export type ImportedHistory = {
  readonly accountId: string;
  readonly workspaceId: string;
  /** By which it is told apart from calls that went through here. */
  readonly app: { readonly id: string; readonly title: string };
  readonly days: readonly History[];
};

const AT_ONCE = 1_000;

/** In the place of what was imported of the same days, models and providers before: the same twice changes nothing. */
export function* importHistory({ accountId, workspaceId, app, days }: ImportedHistory): Work<void> {
  yield {
    kind: 'put',
    table: APP,
    columns: ['id', 'origin', 'title', 'categories'],
    rows: [[app.id, '', app.title, '']],
  };
  const columns = columnsOf(TALLY);
  for (let at = 0; at < days.length; at += AT_ONCE) {
    const rows = days.slice(at, at + AT_ONCE).map((day): readonly Value[] => {
      const known: { readonly [column: string]: Value } = {
        account_id: accountId,
        workspace_id: workspaceId,
        grain: 'd',
        at: day.day,
        model: day.model,
        provider: day.provider,
        app: app.id,
        requests: day.requests,
        prompt_tokens: day.promptTokens,
        completion_tokens: day.completionTokens,
        reasoning_tokens: day.reasoningTokens,
        cached_tokens: day.cachedTokens,
        cost: day.cost,
        byok_cost: day.byokCost,
      };
      return columns.map((column) => known[column] ?? (TALLY.key.includes(column) ? '' : 0n));
    });
    yield { kind: 'put', table: TALLY, columns, rows };
  }
}
