import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import type { World } from '../base/world.ts';
import { connect, type ToldTool, wordsOf } from './connection.ts';
import type { McpServer } from './server.ts';
import type { McpServers } from './servers.ts';

/** A tool of a server as models are offered it. */
export type ListedTool = ToldTool & {
  /** The name of its function: `github__search_issues`. */
  readonly functionName: string;
};

/** What a server's tools are; those that are left out, and why. */
export type Listing = {
  readonly tools: readonly ListedTool[];
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
};

export type Listings = {
  /** As the server tells them now, or told them not long ago. Rejects with words where it cannot be reached. */
  readonly of: (server: McpServer, hops: number) => Promise<Listing>;
  /** As it tells them now. */
  readonly anew: (server: McpServer, hops: number) => Promise<Listing>;
};

type Kept = { readonly version: number; readonly at: number; readonly listing: Listing };

/** Tools are asked for seldom: each server's list is kept for some minutes, and longer while the server is away. */
export function openListings(world: World, servers: Pick<McpServers, 'headersOf'>): Listings {
  const kept = new Map<string, Kept>();
  const coming = new Map<string, Promise<Listing>>();
  const keep = (server: McpServer, listing: Listing): void => {
    kept.delete(server.id);
    kept.set(server.id, { version: server.updatedAt, at: world.elapsed(), listing });
    const [oldest] = kept.keys();
    if (kept.size > LIMITS.mcp_listings_max && oldest !== undefined) kept.delete(oldest);
  };
  const anew = async (server: McpServer, hops: number): Promise<Listing> => {
    const headers = servers.headersOf(server);
    if (headers === null) throw new Error('its headers were sealed by another secret');
    const bounds = { timeoutMs: LIMITS.mcp_listing_ms };
    const connection = await connect(world, server, { headers, hops, ...bounds });
    try {
      const listing = listingOf(server, await connection.tools(bounds));
      keep(server, listing);
      return listing;
    } finally {
      connection.close();
    }
  };
  /** Many calls at once ask it once. */
  const together = (server: McpServer, hops: number): Promise<Listing> => {
    const key = `${server.id} ${server.updatedAt} ${hops}`;
    const under = coming.get(key);
    if (under) return under;
    const asking = anew(server, hops).finally(() => coming.delete(key));
    coming.set(key, asking);
    return asking;
  };
  return {
    anew,
    of: async (server, hops) => {
      const found = kept.get(server.id);
      const before = found?.version === server.updatedAt ? found : undefined;
      const age = before ? world.elapsed() - before.at : Number.POSITIVE_INFINITY;
      if (before && age < LIMITS.mcp_listing_fresh_ms) return before.listing;
      try {
        return await together(server, hops);
      } catch (cause) {
        if (before && age < LIMITS.mcp_listing_stale_ms) return before.listing;
        throw new Error(wordsOf(cause));
      }
    },
  };
}

/** What a server says is a stranger's text: it is shortened, and told to models as what it is. */
export function listingOf({ name, allowedTools }: McpServer, told: readonly ToldTool[]): Listing {
  const tools: ListedTool[] = [];
  const leftOut: { readonly name: string; readonly why: string }[] = [];
  const taken = new Set<string>();
  for (const tool of told) {
    const leave = (why: string): void => void leftOut.push({ name: plain(tool.name).slice(0, 100), why });
    const functionName = functionNameOf(name, tool.name);
    if (allowedTools !== null && !allowedTools.includes(tool.name)) leave('it is not on the list of allowed tools');
    else if (tool.name.length > 128) leave('its name is longer than 128 characters');
    else if (taken.has(functionName)) leave('another tool of the server has the same name');
    else if (!isSchema(tool.schema)) leave('its parameters are no JSON Schema of an object');
    else if (JSON.stringify(tool.schema).length > LIMITS.mcp_schema_length_max) leave('its schema is too long');
    else {
      taken.add(functionName);
      tools.push({ ...tool, description: descriptionOf(name, tool.description), functionName });
    }
  }
  return { tools, leftOut };
}

const isSchema = (schema: JsonObject): boolean =>
  isObject(schema) && (schema.type === undefined || schema.type === 'object');

const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();

/** Who says it stands before it, so that it can be taken for nobody else's words. */
const descriptionOf = (server: string, said: string): string =>
  `Tool of the MCP server "${server}", described by it: ${plain(said).slice(0, LIMITS.mcp_description_length_max)}`;

/** Vendors take letters, digits, `_` and `-`, 64 at most: of a longer name the end is a digest. */
export function functionNameOf(server: string, tool: string): string {
  const name = `${server}__${tool.replace(/[^A-Za-z0-9_-]/g, '_')}`;
  if (name.length <= FUNCTION_NAME_MAX) return name;
  const digest = createHash('sha256').update(tool).digest('hex').slice(0, 8);
  return `${name.slice(0, FUNCTION_NAME_MAX - 9)}_${digest}`;
}
const FUNCTION_NAME_MAX = 64;
