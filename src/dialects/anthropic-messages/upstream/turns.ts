import type { JsonObject } from '../../../base/json.ts';
import type {
  AssistantMessage,
  Message,
  SystemMessage,
  TextPart,
  ToolMessage,
  UserMessage,
} from '../../../call/message.ts';
import { assistantBlocks, userBlocks } from './content.ts';
import type { Encoding } from './encoding.ts';

export type Turn = { readonly role: 'user' | 'assistant' | 'system'; readonly content: JsonObject[] };
type IdMap = { readonly ofCall: (id: string) => string; readonly ofResult: (id: string) => string };
export type Turns = { readonly system: JsonObject[]; readonly messages: Turn[] };

/**
 * Leading system text is the system prompt. Later system text stays where it was said, as a turn of its own where the
 * model takes one, else as tagged text of the user's turn: moving it up would change its meaning and break the prompt
 * cache. Roles alternate: neighbours are merged, and
 * within a user's turn tool results come first, as the API demands.
 */
export function encodeTurns(encoding: Encoding): Turns {
  const all = encoding.call.messages;
  const firstTurn = all.findIndex((message) => !isSystemMessage(message));
  const leading = firstTurn < 0 ? Math.max(all.length - 1, 0) : firstTurn;
  const system: JsonObject[] = [];
  const messages: Turn[] = [];
  const ids = newIdMap();
  const systemTurns = systemTurnsOf(encoding);
  all.forEach((message, index) => {
    const field = `messages[${index}]`;
    if (index < leading) {
      for (const block of partsOf(message.parts as readonly TextPart[], encoding, field)) system.push(block);
      return;
    }
    const last = messages.at(-1);
    const isSystem = systemTurns.has(index) && last !== undefined && last.role !== 'assistant';
    const turn: Turn = isSystem
      ? { role: 'system', content: partsOf(message.parts as readonly TextPart[], encoding, field) }
      : turnOf(encoding, message, field, ids);
    if (turn.content.length === 0) return;
    if (last?.role !== turn.role) messages.push(turn);
    else for (const block of turn.content) last.content.push(block);
  });
  const ordered = messages.map((turn) => (turn.role === 'user' ? resultsFirst(turn) : turn));
  // A conversation begins with the user, whatever the caller's did.
  if (ordered[0]?.role === 'assistant') ordered.unshift({ role: 'user', content: [{ type: 'text', text: '…' }] });
  trimPrefill(ordered);
  return { system, messages: ordered };
}

/**
 * A system turn stands behind a user's and before the model's, or at the end (platform.claude.com, mid-conversation
 * system messages, read 2026-11-29). Neighbours are one.
 */
function systemTurnsOf({ call, target }: Encoding): ReadonlySet<number> {
  const turns = new Set<number>();
  if (!target.endpoint.systemTurns) return turns;
  let isFollowed = true;
  for (let at = call.messages.length - 1; at >= 0; at--) {
    const role = call.messages[at]?.role;
    if (role !== 'system' && role !== 'developer') isFollowed = role === 'assistant';
    else if (isFollowed) turns.add(at);
  }
  return turns;
}

const isSystemMessage = (message: Message | undefined): boolean =>
  message?.role === 'system' || message?.role === 'developer';

function turnOf(encoding: Encoding, message: Message, field: string, ids: IdMap): Turn {
  switch (message.role) {
    case 'system':
    case 'developer':
      return systemTurn(encoding, message, field);
    case 'user':
      return { role: 'user', content: partsOf(message.parts, encoding, field) };
    case 'assistant':
      return { role: 'assistant', content: assistantContent(encoding, message, field, ids.ofCall) };
    case 'tool':
      return { role: 'user', content: [toolResult(encoding, message, field, ids.ofResult)] };
    default:
      return message satisfies never;
  }
}

const partsOf = (parts: UserMessage['parts'], encoding: Encoding, field: string): JsonObject[] =>
  parts.flatMap((part, index) => userBlocks(encoding, part, `${field}.content[${index}]`));

function systemTurn(encoding: Encoding, message: SystemMessage, field: string): Turn {
  const alone = encoding.call.messages.length === 1;
  const blocks = partsOf(message.parts, encoding, field);
  if (!alone) encoding.lose(`${field}.role`, 'a system message within the conversation is sent as tagged user text');
  const content = alone
    ? blocks
    : blocks.map((block) => (block.type === 'text' ? { ...block, text: `<system>\n${block.text}\n</system>` } : block));
  return { role: 'user', content };
}

function assistantContent(
  encoding: Encoding,
  message: AssistantMessage,
  field: string,
  idOf: (id: string) => string,
): JsonObject[] {
  return message.parts.flatMap((part, index) => assistantBlocks(encoding, part, `${field}.content[${index}]`, idOf));
}

/** "content cannot be empty if `is_error` is true", says the refusal; otherwise it may be. */
const FAILED_SILENTLY: readonly JsonObject[] = [{ type: 'text', text: '(no output)' }];

function toolResult(encoding: Encoding, message: ToolMessage, field: string, idOf: (id: string) => string): JsonObject {
  const content = message.parts.flatMap((part, index) => userBlocks(encoding, part, `${field}.content[${index}]`));
  return {
    type: 'tool_result',
    tool_use_id: idOf(message.callId),
    ...(content.length > 0 ? { content } : message.isError && { content: FAILED_SILENTLY }),
    ...(message.isError !== undefined && { is_error: message.isError }),
    ...encoding.mark(message.cache, field),
  };
}

function resultsFirst({ role, content }: Turn): Turn {
  const isResult = (block: JsonObject): boolean => block.type === 'tool_result';
  return { role, content: [...content.filter(isResult), ...content.filter((block) => !isResult(block))] };
}

/** A prefill that ends in white space is refused. */
function trimPrefill(messages: Turn[]): void {
  const last = messages.at(-1);
  const block = last?.content.at(-1);
  if (last?.role === 'assistant' && block?.type === 'text')
    last.content[last.content.length - 1] = { ...block, text: String(block.text).trimEnd() };
}

/**
 * Ids may hold letters, digits, `_` and `-` only, and every call has its own: other vendors' ids are rewritten and stay
 * apart, also where one was used for several calls. A result belongs to the last call of its id.
 */
function newIdMap(): IdMap {
  const renamedIds = new Map<string, string>();
  const used = new Set<string>();
  const counts = new Map<string, number>();
  const ofCall = (id: string): string => {
    const plain = id.replace(/[^a-zA-Z0-9_-]/g, '_') || 'call';
    let unique = plain;
    while (used.has(unique)) {
      const count = (counts.get(plain) ?? 1) + 1;
      counts.set(plain, count);
      unique = `${plain}_${count}`;
    }
    renamedIds.set(id, unique);
    used.add(unique);
    return unique;
  };
  return { ofCall, ofResult: (id) => renamedIds.get(id) ?? ofCall(id) };
}
