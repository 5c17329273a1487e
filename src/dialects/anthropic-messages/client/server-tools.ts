import { isObject, type JsonObject, objectOf, optionalString, parseJson, stringOf } from '../../../base/json.ts';
import type { ServerToolCall } from '../../../call/server-tool.ts';

/**
 * Tools that the gateway ran, as this dialect shows tools of a vendor's own (spec §4.2). Results that it has no block for
 * are told like those of the contract's own tools: `openrouter_<tool>_tool_result`, as its shell's.
 */
export function useBlock({ id, tool, arguments: asked }: ServerToolCall): JsonObject {
  const input = parseJson(asked);
  return { type: 'server_tool_use', id: idOf(id), name: tool, input: isObject(input) ? input : {} };
}

export function resultBlock(call: ServerToolCall): JsonObject {
  const { id, tool, status, shown } = call;
  const isFailed = status === 'failed';
  const named = { tool_use_id: idOf(id) };
  if (tool === 'web_search') {
    const content = isFailed ? { type: 'web_search_tool_result_error', error_code: 'unavailable' } : foundIn(call);
    return { type: 'web_search_tool_result', ...named, content };
  }
  if (tool === 'web_fetch') {
    const content = isFailed ? { type: 'web_fetch_tool_result_error', error_code: 'unavailable' } : fetched(call);
    return { type: 'web_fetch_tool_result', ...named, content };
  }
  return { type: `openrouter_${tool}_tool_result`, ...named, content: { ...shown, status } };
}

const foundIn = ({ pages = [] }: ServerToolCall): JsonObject[] =>
  pages.map(({ url, title, publishedAt }) => ({
    type: 'web_search_result',
    url,
    title,
    encrypted_content: '',
    page_age: publishedAt ?? null,
  }));

function fetched({ shown }: ServerToolCall): JsonObject {
  const { url, title, content } = objectOf(shown);
  return {
    type: 'web_fetch_result',
    url: stringOf(url),
    retrieved_at: null,
    content: {
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: stringOf(content) },
      title: optionalString(title) ?? null,
      citations: null,
    },
  };
}

/** Programs of this dialect know such calls by this prefix. */
const idOf = (id: string): string =>
  id.startsWith('srvtoolu_') ? id : `srvtoolu_${id.replace(/[^A-Za-z0-9_-]/g, '_')}`;
