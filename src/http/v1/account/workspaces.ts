import { z } from 'zod';
import { firstWorkspace } from '../../../access/owner.ts';
import type { Workspace } from '../../../access/workspaces.ts';
import { type Fault, fault } from '../../../base/fault.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { PAGE_QUERY, readBody, readPage } from './body.ts';
import { refusal } from './refusal.ts';
import { workspaceJson } from './workspace-json.ts';

const slug = z
  .string()
  .min(1)
  .max(50)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case letters and digits, words separated by single hyphens');
const name = z.string().min(1).max(100);
const description = z.string().max(500).nullable().optional();
/** Settings of the contract that nothing here would heed: only what is true anyway is taken. */
const UNHEEDED = {
  default_text_model: z.null('not offered by this gateway: leave it null').optional(),
  default_image_model: z.null('not offered by this gateway: leave it null').optional(),
  default_provider_sort: z.null('not offered by this gateway: leave it null').optional(),
  disabled_server_tools: z.union([z.null(), z.tuple([])], 'not offered by this gateway: leave it empty').optional(),
  io_logging_api_key_ids: z.null('prompts are logged nowhere: leave it null').optional(),
  io_logging_sampling_rate: z.number().min(0.0001).max(1).optional(),
  is_data_discount_logging_enabled: z.literal(false, 'prompts are logged nowhere').optional(),
  is_observability_broadcast_enabled: z.literal(false, 'not offered by this gateway').optional(),
  is_observability_io_logging_enabled: z.literal(false, 'prompts are logged nowhere').optional(),
};
const NEW = z.object({ name, slug, description, ...UNHEEDED });
const CHANGE = z.object({ name: name.optional(), slug: slug.optional(), description, ...UNHEEDED });

export const NO_WORKSPACE = refusal(fault('not_found', 'Workspace not found'));
const TAKEN = refusal(fault('invalid_request', 'slug: another workspace has it', { param: 'slug' }));
const KEPT: Fault = fault('permission_denied', 'The default workspace cannot be deleted');
const USED: Fault = fault('invalid_request', 'There are keys in this workspace: delete them first');

type Of = { readonly workspace: Workspace; readonly caller: Principal };

/** A route about one workspace of the caller's account, named by its id or slug; another account's is none. */
export const ofWorkspace =
  (handle: (of: Of, request: RouteRequest, gateway: Gateway) => RouteAnswer | Promise<RouteAnswer>): Route['handle'] =>
  async (request, gateway) => {
    const { caller, params } = request;
    const workspace = caller && (await gateway.access.workspaces.find(caller.accountId, params.id ?? ''));
    return caller && workspace ? handle({ workspace, caller }, request, gateway) : NO_WORKSPACE;
  };

const LIST: Route = {
  method: 'GET',
  path: '/workspaces',
  auth: 'read-settings',
  query: PAGE_QUERY,
  handle: async ({ query, caller }, { access }) => {
    const page = readPage(query);
    if (!page.ok) return refusal(page.error);
    const { workspaces, total } = await access.workspaces.list(caller?.accountId ?? '', page.value);
    return { status: 200, json: { data: workspaces.map(workspaceJson), total_count: total } };
  },
};

const CREATE: Route = {
  method: 'POST',
  path: '/workspaces',
  auth: 'manage-workspaces',
  body: NEW,
  handle: async ({ body, caller }, { access }) => {
    const wish = readBody(NEW, body);
    if (!wish.ok || caller === null) return wish.ok ? NO_WORKSPACE : refusal(wish.error);
    const { name, slug, description = null } = wish.value;
    const by = { accountId: caller.accountId, createdBy: caller.memberId ?? caller.accountId };
    const workspace = await access.workspaces.create({ name, slug, description }, by);
    return workspace ? { status: 201, json: { data: workspaceJson(workspace) } } : TAKEN;
  },
};

const ONE: Route = {
  method: 'GET',
  path: '/workspaces/:id',
  auth: 'read-settings',
  handle: ofWorkspace(({ workspace }) => ({ status: 200, json: { data: workspaceJson(workspace) } })),
};

const UPDATE: Route = {
  method: 'PATCH',
  path: '/workspaces/:id',
  auth: 'manage-workspaces',
  body: CHANGE,
  handle: ofWorkspace(async ({ workspace }, { body }, { access }) => {
    const wish = readBody(CHANGE, body);
    if (!wish.ok) return refusal(wish.error);
    const { name, slug, description } = wish.value;
    const changed = await access.workspaces.change(workspace, {
      ...(name !== undefined && { name }),
      ...(slug !== undefined && { slug }),
      ...(description !== undefined && { description }),
    });
    if (changed === 'taken') return TAKEN;
    const now = changed === 'changed' && (await access.workspaces.find(workspace.accountId, workspace.id));
    return now ? { status: 200, json: { data: workspaceJson(now) } } : NO_WORKSPACE;
  }),
};

const REMOVE: Route = {
  method: 'DELETE',
  path: '/workspaces/:id',
  auth: 'manage-workspaces',
  handle: ofWorkspace(async ({ workspace }, _request, { access }) => {
    if (workspace.id === firstWorkspace(workspace.accountId).id) return refusal(KEPT);
    const removed = await access.workspaces.remove(workspace);
    if (removed === 'missing') return NO_WORKSPACE;
    return removed === 'used' ? refusal(USED) : { status: 200, json: { deleted: true } };
  }),
};

/** The workspaces of the account, for management keys (spec §1.11). */
export const WORKSPACE_ROUTES: readonly Route[] = [LIST, CREATE, ONE, UPDATE, REMOVE];
