import { z } from 'zod';
import { fault } from '../../base/fault.ts';
import { hopsOf } from '../../base/hops.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Principal } from '../../facts/principal.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { wordsOf } from '../../mcp/connection.ts';
import { type McpServer, SERVER_NAME } from '../../mcp/server.ts';
import type { Headers } from '../../mcp/servers.ts';
import type { Route, RouteAnswer, RouteRequest } from '../route.ts';
import { readBody } from './account/body.ts';
import { refusal } from './account/refusal.ts';
import { NO_WORKSPACE } from './account/workspaces.ts';

/** Those that are the connection's or the protocol's own. */
const OWN_HEADERS =
  /^(?:host|connection|content-length|content-type|transfer-encoding|te|trailer|upgrade|keep-alive|expect|accept|user-agent|mcp-.*)$/i;
const HEADERS_MAX = 20;
const HEADERS = z
  .record(
    z
      .string()
      .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/, 'must be names of headers')
      .refine((name) => !OWN_HEADERS.test(name), 'must be no headers of the connection or the protocol'),
    z
      .string()
      .max(4_000)
      .regex(/^[\t\x20-\x7e]*$/, 'must be ASCII'),
  )
  .refine((headers) => Object.keys(headers).length <= HEADERS_MAX, `must be ${HEADERS_MAX} at most`);
const holdsPassword = (address: URL | null): boolean => Boolean(address?.username || address?.password);

const OPTIONAL = {
  name: z
    .string()
    .regex(SERVER_NAME, 'must be up to 32 small letters, digits, "-" and "_", and begin with a letter or digit')
    // Two of them part a server's name from its tool's.
    .refine((name) => !name.includes('__'), 'must not hold "__"')
    .optional(),
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .max(2_000)
    .refine((value) => !holdsPassword(URL.parse(value)), 'must hold no password: use headers')
    .optional(),
  /** As they were shown, they stay as they are. */
  headers: HEADERS.nullable().optional(),
  enabled: z.boolean().optional(),
  allowed_tools: z.array(z.string().min(1).max(128)).max(1_000).nullable().optional(),
  timeout_ms: z.int().min(1_000).max(600_000).optional(),
  max_uses: z.int().min(1).max(1_000).nullable().optional(),
};
const CHANGE = z.strictObject(OPTIONAL);
const NEW = z.strictObject({
  ...OPTIONAL,
  name: OPTIONAL.name.unwrap(),
  url: OPTIONAL.url.unwrap(),
  workspace_id: z.string().max(100).optional(),
});

const TIMEOUT_MS = 30_000;
const NONE = refusal(fault('not_found', 'MCP server not found'));
const FULL = refusal(fault('invalid_request', `A workspace has at most ${LIMITS.mcp_servers_max} MCP servers`));
const TAKEN = refusal(fault('conflict', 'The workspace has another MCP server of this name', { param: 'name' }));

const masked = (headers: Headers): Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value.length < 24 ? '...' : `${value.slice(0, 4)}...${value.slice(-4)}`,
    ]),
  );

const serverJson = ({ mcp }: Gateway, server: McpServer) => ({
  id: server.id,
  workspace_id: server.workspaceId,
  name: server.name,
  url: server.url,
  headers: masked(mcp.servers.headersOf(server) ?? {}),
  enabled: server.enabled,
  allowed_tools: server.allowedTools,
  timeout_ms: server.timeoutMs,
  max_uses: server.usesMax,
  created_at: new Date(server.createdAt).toISOString(),
  updated_at: new Date(server.updatedAt).toISOString(),
});

/** A header that comes back as it was shown is the one that was there. */
function mergedHeaders(said: Headers | null, before: Headers): Headers {
  const shown = masked(before);
  return Object.fromEntries(
    Object.entries(said ?? {}).map(([name, value]) => {
      const was = before[name];
      return [name, was !== undefined && value === shown[name] ? was : value];
    }),
  );
}

type Of = { readonly server: McpServer; readonly caller: Principal };

/** A route about one server of the caller's account; another account's is none. */
const ofServer =
  (handle: (of: Of, request: RouteRequest, gateway: Gateway) => RouteAnswer | Promise<RouteAnswer>): Route['handle'] =>
  async (request, gateway) => {
    const { caller, params } = request;
    const server = caller && (await gateway.mcp.servers.find(caller.accountId, params.id ?? ''));
    return caller && server ? handle({ server, caller }, request, gateway) : NONE;
  };

async function workspaceIn({ access }: Gateway, caller: Principal, reference: string | undefined) {
  if (reference === undefined) return caller.workspaceId;
  return (await access.workspaces.find(caller.accountId, reference))?.id ?? null;
}

