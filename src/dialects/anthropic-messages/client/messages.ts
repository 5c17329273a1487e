import { type JsonObject, stringOf } from '../../../base/json.ts';
import { LIMITS } from '../../../base/limits.ts';
import type { Message, SystemMessage, TextPart, ToolMessage, ToolResultPart, UserPart } from '../../../call/message.ts';
import { type Complaints, complain, readBoolean, readObjects, readString } from '../../../call/read.ts';
import { nativeOf } from '../words.ts';
import { cacheOf, readAssistantPart, readBlocks, readPart } from './content.ts';
import { isOurs } from './server-tools.ts';

/** `system` and `messages`. A user's turn falls apart into tool results and what the user said, in its order. */
export function readMessages(to: Complaints, body: JsonObject): Message[] {
  const system = readBlocks(to, body, 'system', 'system');
  const turns = readObjects(to, body, 'messages') ?? [];
  if (turns.length === 0) complain(to, 'messages', "'messages' must hold at least one message.");
  if (turns.length > LIMITS.messages_max) {
    complain(to, 'messages', `'messages' holds more than ${LIMITS.messages_max} messages.`);
    return [];
  }
  const messages: Message[] = system.length > 0 ? [systemMessage(to, system, 'system')] : [];
  turns.forEach((turn, index) => {
    for (const message of readTurn(to, turn, `messages[${index}]`)) messages.push(message);
  });
  return messages;
}

function systemMessage(to: Complaints, blocks: readonly JsonObject[], path: string): SystemMessage {
  const parts = blocks.flatMap((block, index) => readSystemPart(to, block, `${path}[${index}]`));
  const texts = parts.filter((part): part is TextPart => part.type === 'text');
  if (texts.length < parts.length) complain(to, path, `'${path}' may hold text only.`);
  return { role: 'system', parts: texts };
}

/**
 * Claude Code begins its system prompt with a line that tells Anthropic who calls and changes with every request: to
 * anyone else it only defeats the prompt cache (musistudio/claude-code-router#1343, read 2026-11-29).
 */
const ATTRIBUTION = /^x-anthropic-billing-header:[^\n]*(?:\n+|$)/;

function readSystemPart(to: Complaints, block: JsonObject, path: string): ToolResultPart[] {
  const line = typeof block.text === 'string' ? ATTRIBUTION.exec(block.text)?.[0] : undefined;
  if (line === undefined) return [readPart(to, block, path)];
  const attribution: TextPart = { type: 'text', text: '', native: nativeOf({ attribution: line.trimEnd() }) };
  const rest = stringOf(block.text).slice(line.length);
  if (rest !== '') return [attribution, readPart(to, { ...block, text: rest }, path)];
  return [{ ...attribution, ...cacheOf(to, block, path) }];
}

function readTurn(to: Complaints, turn: JsonObject, path: string): Message[] {
  const blocks = readBlocks(to, turn, 'content', `${path}.content`);
  switch (turn.role) {
    case 'user':
      return readUserTurn(to, blocks, `${path}.content`);
    case 'assistant': {
      const parts = blocks.flatMap((block, index) =>
        isOurs(block) ? [] : [readAssistantPart(to, block, `${path}.content[${index}]`)],
      );
      return parts.length === 0 && blocks.length > 0 ? [] : [{ role: 'assistant', parts }];
    }
    case 'system':
      return [systemMessage(to, blocks, `${path}.content`)];
    default:
      complain(
        to,
        `${path}.role`,
        `Invalid value for '${path}.role'. Supported values are: 'user', 'assistant', 'system'.`,
      );
      return [];
  }
}

function readUserTurn(to: Complaints, blocks: readonly JsonObject[], path: string): Message[] {
  const messages: Message[] = [];
  let said: UserPart[] = [];
  const flush = (): void => {
    if (said.length > 0) messages.push({ role: 'user', parts: said });
    said = [];
  };
  blocks.forEach((block, index) => {
    if (block.type === 'tool_result') {
      flush();
      messages.push(readToolResult(to, block, `${path}[${index}]`));
    } else said.push(readPart(to, block, `${path}[${index}]`));
  });
  flush();
  return messages;
}

function readToolResult(to: Complaints, block: JsonObject, path: string): ToolMessage {
  const callId = readString(to, block, 'tool_use_id', `${path}.tool_use_id`);
  if (callId === undefined) complain(to, `${path}.tool_use_id`, `Missing '${path}.tool_use_id'.`);
  const isError = readBoolean(to, block, 'is_error', `${path}.is_error`);
  const parts = readBlocks(to, block, 'content', `${path}.content`).map((inner, index) =>
    readPart(to, inner, `${path}.content[${index}]`),
  );
  return {
    role: 'tool',
    callId: callId ?? '',
    parts,
    ...(isError !== undefined && { isError }),
    ...cacheOf(to, block, path),
  };
}
