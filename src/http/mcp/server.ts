import type { McpServer } from '@modelcontextprotocol/server';
import { PRODUCT } from '../../base/product.ts';
import type { Ask } from './ask.ts';
import { MCP_TOOLS, type McpTool } from './tools.ts';

const ABOUT = `${PRODUCT.name} is a gateway to many models and providers. These tools tell which models there are and what they cost, ask them, and show what was charged.`;

/** The gateway's own MCP server, for one connection or one request. The SDK is loaded with the first of them. */
export async function serverWith(ask: Ask): Promise<McpServer> {
  const { McpServer } = await import('@modelcontextprotocol/server');
  const server = new McpServer(
    { name: PRODUCT.slug, title: PRODUCT.name, version: PRODUCT.version },
    { capabilities: { tools: { listChanged: false } }, instructions: ABOUT },
  );
  for (const tool of MCP_TOOLS) register(server, tool, ask);
  return server;
}

function register(server: McpServer, { name, title, description, input, isReading, run }: McpTool, ask: Ask): void {
  const annotations = {
    title,
    readOnlyHint: isReading,
    destructiveHint: false,
    idempotentHint: isReading,
    openWorldHint: !isReading,
  };
  server.registerTool(name, { title, description, inputSchema: input, annotations }, async (given, context) => {
    const { isFailed, value, text } = await run(given, (call) => ask(call, context.mcpReq.signal));
    return {
      content: [{ type: 'text', text: text ?? JSON.stringify(value) }],
      structuredContent: value,
      ...(isFailed && { isError: true }),
    };
  });
}
