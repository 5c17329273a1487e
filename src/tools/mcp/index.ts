import { stringOf } from '../../base/json.ts';
import { complain, readString } from '../../call/read.ts';
import type { ServerTool } from '../tool.ts';

export type McpWish = {
  /** Absent = all servers of the workspace. */
  readonly server?: string;
  /** Of what the server's own list allows; absent = all of that. */
  readonly allowedTools?: readonly string[];
};

export const MCP_TYPE = 'openrouter:mcp';

/** The tools of an MCP server that the caller's workspace has named; OpenRouter has no such tool (docs/mcp.md). */
export const mcp: ServerTool<McpWish> = {
  id: 'mcp',
  about: 'Uses the tools of an MCP server that the workspace has named.',
  costs: 'nothing',
  fields: [
    {
      name: 'server',
      type: 'string',
      otherwise: 'all servers of the workspace',
      meaning: 'The name of a server that the workspace has.',
    },
    {
      name: 'allowed_tools',
      type: 'string[]',
      otherwise: 'all that the workspace allows',
      meaning: 'Which of its tools the model may use, by their names at the server.',
    },
  ],
  isRepeated: true,
  read: (to, parameters, path) => {
    const server = readString(to, parameters, 'server', `${path}.server`);
    const said = parameters.allowed_tools;
    if (said === undefined || said === null) return server === undefined ? {} : { server };
    if (!Array.isArray(said) || said.length > 1_000 || said.some((name) => typeof name !== 'string'))
      complain(to, `${path}.allowed_tools`, `Invalid '${path}.allowed_tools': expected a list of names of tools.`);
    const allowedTools = Array.isArray(said) ? said.map(stringOf) : [];
    return { ...(server !== undefined && { server }), allowedTools };
  },
  open: (wish, { mcp: opened }) => opened(wish),
};
