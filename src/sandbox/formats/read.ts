import { arrayOf, type Json, type JsonObject, objectOf, optionalString, stringOf } from '../../base/json.ts';
import type { OutputFormat } from '../../call/call.ts';
import type { AssistantPart, Message, TextPart, UserPart } from '../../call/message.ts';
import type { Tool } from '../../call/tool.ts';

/** What Cohere's and Ollama's requests have in common: messages and tools in the shape that OpenAI's chat began. */
export function readMessages(value: Json | undefined): Message[] {
  return arrayOf(value).map((entry): Message => {
    const message = objectOf(entry);
    switch (message.role) {
      case 'system':
        return { role: 'system', parts: texts(message.content) };
      case 'assistant':
        return { role: 'assistant', parts: [...assistantParts(message), ...calls(message.tool_calls)] };
      case 'tool': {
        const name = optionalString(message.tool_name);
        const callId = stringOf(message.tool_call_id);
        return { role: 'tool', callId, parts: texts(message.content), ...(name !== undefined && { name }) };
      }
      default:
        return { role: 'user', parts: [...userParts(message.content), ...images(message.images)] };
    }
  });
}

const blocksOf = (content: Json | undefined): readonly JsonObject[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : arrayOf(content).map(objectOf);

const texts = (content: Json | undefined): TextPart[] =>
  blocksOf(content).flatMap((block) =>
    typeof block.text === 'string' ? [{ type: 'text' as const, text: block.text }] : [],
  );

function userParts(content: Json | undefined): UserPart[] {
  return blocksOf(content).flatMap((block): UserPart[] => {
    if (block.type !== 'image_url') return [{ type: 'text', text: stringOf(block.text) }];
    const url = stringOf(objectOf(block.image_url).url);
    const inline = /^data:([^;,]+);base64,(.*)$/s.exec(url);
    if (!inline) return [{ type: 'image', source: { kind: 'url', url } }];
    return [{ type: 'image', source: { kind: 'base64', mediaType: inline[1] ?? '', data: inline[2] ?? '' } }];
  });
}

const images = (value: Json | undefined): UserPart[] =>
  arrayOf(value).map((data) => ({
    type: 'image',
    source: { kind: 'base64', mediaType: 'image/png', data: stringOf(data) },
  }));

const thought = (text: Json): AssistantPart => ({
  type: 'reasoning',
  kind: 'text',
  text: stringOf(text),
  format: 'unknown',
});

const assistantParts = ({ content, thinking }: JsonObject): AssistantPart[] => [
  ...(typeof thinking === 'string' ? [thought(thinking)] : []),
  ...blocksOf(content).map(
    (block): AssistantPart =>
      block.type === 'thinking' ? thought(block.thinking ?? '') : { type: 'text', text: stringOf(block.text) },
  ),
];

const calls = (value: Json | undefined): AssistantPart[] =>
  arrayOf(value).map((entry) => {
    const call = objectOf(entry);
    const named = objectOf(call.function);
    const written = typeof named.arguments === 'string' ? named.arguments : JSON.stringify(named.arguments ?? {});
    return { type: 'tool-call', id: stringOf(call.id), name: stringOf(named.name), arguments: written };
  });

export const readTools = (value: Json | undefined): Tool[] =>
  arrayOf(value).map((entry) => {
    const { name, description, parameters } = objectOf(objectOf(entry).function);
    return functionTool(name, description, parameters);
  });

export const functionTool = (
  name: Json | undefined,
  description: Json | undefined,
  parameters: Json | undefined,
): Tool => ({
  type: 'function',
  name: stringOf(name),
  ...(typeof description === 'string' && { description }),
  parameters: objectOf(parameters),
});

export const schemaOutput = (schema: JsonObject): OutputFormat => ({ type: 'json-schema', name: 'answer', schema });

export const stringsOf = (value: Json | undefined): string[] =>
  arrayOf(value).filter((item) => typeof item === 'string');
