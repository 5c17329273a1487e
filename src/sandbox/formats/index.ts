import type { Json, JsonObject } from '../../base/json.ts';
import type { WireHeaders } from '../../base/world.ts';
import { anthropicMessagesClient } from '../../dialects/anthropic-messages/index.ts';
import { geminiClient } from '../../dialects/gemini/index.ts';
import { openaiChatClient } from '../../dialects/openai-chat/index.ts';
import { openaiResponsesClient } from '../../dialects/openai-responses/client/index.ts';
import { bedrockFormat } from './bedrock.ts';
import { formatOfClient } from './client.ts';
import { cohereFormat } from './cohere.ts';
import type { Format, PathParts } from './format.ts';
import { ollamaFormat } from './ollama.ts';

const openaiChat = formatOfClient(openaiChatClient, 'anthropic-claude-v1');
const openaiResponses = formatOfClient(openaiResponsesClient, 'openai-responses-v1');
const anthropicMessages = {
  ...formatOfClient(anthropicMessagesClient, 'anthropic-claude-v1'),
  brokenEvent: 'event: content_block_delta\ndata: {"type":"content_block_de\n\n',
};
const gemini = formatOfClient(geminiClient, 'google-gemini-v1');

export type FormatOfPath = { readonly format: Format; readonly path: PathParts };

/** The format that a path asks for by its end; undefined for a path that none of them has. */
export function formatFor(path: string, headers: WireHeaders, body: JsonObject): FormatOfPath | undefined {
  const inPath =
    /\/(?:models|model)\/([^/]+?)(?::|\/)(generateContent|streamGenerateContent|converse(?:-stream)?)$/.exec(path);
  if (inPath) {
    const parts = { model: decode(inPath[1] ?? ''), action: inPath[2] ?? '' };
    return { format: parts.action.startsWith('converse') ? bedrockFormat : gemini, path: parts };
  }
  const format = byEnd(path, headers, body);
  return format && { format, path: { model: '', action: '' } };
}

function byEnd(path: string, headers: WireHeaders, body: JsonObject): Format | undefined {
  if (path.endsWith('/chat/completions')) return openaiChat;
  if (path.endsWith('/responses')) return openaiResponses;
  if (path.endsWith('/messages')) return anthropicMessages;
  if (path.endsWith('/api/chat')) return ollamaFormat;
  if (path.endsWith('/chat')) return isOllama(headers, body) ? ollamaFormat : cohereFormat;
  return undefined;
}

/** Below one base URL both are `/chat`: Ollama speaks NDJSON, and has fields that Cohere has not. */
const isOllama = (headers: WireHeaders, body: { readonly [field: string]: Json | undefined }): boolean =>
  (headers.accept ?? '').includes('ndjson') ||
  ['options', 'think', 'format'].some((field) => body[field] !== undefined);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
