import { z } from 'zod';
import { firstWorkspace } from '../../../access/owner.ts';
import type { Workspace } from '../../../access/workspaces.ts';
import { type Fault, fault } from '../../../base/fault.ts';
import { SORTS } from '../../../call/call.ts';
import type { Principal } from '../../../facts/principal.ts';
import { NOT_LOGGED } from '../../../gateway/contents/content.ts';
import { keyNumber } from '../../../gateway/contents/content-log.ts';
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
  disabled_server_tools: z.union([z.null(), z.tuple([])], 'not offered by this gateway: leave it empty').optional(),
  is_data_discount_logging_enabled: z.literal(false, 'not offered by this gateway').optional(),
  is_observability_broadcast_enabled: z.literal(false, 'not offered by this gateway').optional(),
};
/** What of its calls' contents is logged (`gateway/contents/`). Keys by their numbers, or by their hashes. */
const LOGGING = {
  io_logging_api_key_ids: z
    .array(z.union([z.int().nonnegative(), z.string().regex(/^[0-9a-f]{64}$/)]))
    .max(1000)
    .nullable()
    .optional(),
  io_logging_sampling_rate: z.number().min(0.0001).max(1).optional(),
  is_observability_io_logging_enabled: z.boolean().optional(),
};

/** By what hosts are sorted where a call does not say it. */
const default_provider_sort = z.enum(SORTS).nullable().optional();

const NEW = z.object({ name, slug, description, default_provider_sort, ...UNHEEDED, ...LOGGING });
const CHANGE = z.object({
  name: name.optional(),
  slug: slug.optional(),
  description,
  default_provider_sort,
  ...UNHEEDED,
  ...LOGGING,
});

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

type LoggingFields = {
  readonly io_logging_api_key_ids?: readonly (number | string)[] | null | undefined;
  readonly io_logging_sampling_rate?: number | undefined;
  readonly is_observability_io_logging_enabled?: boolean | undefined;
};

/** Nothing can be logged where nothing can be sealed. */
function loggingObstacle({ contents }: Gateway, wish: LoggingFields): RouteAnswer | null {
  if (wish.is_observability_io_logging_enabled !== true) return null;
  const words = contents ? contents.obstacle() : 'this gateway logs no contents';
  if (words === null) return null;
  const param = 'is_observability_io_logging_enabled';
  return refusal(fault('invalid_request', `${param}: ${words}`, { param }));
}

async function keepWish({ contents }: Gateway, { id, accountId }: Workspace, wish: LoggingFields): Promise<void> {
  const {
    io_logging_api_key_ids: keys,
    io_logging_sampling_rate: rate,
    is_observability_io_logging_enabled: enabled,
  } = wish;
  if (!contents || (keys === undefined && rate === undefined && enabled === undefined)) return;
  const before = (await contents.store.wishes([id])).get(id) ?? NOT_LOGGED;
  await contents.store.wish(
    { workspaceId: id, accountId },
    {
      enabled: enabled ?? before.enabled,
      rate: rate ?? before.rate,
      keys:
        keys === undefined
          ? before.keys
          : (keys?.map((key) => (typeof key === 'string' ? keyNumber(key) : key)) ?? null),
    },
  );
}

async function shown({ contents }: Gateway, workspace: Workspace) {
  const wishes = await contents?.store.wishes([workspace.id]);
  return workspaceJson(workspace, wishes?.get(workspace.id) ?? NOT_LOGGED);
}

const LIST: Route = {
  method: 'GET',
  path: '/workspaces',
  auth: 'read-settings',
  query: PAGE_QUERY,
  handle: async ({ query, caller }, { access, contents }) => {
    const page = readPage(query);
    if (!page.ok) return refusal(page.error);
    const { workspaces, total } = await access.workspaces.list(caller?.accountId ?? '', page.value);
    const wishes = await contents?.store.wishes(workspaces.map(({ id }) => id));
    const data = workspaces.map((one) => workspaceJson(one, wishes?.get(one.id) ?? NOT_LOGGED));
    return { status: 200, json: { data, total_count: total } };
  },
};

const CREATE: Route = {
  method: 'POST',
  path: '/workspaces',
  auth: 'manage-workspaces',
  body: NEW,
  handle: async ({ body, caller }, gateway) => {
    const { access } = gateway;
    const wish = readBody(NEW, body);
    if (!wish.ok || caller === null) return wish.ok ? NO_WORKSPACE : refusal(wish.error);
    const obstacle = loggingObstacle(gateway, wish.value);
    if (obstacle) return obstacle;
    const { name, slug, description = null, default_provider_sort: defaultSort = null } = wish.value;
    const by = { accountId: caller.accountId, createdBy: caller.memberId ?? caller.accountId };
    const workspace = await access.workspaces.create({ name, slug, description, defaultSort }, by);
    if (!workspace) return TAKEN;
    await keepWish(gateway, workspace, wish.value);
    return { status: 201, json: { data: await shown(gateway, workspace) } };
  },
};

const ONE: Route = {
  method: 'GET',
  path: '/workspaces/:id',
  auth: 'read-settings',
  handle: ofWorkspace(async ({ workspace }, _request, gateway) => ({
    status: 200,
    json: { data: await shown(gateway, workspace) },
  })),
};

const UPDATE: Route = {
  method: 'PATCH',
  path: '/workspaces/:id',
  auth: 'manage-workspaces',
  body: CHANGE,
  handle: ofWorkspace(async ({ workspace }, { body }, gateway) => {
    const { access } = gateway;
    const wish = readBody(CHANGE, body);
    if (!wish.ok) return refusal(wish.error);
    const obstacle = loggingObstacle(gateway, wish.value);
    if (obstacle) return obstacle;
    const { name, slug, description, default_provider_sort: defaultSort } = wish.value;
    const changed = await access.workspaces.change(workspace, {
      ...(name !== undefined && { name }),
      ...(slug !== undefined && { slug }),
      ...(description !== undefined && { description }),
      ...(defaultSort !== undefined && { defaultSort }),
    });
    if (changed === 'taken') return TAKEN;
    const now = changed === 'changed' && (await access.workspaces.find(workspace.accountId, workspace.id));
    if (!now) return NO_WORKSPACE;
    await keepWish(gateway, now, wish.value);
    return { status: 200, json: { data: await shown(gateway, now) } };
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
