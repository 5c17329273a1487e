import { z } from 'zod';
import { fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Principal } from '../../facts/principal.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { ObservabilityDestination } from '../../telemetry/destinations/destination.ts';
import { masked, mergedConfig, OF_A_KIND_MAX } from '../../telemetry/destinations/destinations.ts';
import { FILTER_FIELDS, FILTER_OPERATORS } from '../../telemetry/destinations/filter.ts';
import { configSchema, KIND_NAMES } from '../../telemetry/destinations/kinds.ts';
import type { Route, RouteAnswer, RouteRequest } from '../route.ts';
import { PAGE_QUERY, readBody, readPage } from './account/body.ts';
import { refusal } from './account/refusal.ts';
import { NO_WORKSPACE } from './account/workspaces.ts';

const RULE = z.strictObject({
  field: z.enum(FILTER_FIELDS, `must be one of ${FILTER_FIELDS.join(', ')}: what is said in calls is kept nowhere`),
  operator: z.enum(FILTER_OPERATORS, `must be one of ${FILTER_OPERATORS.join(', ')}`),
  value: z.union([z.string().max(1_000), z.number()]).optional(),
});
const RULES = z.strictObject({
  enabled: z.boolean().default(true),
  groups: z
    .array(z.strictObject({ logic: z.enum(['and', 'or']).default('and'), rules: z.array(RULE).max(50) }))
    .max(20),
});
const OPTIONAL = {
  name: z.string().min(1).max(200).optional(),
  enabled: z.boolean().optional(),
  privacy_mode: z.boolean().optional(),
  broadcast_generation_cost: z.boolean().optional(),
  broadcast_generation_identity: z.boolean().optional(),
  broadcast_generation_request_context: z.boolean().optional(),
  sampling_rate: z.number().min(0.0001).max(1).optional(),
  api_key_hashes: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, 'must be hashes of keys'))
    .min(1)
    .max(1_000)
    .nullable()
    .optional(),
  filter_rules: RULES.nullable().optional(),
  config: z.record(z.string(), z.json()).optional(),
  /** Calls are served where this gateway runs: it has no regions of its own. */
  regions: z.tuple([z.literal('global')], "must be ['global'] or left out: this gateway has no regions").optional(),
};
const CHANGE = z.strictObject(OPTIONAL);
const NEW = z.strictObject({
  ...OPTIONAL,
  name: z.string().min(1).max(200),
  type: z.enum(KIND_NAMES, `is not offered by this gateway: ${KIND_NAMES.join(', ')}`),
  config: z.record(z.string(), z.json()),
  workspace_id: z.string().max(100).optional(),
});
type Said = z.infer<typeof CHANGE>;

const NONE = refusal(fault('not_found', 'Observability destination not found'));
const FULL = refusal(
  fault('invalid_request', `A workspace has at most ${OF_A_KIND_MAX} destinations of one type`, { param: 'type' }),
);

const destinationJson = ({ destinations }: Gateway, destination: ObservabilityDestination) => ({
  id: destination.id,
  workspace_id: destination.workspaceId,
  name: destination.name,
  type: destination.kind,
  enabled: destination.enabled,
  privacy_mode: destination.privacyMode,
  broadcast_generation_cost: destination.visible.cost,
  broadcast_generation_identity: destination.visible.identity,
  broadcast_generation_request_context: destination.visible.requestContext,
  regions: ['global'],
  sampling_rate: destination.samplingRate,
  api_key_hashes: destination.keyHashes,
  filter_rules: destination.filterRules,
  config: masked(destinations.configOf(destination) ?? {}),
  created_at: new Date(destination.createdAt).toISOString(),
  updated_at: new Date(destination.updatedAt).toISOString(),
});

/** What a body says of the settings, over what held before. */
const settingsOf = (
  said: Said,
  before: Omit<ObservabilityDestination, 'id' | 'sealed' | 'createdAt' | 'updatedAt'>,
) => ({
  name: said.name ?? before.name,
  enabled: said.enabled ?? before.enabled,
  privacyMode: said.privacy_mode ?? before.privacyMode,
  visible: {
    cost: said.broadcast_generation_cost ?? before.visible.cost,
    identity: said.broadcast_generation_identity ?? before.visible.identity,
    requestContext: said.broadcast_generation_request_context ?? before.visible.requestContext,
  },
  samplingRate: said.sampling_rate ?? before.samplingRate,
  keyHashes: said.api_key_hashes === undefined ? before.keyHashes : said.api_key_hashes,
  filterRules: said.filter_rules === undefined ? before.filterRules : (said.filter_rules as typeof before.filterRules),
});

