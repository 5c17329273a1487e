import { LIMITS } from '../base/limits.ts';
import type { World } from '../base/world.ts';
import { type Bounds, connect, type McpConnection } from './connection.ts';
import { type Listings, openListings } from './listing.ts';
import type { McpServer } from './server.ts';
import type { McpServers } from './servers.ts';

/** The MCP servers of workspaces, and what calls do with them. */
export type Mcp = {
  readonly servers: McpServers;
  readonly listings: Listings;
  /** A connection for one call, which closes it. Throws with words. */
  readonly connect: (server: McpServer, hops: number, bounds: Bounds) => Promise<McpConnection>;
};

export function openMcp(world: World, servers: McpServers): Mcp {
  let open = 0;
  return {
    servers,
    listings: openListings(world, servers),
    connect: async (server, hops, bounds) => {
      if (open >= LIMITS.mcp_connections_max) throw new Error('too many MCP servers are in use at once');
      const headers = servers.headersOf(server);
      if (headers === null) throw new Error('its headers were sealed by another secret');
      open++;
      let isOpen = true;
      const leave = (): void => {
        if (isOpen) open--;
        isOpen = false;
      };
      try {
        const connection = await connect(world, server, { headers, hops, ...bounds });
        return {
          ...connection,
          close: () => {
            leave();
            connection.close();
          },
        };
      } catch (cause) {
        leave();
        throw cause;
      }
    },
  };
}
