import { type Fault, fault } from '../../base/fault.ts';
import { hopsOf } from '../../base/hops.ts';
import { isObject, type Json, type JsonObject, objectOf } from '../../base/json.ts';
import { NO_MONEY } from '../../base/money.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import { newComplaints } from '../../call/read.ts';
import { type McpConnection, wordsOf } from '../../mcp/connection.ts';
import type { ListedTool, Listing } from '../../mcp/listing.ts';
import { resultOf } from '../../mcp/result.ts';
import type { McpServer } from '../../mcp/server.ts';
import { MCP_TYPE, type McpWish, mcp } from '../../tools/mcp/index.ts';
import { failure, type OpenTool, type ToolOutcome } from '../../tools/tool.ts';
import type { Gateway } from '../gateway.ts';
import type { CallRequest } from '../receipt.ts';

/** The tools of MCP servers, as each entry of a call's tools asks for them. */
export type McpOpened = (wish: McpWish) => Result<readonly OpenTool[], Fault>;
export const NO_MCP: McpOpened = () => failed(fault('invalid_request', 'MCP servers were not asked.'));

/** Tools may be lent to models that tools ask: so deep they may lie, and one more is looked at. */
const DEPTH_MAX = 8;

/** What a call lists of the kind, also for those whom its tools ask. */
function entriesOf(values: readonly Json[], depth = 0): readonly JsonObject[] {
  return values.flatMap((value): readonly JsonObject[] => {
    if (!isObject(value) || depth > DEPTH_MAX) return [];
    if (value.type === MCP_TYPE) return [objectOf(value.parameters)];
    const inner = objectOf(value.parameters).tools;
    return Array.isArray(inner) ? entriesOf(inner, depth + 1) : [];
  });
}
const nativesOf = ({ tools }: Call): readonly JsonObject[] =>
  tools.flatMap((tool) => (tool.type === 'native' ? [tool.value] : []));

export const listsMcp = (call: Call): boolean => entriesOf(nativesOf(call)).length > 0;

type Asking = Pick<CallRequest<'chat'>, 'call' | 'caller' | 'userAgent'>;

/** Asks every server that the call names what tools it has; each answers for itself. */
export async function openMcpTools(gateway: Gateway, { call, caller, userAgent }: Asking): Promise<McpOpened> {
  const to = newComplaints();
  const wishes = entriesOf(nativesOf(call)).map((parameters) => mcp.read(to, parameters, ''));
  const all = (await gateway.mcp.servers.list(caller.workspaceId)).filter(
    ({ enabled, accountId }) => enabled && accountId === caller.accountId,
  );
  const isNamed = ({ name }: McpServer): boolean =>
    wishes.some(({ server }) => server === undefined || server === name);
  const hops = hopsOf(userAgent);
  const found = new Map<string, Found>();
  await Promise.all(
    all.filter(isNamed).map(async (server) => {
      const told = await gateway.mcp.listings.of(server, hops).catch((cause: unknown) => wordsOf(cause));
      found.set(server.name, { server, told });
    }),
  );
  return openedOf(gateway, found, hops);
}

type Found = { readonly server: McpServer; readonly told: Listing | string };

function openedOf(gateway: Gateway, found: ReadonlyMap<string, Found>, hops: number): McpOpened {
  const lines = new Map<string, Line>();
  return ({ server: name, allowedTools }) => {
    const named = name === undefined ? [...found.values()] : [found.get(name)].filter((one) => one !== undefined);
    if (named.length === 0)
      return failed(
        fault(
          'invalid_request',
          name === undefined
            ? 'This workspace has no MCP server that is switched on.'
            : `This workspace has no MCP server '${name.slice(0, 64)}' that is switched on.`,
        ),
      );
    const tools: OpenTool[] = [];
    for (const { server, told } of named) {
      if (typeof told === 'string')
        return failed(fault('upstream_unreachable', `The MCP server '${server.name}' does not answer: ${told}`));
      const line = lines.get(server.name) ?? lineTo(gateway, server, hops);
      lines.set(server.name, line);
      for (const tool of told.tools) {
        if (allowedTools?.includes(tool.name) !== false) tools.push(openTool(server, tool, line));
      }
    }
    if (tools.length === 0) return failed(fault('invalid_request', 'No tool of these MCP servers is allowed here.'));
    return ok(tools);
  };
}

/** The connection of one call to one server: made with its first use, closed with the call. */
type Line = {
  readonly connection: (signal: AbortSignal) => Promise<McpConnection>;
  /** False = the call has used the server as often as it may. */
  readonly takeUse: () => boolean;
  readonly close: () => void;
};

function lineTo({ mcp: { connect } }: Gateway, server: McpServer, hops: number): Line {
  let coming: Promise<McpConnection> | null = null;
  let uses = 0;
  let isClosed = false;
  return {
    connection: (signal) => {
      if (isClosed) return Promise.reject(new Error('the call is over'));
      if (coming) return coming;
      const made = connect(server, hops, { timeoutMs: server.timeoutMs, signal });
      coming = made;
      made.then(
        (connection) => isClosed && connection.close(),
        () => (coming = null),
      );
      return made;
    },
    takeUse: () => uses++ < (server.usesMax ?? Number.POSITIVE_INFINITY),
    close: () => {
      isClosed = true;
      coming?.then(
        (connection) => connection.close(),
        () => {},
      );
    },
  };
}

function openTool(server: McpServer, tool: ListedTool, line: Line): OpenTool {
  const named = { server: server.name, name: tool.name };
  return {
    name: tool.functionName,
    description: tool.description,
    parameters: tool.schema,
    priceMax: NO_MONEY,
    ms: server.timeoutMs,
    close: line.close,
    run: async (asked, { onCancel }): Promise<ToolOutcome> => {
      const by = `${server.name}/${tool.name}`.slice(0, 200);
      const shown = { ...named, arguments: JSON.stringify(asked) };
      if (!line.takeUse())
        return { ...failure('The most uses of this MCP server that a request allows have been made.', shown), by };
      const leaving = new AbortController();
      onCancel(() => leaving.abort(new Error('given up')));
      const { signal } = leaving;
      try {
        const connection = await line.connection(signal);
        const answered = await connection.use(tool, asked, { timeoutMs: server.timeoutMs, signal });
        const { isFailed, text } = resultOf(answered);
        return { result: text, shown: { ...shown, output: text }, by, ...(isFailed && { isFailed: true }) };
      } catch (cause) {
        return { ...failure(`The tool could not be used: ${wordsOf(cause)}`, shown), by };
      }
    },
  };
}
