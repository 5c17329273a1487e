import { defaultGuardrailId, GUARDRAILS_MAX, type Guardrail } from '../../../access/guardrails.ts';
import { firstWorkspace } from '../../../access/owner.ts';
import type { Workspace } from '../../../access/workspaces.ts';
import { fault } from '../../../base/fault.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { PAGE_QUERY, readPage } from './body.ts';
import { GUARDRAIL_CHANGE, NEW_GUARDRAIL, NO_WISH, readGuardrailChange, readNewGuardrail } from './guardrail-body.ts';
import { guardrailJson } from './guardrail-json.ts';
import { refusal } from './refusal.ts';

export const NO_GUARDRAIL = refusal(fault('not_found', 'Guardrail not found'));
const NO_WORKSPACE = refusal(
  fault('invalid_request', 'workspace_id: there is no such workspace', { param: 'workspace_id' }),
);
const FULL = refusal(fault('invalid_request', `A workspace has at most ${GUARDRAILS_MAX} guardrails`));

type Of = { readonly guardrail: Guardrail; readonly caller: Principal };

/** A route about one guardrail of the caller's account; another account's is none. */
export const ofGuardrail =
  (handle: (of: Of, request: RouteRequest, gateway: Gateway) => RouteAnswer | Promise<RouteAnswer>): Route['handle'] =>
  async (request, gateway) => {
    const { caller, params } = request;
    const guardrail = caller && (await gateway.access.guardrails.find(caller.accountId, params.id ?? ''));
    return caller && guardrail ? handle({ guardrail, caller }, request, gateway) : NO_GUARDRAIL;
  };

/** The workspace whose default guardrail has this id, before anybody has configured it. */
async function workspaceWithDefault({ access }: Gateway, accountId: string, id: string): Promise<Workspace | null> {
  for (let offset = 0; ; offset += PAGE) {
    const { workspaces } = await access.workspaces.list(accountId, { offset, limit: PAGE });
    const found = workspaces.find((workspace) => defaultGuardrailId(workspace.id) === id);
    if (found || workspaces.length < PAGE) return found ?? null;
  }
}
const PAGE = 100;

const LIST: Route = {
  method: 'GET',
  path: '/guardrails',
  auth: 'read-settings',
  query: PAGE_QUERY,
  handle: async ({ query, caller }, { access }) => {
    const page = readPage(query);
    if (!page.ok) return refusal(page.error);
    const accountId = caller?.accountId ?? '';
    const workspace = await access.workspaces.find(accountId, query.workspace_id ?? firstWorkspace(accountId).id);
    if (!workspace) return { status: 200, json: { data: [], total_count: 0 } };
    const { guardrails, total } = await access.guardrails.list({ accountId, workspaceId: workspace.id }, page.value);
    return { status: 200, json: { data: guardrails.map(guardrailJson), total_count: total } };
  },
};

const CREATE: Route = {
  method: 'POST',
  path: '/guardrails',
  auth: 'manage-guardrails',
  body: NEW_GUARDRAIL,
  handle: async ({ body, caller }, { access, catalog }) => {
    const wish = readNewGuardrail(body, catalog());
    if (!wish.ok) return refusal(wish.error);
    const accountId = caller?.accountId ?? '';
    const workspace = await access.workspaces.find(accountId, wish.value.workspaceId ?? firstWorkspace(accountId).id);
    if (!workspace) return NO_WORKSPACE;
    const made = await access.guardrails.create(wish.value.wish, { accountId, workspaceId: workspace.id });
    return made ? { status: 201, json: { data: guardrailJson(made) } } : FULL;
  },
};

const ONE: Route = {
  method: 'GET',
  path: '/guardrails/:id',
  auth: 'read-settings',
  handle: async ({ params, caller }, gateway) => {
    const accountId = caller?.accountId ?? '';
    const id = params.id ?? '';
    const found = await gateway.access.guardrails.find(accountId, id);
    if (found) return { status: 200, json: { data: guardrailJson(found) } };
    const workspace = await workspaceWithDefault(gateway, accountId, id);
    if (!workspace) return NO_GUARDRAIL;
    const { createdAt } = workspace;
    const blank = { ...NO_WISH, id, accountId, workspaceId: workspace.id, createdAt, updatedAt: null };
    return { status: 200, json: { data: guardrailJson(blank) } };
  },
};

const UPDATE: Route = {
  method: 'PATCH',
  path: '/guardrails/:id',
  auth: 'manage-guardrails',
  body: GUARDRAIL_CHANGE,
  handle: async ({ params, body, caller }, gateway) => {
    const { access, catalog } = gateway;
    const accountId = caller?.accountId ?? '';
    const id = params.id ?? '';
    const found = await access.guardrails.find(accountId, id);
    const workspace = found ? null : await workspaceWithDefault(gateway, accountId, id);
    if (!found && !workspace) return NO_GUARDRAIL;
    const wish = readGuardrailChange(found ?? NO_WISH, body, catalog());
    if (!wish.ok) return refusal(wish.error);
    if (!workspace) {
      const changed = found && (await access.guardrails.change(found, wish.value));
      return changed ? { status: 200, json: { data: guardrailJson(changed) } } : NO_GUARDRAIL;
    }
    const of = { accountId, workspaceId: workspace.id };
    const made = await access.guardrails.create(wish.value, of, { id, by: caller?.memberId ?? null });
    return made ? { status: 200, json: { data: guardrailJson(made) } } : FULL;
  },
};

const REMOVE: Route = {
  method: 'DELETE',
  path: '/guardrails/:id',
  auth: 'manage-guardrails',
  handle: ofGuardrail(async ({ guardrail }, _request, { access }) =>
    (await access.guardrails.remove(guardrail)) ? { status: 200, json: { deleted: true } } : NO_GUARDRAIL,
  ),
};

/** What calls of keys, members and workspaces are held to (spec §7.5), for management keys. */
export const GUARDRAIL_ROUTES: readonly Route[] = [LIST, CREATE, ONE, UPDATE, REMOVE];
