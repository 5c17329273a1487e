import { fault } from '../../../base/fault.ts';
import { nano, usdNumber } from '../../../base/money.ts';
import { dayBefore, dayOf } from '../../../base/period.ts';
import type { Dimension, RollUpRow } from '../../../insights/store.ts';
import type { Route } from '../../route.ts';
import { refusal } from './refusal.ts';

const DAYS = 30;

/** `GET /activity`: the last 30 completed UTC days, one row for each day, model and endpoint (spec §1.12). */
export const ACTIVITY: Route = {
  method: 'GET',
  path: '/activity',
  auth: 'read-spending',
  handle: async ({ query, caller }, { insights, catalog, world }) => {
    const today = dayOf(world.now());
    const { date } = query;
    if (date !== undefined && !(/^\d{4}-\d{2}-\d{2}$/.test(date) && date >= dayBefore(today, DAYS) && date <= today))
      return refusal(fault('invalid_request', 'date must be a day of the last 30, YYYY-MM-DD', { param: 'date' }));
    const byWorkspace = query.group_by === 'workspace';
    const by: Dimension[] = ['day', 'model', 'endpoint', 'provider', ...(byWorkspace ? ['workspaceId' as const] : [])];
    const where = {
      accountId: caller?.accountId ?? '',
      ...(query.api_key_hash !== undefined && { keyId: query.api_key_hash }),
      ...(query.workspace_id !== undefined && { workspaceId: query.workspace_id }),
    };
    const from = date ?? dayBefore(today, DAYS);
    const rows = await insights.sums({ from, to: date ?? dayBefore(today, 1), by, where });
    const { providers } = catalog();
    const data = rows
      .filter(({ requests }) => requests > 0n)
      .toSorted((a, b) => (a.day > b.day ? -1 : a.day < b.day ? 1 : a.model < b.model ? -1 : 1))
      .map((row) => activityJson(row, providers.get(row.provider)?.name ?? row.provider, byWorkspace));
    return { status: 200, json: { data } };
  },
};

const activityJson = (row: RollUpRow, providerName: string, byWorkspace: boolean) => ({
  date: row.day,
  model: row.model,
  model_permaslug: row.model,
  endpoint_id: row.endpoint,
  provider_name: providerName,
  usage: usdNumber(nano(row.cost)),
  byok_usage_inference: usdNumber(nano(row.byokCost)),
  requests: Number(row.requests),
  prompt_tokens: Number(row.promptTokens),
  completion_tokens: Number(row.completionTokens),
  reasoning_tokens: Number(row.reasoningTokens),
  ...(byWorkspace && { workspace_id: row.workspaceId }),
});
