import { isObject, type JsonObject, objectOf, optionalString, parseJson, stringOf } from '../../../base/json.ts';
import type { Source } from '../../../call/message.ts';
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
  const { id, tool, status, shown, image } = call;
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
  if (tool === 'advisor' && !isFailed)
    return { type: 'advisor_tool_result', ...named, content: { type: 'advisor_result', text: stringOf(shown.advice) } };
  return {
    type: `openrouter_${tool}_tool_result`,
    ...named,
    content: { ...shown, status, ...(image && { image: imageBlock(image) }) },
  };
}

/** As this dialect has pictures elsewhere. */
const imageBlock = (image: Source): JsonObject =>
  image.kind === 'base64'
    ? { type: 'base64', media_type: image.mediaType, data: image.data }
    : image.kind === 'url'
      ? { type: 'url', url: image.url }
      : {};

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

/** Programs of this dialect know calls of a vendor's tools by the first half, we know ours by the second. */
const PREFIX = 'srvtoolu_gw_';
const idOf = (id: string): string => `${PREFIX}${id.replace(/[^A-Za-z0-9_-]/g, '_')}`;

/**
 * A block of ours that comes back in a later turn. No vendor takes it: an id that it has not given, results without its
 * seal. As the contract has it of its own tools, it is left out; what came of it stands in the answer.
 */
export const isOurs = ({ type, id, tool_use_id }: JsonObject): boolean =>
  stringOf(type === 'server_tool_use' ? id : tool_use_id).startsWith(PREFIX);
