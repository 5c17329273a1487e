import type { Fault } from '../base/fault.ts';
import { Hidden } from '../base/hidden.ts';
import { isObject, parseJson } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { ok, type Result } from '../base/result.ts';
import { uuidOf } from '../base/uuid.ts';
import type { World } from '../base/world.ts';
import type { Vault } from '../vault/vault.ts';
import { type McpServer, type McpServerStore, placeOf } from './server.ts';

export type Headers = { readonly [name: string]: string };
export type McpServerWish = Omit<McpServer, 'id' | 'sealed' | 'createdAt' | 'updatedAt'>;
export type McpServerChange = Partial<Omit<McpServerWish, 'accountId' | 'workspaceId'>>;
/** Why one was not kept: its workspace has as many as it may, or one of that name. */
export type NotKept = 'full' | 'taken';

/** The MCP servers of accounts. Headers are handed in open, and read again only to be sent. */
export type McpServers = Pick<McpServerStore, 'list' | 'find' | 'remove'> & {
  readonly create: (wish: McpServerWish, headers: Headers) => Promise<Result<McpServer | NotKept, Fault>>;
  /** `headers` absent = they stay. Null = it is gone. */
  readonly change: (
    server: McpServer,
    change: McpServerChange,
    headers?: Headers,
  ) => Promise<Result<McpServer | NotKept | null, Fault>>;
  /** Null = they cannot be opened. */
  readonly headersOf: (server: McpServer) => Headers | null;
};

type Parts = {
  readonly store: McpServerStore;
  readonly vault: Vault;
  readonly world: World;
  /** 32 random bytes in hex. */
  readonly newSecret: () => string;
};

export function openMcpServers({ store, vault, world, newSecret }: Parts): McpServers {
  const seal = (id: string, headers: Headers): Result<string, Fault> =>
    vault.seal(placeOf(id), new Hidden(JSON.stringify(headers)));
  const isTaken = async ({ workspaceId, name, id }: Pick<McpServer, 'workspaceId' | 'name' | 'id'>): Promise<boolean> =>
    (await store.list(workspaceId)).some((other) => other.name === name && other.id !== id);
  return {
    list: store.list,
    find: store.find,
    remove: store.remove,
    create: async (wish, headers) => {
      const id = uuidOf(newSecret());
      const sealed = seal(id, headers);
      if (!sealed.ok) return sealed;
      const at = world.now();
      const server = { ...wish, id, sealed: sealed.value, createdAt: at, updatedAt: at };
      if (await store.add(server, LIMITS.mcp_servers_max)) return ok(server);
      return ok((await isTaken(server)) ? 'taken' : 'full');
    },
    change: async (server, change, headers) => {
      const sealed = headers === undefined ? ok(server.sealed) : seal(server.id, headers);
      if (!sealed.ok) return sealed;
      // Each change has a moment of its own, by which those who keep a list of its tools see that it is an old one.
      const updatedAt = Math.max(world.now(), server.updatedAt + 1);
      const changed = { ...server, ...change, sealed: sealed.value, updatedAt };
      if (await store.change(changed)) return ok(changed);
      return ok((await isTaken(changed)) ? 'taken' : null);
    },
    headersOf: ({ id, sealed }) => {
      const opened = vault.open(placeOf(id), sealed);
      const headers = opened.ok ? parseJson(opened.value.reveal()) : undefined;
      return isObject(headers) ? (headers as Headers) : null;
    },
  };
}