const LIST: Route = {
  method: 'GET',
  path: '/mcp/servers',
  auth: 'read-settings',
  handle: async ({ query, caller }, gateway) => {
    if (caller === null) return NONE;
    const workspaceId = await workspaceIn(gateway, caller, query.workspace_id);
    if (workspaceId === null) return NO_WORKSPACE;
    const servers = await gateway.mcp.servers.list(workspaceId);
    return { status: 200, json: { data: servers.map((one) => serverJson(gateway, one)), total_count: servers.length } };
  },
};

const CREATE: Route = {
  method: 'POST',
  path: '/mcp/servers',
  auth: 'manage-mcp-servers',
  body: NEW,
  handle: async ({ body, caller }, gateway) => {
    const wish = readBody(NEW, body);
    if (!wish.ok || caller === null) return wish.ok ? NONE : refusal(wish.error);
    const { name, url, headers, enabled = true, allowed_tools, timeout_ms, max_uses, workspace_id } = wish.value;
    const workspaceId = await workspaceIn(gateway, caller, workspace_id);
    if (workspaceId === null) return NO_WORKSPACE;
    const made = await gateway.mcp.servers.create(
      {
        accountId: caller.accountId,
        workspaceId,
        name,
        url,
        enabled,
        allowedTools: allowed_tools ?? null,
        timeoutMs: timeout_ms ?? TIMEOUT_MS,
        usesMax: max_uses ?? null,
      },
      headers ?? {},
    );
    if (!made.ok) return refusal(made.error);
    if (typeof made.value === 'string') return made.value === 'full' ? FULL : TAKEN;
    return { status: 201, json: { data: serverJson(gateway, made.value) } };
  },
};

const ONE: Route = {
  method: 'GET',
  path: '/mcp/servers/:id',
  auth: 'read-settings',
  handle: ofServer(({ server }, _request, gateway) => ({ status: 200, json: { data: serverJson(gateway, server) } })),
};

const UPDATE: Route = {
  method: 'PATCH',
  path: '/mcp/servers/:id',
  auth: 'manage-mcp-servers',
  body: CHANGE,
  handle: ofServer(async ({ server }, { body }, gateway) => {
    const wish = readBody(CHANGE, body);
    if (!wish.ok) return refusal(wish.error);
    const { name, url, headers, enabled, allowed_tools, timeout_ms, max_uses } = wish.value;
    // Whoever names another address must say again what is sent there: a secret goes to nobody it was not given to.
    const isElsewhere = url !== undefined && new URL(url).origin !== new URL(server.url).origin;
    const before = isElsewhere ? {} : (gateway.mcp.servers.headersOf(server) ?? {});
    const changed = await gateway.mcp.servers.change(
      server,
      {
        name: name ?? server.name,
        url: url ?? server.url,
        enabled: enabled ?? server.enabled,
        allowedTools: allowed_tools === undefined ? server.allowedTools : allowed_tools,
        timeoutMs: timeout_ms ?? server.timeoutMs,
        usesMax: max_uses === undefined ? server.usesMax : max_uses,
      },
      headers === undefined ? (isElsewhere ? {} : undefined) : mergedHeaders(headers, before),
    );
    if (!changed.ok) return refusal(changed.error);
    if (typeof changed.value === 'string') return changed.value === 'full' ? FULL : TAKEN;
    return changed.value ? { status: 200, json: { data: serverJson(gateway, changed.value) } } : NONE;
  }),
};

const REMOVE: Route = {
  method: 'DELETE',
  path: '/mcp/servers/:id',
  auth: 'manage-mcp-servers',
  handle: ofServer(async ({ server, caller }, _request, { mcp }) =>
    (await mcp.servers.remove(caller.accountId, server.id)) ? { status: 200, json: { deleted: true } } : NONE,
  ),
};

/** `POST /mcp/servers/{id}/tools`: asks the server now which tools it has; what is left out says why. */
const TOOLS: Route = {
  method: 'POST',
  path: '/mcp/servers/:id/tools',
  auth: 'manage-mcp-servers',
  handle: ofServer(async ({ server }, { headers }, { mcp }) => {
    try {
      const { tools, leftOut } = await mcp.listings.anew(server, hopsOf(headers['user-agent']));
      const shown = tools.map(({ name, functionName, description, schema }) => ({
        name,
        function_name: functionName,
        description,
        parameters: schema,
      }));
      return {
        status: 200,
        json: { data: { tools: shown, left_out: leftOut.map(({ name, why }) => ({ name, reason: why })) } },
      };
    } catch (cause) {
      return refusal(fault('upstream_unreachable', `The MCP server does not answer: ${wordsOf(cause)}`));
    }
  }),
};

/** MCP servers whose tools calls of a workspace can use, as `openrouter:mcp`: of our own, OpenRouter has none. */
export const MCP_SERVER_ROUTES: readonly Route[] = [LIST, CREATE, ONE, UPDATE, REMOVE, TOOLS];
