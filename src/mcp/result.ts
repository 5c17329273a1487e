import type { CallToolResult } from '@modelcontextprotocol/client';
import { LIMITS } from '../base/limits.ts';

/** What came of one use of a tool, as its model is told. */
export type McpResult = { readonly isFailed: boolean; readonly text: string };

/** Texts as they are; of pictures, sounds and files only that they were there: a model reads results as text. */
export function resultOf({ content = [], structuredContent, isError }: CallToolResult): McpResult {
  const parts = content.map((part) => {
    switch (part.type) {
      case 'text':
        return part.text;
      case 'image':
      case 'audio':
        return `(${part.type} of type ${part.mimeType.slice(0, 100)}, left out)`;
      case 'resource_link':
        return `${part.name}: ${part.uri}`;
      case 'resource':
        return 'text' in part.resource ? part.resource.text : `(file ${part.resource.uri.slice(0, 1_000)}, left out)`;
      default:
        return '';
    }
  });
  const text = parts.filter((part) => part !== '').join('\n');
  const told = text === '' && structuredContent !== undefined ? JSON.stringify(structuredContent) : text;
  // One more than may be: whoever shortens it sees that there was more.
  return { isFailed: isError === true, text: told.slice(0, LIMITS.server_tool_result_length_max + 1) };
}
