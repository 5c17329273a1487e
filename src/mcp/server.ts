/** An MCP server that a workspace has named: its tools can be used by any model of its calls. */
export type McpServer = {
  /** A UUID. */
  readonly id: string;
  readonly accountId: string;
  readonly workspaceId: string;
  /** By which calls name it, and the beginning of its tools' names. */
  readonly name: string;
  readonly url: string;
  readonly enabled: boolean;
  /** By the server's own names; null = all of its tools. */
  readonly allowedTools: readonly string[] | null;
  /** How long one use of a tool may take. */
  readonly timeoutMs: number;
  /** How often the tools of the server may be used in one call; null = as often as tools may. */
  readonly usesMax: number | null;
  /** Its headers as JSON, sealed for `placeOf(id)`. */
  readonly sealed: string;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** `github`, `my-notes`: it goes into names of functions, of which vendors allow no other characters. */
export const SERVER_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/;

/** Where the sealed headers stand. */
export const placeOf = (id: string) => ({ table: 'mcp_server', column: 'config', row: id });

/** Where MCP servers are kept. */
export type McpServerStore = {
  /** By name. */
  readonly list: (workspaceId: string) => Promise<readonly McpServer[]>;
  readonly find: (accountId: string, id: string) => Promise<McpServer | null>;
  /** False = its workspace has `most`, or one of that name. */
  readonly add: (server: McpServer, most: number) => Promise<boolean>;
  /** Puts this in the place of what has its id. False = there is none, or another has its name. */
  readonly change: (server: McpServer) => Promise<boolean>;
  readonly remove: (accountId: string, id: string) => Promise<boolean>;
};
