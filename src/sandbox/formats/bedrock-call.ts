import {
  arrayOf,
  isObject,
  type Json,
  type JsonObject,
  objectOf,
  optionalNumber,
  parseJson,
  stringOf,
} from '../../base/json.ts';
import { ok } from '../../base/result.ts';
import type { AssistantPart, Message, TextPart, UserPart } from '../../call/message.ts';
import type { ToolChoice } from '../../call/tool.ts';
import { EMPTY_CALL, type Format } from './format.ts';
import { functionTool, schemaOutput, stringsOf } from './read.ts';

/** A Converse request; model and streaming are in its path. */
export const readConverse: Format['decodeCall'] = (body, { model, action }) => {
  const { maxTokens, stopSequences } = objectOf(body.inferenceConfig);
  const { tools, toolChoice } = objectOf(body.toolConfig);
  const { jsonSchema } = objectOf(objectOf(objectOf(body.outputConfig).textFormat).structure);
  const schema = parseJson(stringOf(objectOf(jsonSchema).schema));
  const chosen = readChoice(toolChoice);
  const maxOutputTokens = optionalNumber(maxTokens);
  return ok({
    ...EMPTY_CALL,
    model,
    stream: action === 'converse-stream',
    messages: [...readSystem(body.system), ...arrayOf(body.messages).flatMap((turn) => readTurn(objectOf(turn)))],
    tools: arrayOf(tools).flatMap((entry) => {
      const { name, description, inputSchema } = objectOf(objectOf(entry).toolSpec);
      return name === undefined ? [] : [functionTool(name, description, objectOf(inputSchema).json)];
    }),
    stop: stringsOf(stopSequences),
    ...(chosen && { toolChoice: chosen }),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(isObject(schema) && { output: schemaOutput(schema) }),
  });
};

function readChoice(value: Json | undefined): ToolChoice | undefined {
  const { any, tool } = objectOf(value);
  if (isObject(tool)) return { type: 'function', name: stringOf(tool.name) };
  return any === undefined ? undefined : { type: 'required' };
}

function readSystem(value: Json | undefined): Message[] {
  const parts = textsIn(value);
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

const textsIn = (blocks: Json | undefined): TextPart[] =>
  arrayOf(blocks).flatMap((block) => {
    const { text } = objectOf(block);
    return typeof text === 'string' ? [{ type: 'text' as const, text }] : [];
  });

/** A user's turn holds tool results too; each of them is a message of its own. */
function readTurn(turn: JsonObject): Message[] {
  const blocks = arrayOf(turn.content).map(objectOf);
  if (turn.role === 'assistant') return [{ role: 'assistant', parts: blocks.flatMap(assistantPart) }];
  const messages: Message[] = blocks.flatMap(({ toolResult }): Message[] => {
    if (!isObject(toolResult)) return [];
    const { toolUseId, content, status } = toolResult;
    const failed = status === 'error' && { isError: true };
    return [{ role: 'tool', callId: stringOf(toolUseId), parts: textsIn(content), ...failed }];
  });
  const parts = blocks.flatMap(userPart);
  if (parts.length > 0) messages.push({ role: 'user', parts });
  return messages;
}

function userPart(block: JsonObject): UserPart[] {
  if (typeof block.text === 'string') return [{ type: 'text', text: block.text }];
  if (isObject(block.image)) {
    const data = stringOf(objectOf(block.image.source).bytes);
    return [{ type: 'image', source: { kind: 'base64', mediaType: `image/${stringOf(block.image.format)}`, data } }];
  }
  if (!isObject(block.document)) return [];
  const data = stringOf(objectOf(block.document.source).bytes);
  return [{ type: 'file', source: { kind: 'base64', mediaType: 'application/octet-stream', data } }];
}

function assistantPart(block: JsonObject): AssistantPart[] {
  if (typeof block.text === 'string') return [{ type: 'text', text: block.text }];
  if (isObject(block.toolUse)) {
    const { toolUseId, name, input } = block.toolUse;
    const written = JSON.stringify(input ?? {});
    return [{ type: 'tool-call', id: stringOf(toolUseId), name: stringOf(name), arguments: written }];
  }
  const { reasoningText } = objectOf(block.reasoningContent);
  if (!isObject(reasoningText)) return [];
  const { text, signature } = reasoningText;
  const signed = typeof signature === 'string' && { signature };
  return [{ type: 'reasoning', kind: 'text', text: stringOf(text), format: 'anthropic-claude-v1', ...signed }];
}
