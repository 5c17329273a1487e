import { z } from 'zod';
import type { Access } from '../../../access/access.ts';
import type { Workspace } from '../../../access/workspaces.ts';
import { fault } from '../../../base/fault.ts';
import { type Budget, INTERVALS, type Interval, workspaceScope } from '../../../facts/scope.ts';
import type { Route, RouteAnswer } from '../../route.ts';
import { nanoOf, readBody, usd } from './body.ts';
import { refusal } from './refusal.ts';
import { budgetJson } from './workspace-json.ts';
import { ofWorkspace } from './workspaces.ts';

const WISH = z.object({ limit_usd: usd.positive(), include_byok_in_budgets: z.boolean().optional() });
const NO_INTERVAL = refusal(
  fault('invalid_request', `interval must be one of ${INTERVALS.join(', ')}`, { param: 'interval' }),
);
const NO_BUDGET = refusal(fault('not_found', 'This workspace has no budget of this interval'));

const intervalIn = (text: string | undefined): Interval | undefined => INTERVALS.find((interval) => interval === text);

/** Shortest interval first. */
async function budgetsOf({ budgets }: Access, { id }: Workspace): Promise<readonly Budget[]> {
  const own = (await budgets.list([workspaceScope(id)])).filter(({ source }) => source === '');
  const order = (budget: Budget): number => INTERVALS.indexOf(budget.interval as Interval);
  return own.toSorted((a, b) => order(a) - order(b));
}

/** What a shorter interval may spend is less than what a longer one may (spec §1.11). */
function outOfOrder(budgets: readonly Budget[], interval: Interval, amount: bigint): RouteAnswer | null {
  const place = INTERVALS.indexOf(interval);
  for (const other of budgets) {
    const at = INTERVALS.indexOf(other.interval as Interval);
    if (at < place && other.amount >= amount)
      return refusal(fault('invalid_request', `limit_usd: must be more than the ${other.interval} budget`, PARAM));
    if (at > place && other.amount <= amount)
      return refusal(fault('invalid_request', `limit_usd: must be less than the ${other.interval} budget`, PARAM));
  }
  return null;
}
const PARAM = { param: 'limit_usd' };

const LIST: Route = {
  method: 'GET',
  path: '/workspaces/:id/budgets',
  auth: 'read-settings',
  handle: ofWorkspace(async ({ workspace }, _request, { access }) => {
    const data = (await budgetsOf(access, workspace)).map((budget) => budgetJson(workspace, budget));
    return { status: 200, json: { data, include_byok_in_budgets: workspace.byokInBudgets } };
  }),
};

const ONE: Route = {
  method: 'GET',
  path: '/workspaces/:id/budgets/:interval',
  auth: 'read-settings',
  handle: ofWorkspace(async ({ workspace }, { params }, { access }) => {
    const interval = intervalIn(params.interval);
    if (interval === undefined) return NO_INTERVAL;
    const budget = (await budgetsOf(access, workspace)).find((one) => one.interval === interval);
    if (!budget) return NO_BUDGET;
    const data = budgetJson(workspace, budget);
    return { status: 200, json: { data, include_byok_in_budgets: workspace.byokInBudgets } };
  }),
};

const PUT: Route = {
  method: 'PUT',
  path: '/workspaces/:id/budgets/:interval',
  auth: 'manage-workspaces',
  body: WISH,
  handle: ofWorkspace(async ({ workspace }, { params, body }, { access, world }) => {
    const interval = intervalIn(params.interval);
    if (interval === undefined) return NO_INTERVAL;
    const wish = readBody(WISH, body);
    if (!wish.ok) return refusal(wish.error);
    const amount = nanoOf(wish.value.limit_usd) ?? 0n;
    const wrong = outOfOrder(await budgetsOf(access, workspace), interval, amount);
    if (wrong) return wrong;
    const byok = wish.value.include_byok_in_budgets;
    if (byok !== undefined && byok !== workspace.byokInBudgets) await access.workspaces.setByok(workspace.id, byok);
    const withByok = byok ?? workspace.byokInBudgets;
    const scope = workspaceScope(workspace.id);
    await access.budgets.put([{ scope, source: '', interval, amount, withByok }], world.now());
    const budget = (await budgetsOf(access, workspace)).find((one) => one.interval === interval);
    if (!budget) return NO_BUDGET; // somebody else has taken it away again
    return { status: 200, json: { data: budgetJson(workspace, budget), include_byok_in_budgets: withByok } };
  }),
};

const REMOVE: Route = {
  method: 'DELETE',
  path: '/workspaces/:id/budgets/:interval',
  auth: 'manage-workspaces',
  handle: ofWorkspace(async ({ workspace }, { params }, { access }) => {
    const interval = intervalIn(params.interval);
    if (interval === undefined) return NO_INTERVAL;
    await access.budgets.remove({ scope: workspaceScope(workspace.id), source: '', interval });
    return { status: 200, json: { deleted: true } };
  }),
};

/** What a workspace may spend in each interval, all its keys together: held with every call, refused with 403 beyond it. */
export const WORKSPACE_BUDGET_ROUTES: readonly Route[] = [LIST, ONE, PUT, REMOVE];