const AT_FIRST = {
  enabled: true,
  privacyMode: false,
  visible: { cost: false, identity: false, requestContext: false },
  samplingRate: 1,
  keyHashes: null,
  filterRules: null,
} as const;

type Of = { readonly destination: ObservabilityDestination; readonly caller: Principal };

/** A route about one destination of the caller's account; another account's is none. */
const ofDestination =
  (handle: (of: Of, request: RouteRequest, gateway: Gateway) => RouteAnswer | Promise<RouteAnswer>): Route['handle'] =>
  async (request, gateway) => {
    const { caller, params } = request;
    const destination = caller && (await gateway.destinations.find(caller.accountId, params.id ?? ''));
    return caller && destination ? handle({ destination, caller }, request, gateway) : NONE;
  };

async function workspaceIn({ access }: Gateway, caller: Principal, reference: string | undefined) {
  if (reference === undefined) return caller.workspaceId;
  return (await access.workspaces.find(caller.accountId, reference))?.id ?? null;
}

const LIST: Route = {
  method: 'GET',
  path: '/observability/destinations',
  auth: 'read-settings',
  query: PAGE_QUERY,
  handle: async ({ query, caller }, gateway) => {
    const page = readPage(query);
    if (!page.ok || caller === null) return page.ok ? NONE : refusal(page.error);
    const workspaceId = await workspaceIn(gateway, caller, query.workspace_id);
    if (workspaceId === null) return NO_WORKSPACE;
    const { destinations, total } = await gateway.destinations.list(workspaceId, page.value);
    return {
      status: 200,
      json: { data: destinations.map((one) => destinationJson(gateway, one)), total_count: total },
    };
  },
};

const CREATE: Route = {
  method: 'POST',
  path: '/observability/destinations',
  auth: 'manage-observability',
  body: NEW,
  handle: async ({ body, caller }, gateway) => {
    const wish = readBody(NEW, body);
    if (!wish.ok || caller === null) return wish.ok ? NONE : refusal(wish.error);
    const { type: kind, config: given, workspace_id } = wish.value;
    const config = readBody(z.object({ config: configSchema(kind) }), { config: given as JsonObject });
    if (!config.ok) return refusal(config.error);
    const workspaceId = await workspaceIn(gateway, caller, workspace_id);
    if (workspaceId === null) return NO_WORKSPACE;
    const { accountId } = caller;
    const first = { ...AT_FIRST, name: wish.value.name, accountId, workspaceId, kind };
    const made = await gateway.destinations.create(
      { ...first, ...settingsOf(wish.value, first) },
      config.value.config as JsonObject,
    );
    if (!made.ok) return refusal(made.error);
    return made.value === 'full' ? FULL : { status: 201, json: { data: destinationJson(gateway, made.value) } };
  },
};

const ONE: Route = {
  method: 'GET',
  path: '/observability/destinations/:id',
  auth: 'read-settings',
  handle: ofDestination(({ destination }, _request, gateway) => ({
    status: 200,
    json: { data: destinationJson(gateway, destination) },
  })),
};

const UPDATE: Route = {
  method: 'PATCH',
  path: '/observability/destinations/:id',
  auth: 'manage-observability',
  body: CHANGE,
  handle: ofDestination(async ({ destination }, { body }, gateway) => {
    const wish = readBody(CHANGE, body);
    if (!wish.ok) return refusal(wish.error);
    const { config: given } = wish.value;
    const config =
      given === undefined
        ? null
        : readBody(z.object({ config: configSchema(destination.kind) }), {
            config: mergedConfig(gateway.destinations.configOf(destination) ?? {}, given as JsonObject),
          });
    if (config && !config.ok) return refusal(config.error);
    const changed = await gateway.destinations.change(
      destination,
      settingsOf(wish.value, destination),
      config ? (config.value.config as JsonObject) : undefined,
    );
    if (!changed.ok) return refusal(changed.error);
    return changed.value ? { status: 200, json: { data: destinationJson(gateway, changed.value) } } : NONE;
  }),
};

const REMOVE: Route = {
  method: 'DELETE',
  path: '/observability/destinations/:id',
  auth: 'manage-observability',
  handle: ofDestination(async ({ destination, caller }, _request, { destinations }) =>
    (await destinations.remove(caller.accountId, destination.id)) ? { status: 200, json: { deleted: true } } : NONE,
  ),
};

/** Where the receipts of a workspace are sent to (spec §1.12 and §7.6). */
export const OBSERVABILITY_ROUTES: readonly Route[] = [LIST, CREATE, ONE, UPDATE, REMOVE];
