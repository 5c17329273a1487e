import type { CallToolResult, Client, JsonSchemaValidatorResult } from '@modelcontextprotocol/client';
import { agentAfter } from '../base/hops.ts';
import type { JsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { PRODUCT } from '../base/product.ts';
import type { World } from '../base/world.ts';
import type { McpServer } from './server.ts';
import type { Headers } from './servers.ts';
import { fetchOver } from './wire.ts';

/** A tool as its server tells it. */
export type ToldTool = { readonly name: string; readonly description: string; readonly schema: JsonObject };

/** A connection to an MCP server. What fails throws, with words for whoever set the server up. */
export type McpConnection = {
  readonly tools: (bounds: Bounds) => Promise<readonly ToldTool[]>;
  readonly use: (tool: ToldTool, given: JsonObject, bounds: Bounds) => Promise<CallToolResult>;
  readonly close: () => void;
};
export type Bounds = { readonly timeoutMs: number; readonly signal?: AbortSignal };

/**
 * What servers say of their results is not checked: a schema of a stranger's is a program, and a pattern in it may run
 * for ever.
 */
const UNCHECKED = {
  getValidator:
    <Value>() =>
    (input: unknown): JsonSchemaValidatorResult<Value> => ({
      valid: true,
      data: input as Value,
      errorMessage: undefined,
    }),
};

/** How many gateways the call has come through: two that name each other as MCP servers would ask round for ever. */
type Asking = { readonly headers: Headers; readonly hops: number } & Bounds;

/** The SDK is loaded with the first of them. Tried in this order: the revision of 2026, those of 2025. */
export async function connect(world: World, { url }: McpServer, asking: Asking): Promise<McpConnection> {
  const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client');
  const { headers, hops, ...bounds } = asking;
  const client = new Client(
    { name: PRODUCT.slug, version: PRODUCT.version },
    { jsonSchemaValidator: UNCHECKED, versionNegotiation: { mode: 'auto' }, inputRequired: { autoFulfill: false } },
  );
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    fetch: fetchOver(world, { ...headers, 'user-agent': agentAfter(hops + 1) }),
    // Its stream of news is not followed again: nothing here waits for news.
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1_000,
      maxReconnectionDelay: 1_000,
      reconnectionDelayGrowFactor: 1,
    },
  });
  try {
    await client.connect(transport, optionsOf(bounds));
  } catch (cause) {
    client.close().catch(() => {});
    throw cause;
  }
  return over(client);
}

const optionsOf = ({ timeoutMs, signal }: Bounds) => ({
  timeout: timeoutMs,
  maxTotalTimeout: timeoutMs,
  ...(signal && { signal }),
});

const over = (client: Client): McpConnection => ({
  tools: async (bounds) => {
    const { tools } = await client.listTools(undefined, optionsOf(bounds));
    return tools
      .slice(0, LIMITS.mcp_tools_each_max)
      .map(({ name, description = '', inputSchema }) => ({ name, description, schema: inputSchema as JsonObject }));
  },
  use: async ({ name, schema }, given, bounds) =>
    (await client.callTool(
      { name, arguments: given as { [name: string]: unknown } },
      { ...optionsOf(bounds), toolDefinition: { name, inputSchema: { type: 'object', ...schema } as never } },
    )) as CallToolResult,
  close: () => void client.close().catch(() => {}),
});

/** What went wrong, short, and without what a hostile server may have written into it beyond a line. */
export function wordsOf(cause: unknown): string {
  const said = cause instanceof Error ? cause.message : String(cause);
  return said.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 300);
}
