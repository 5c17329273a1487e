import type { Call } from '../call/call.ts';
import type { AssistantMessage, Message } from '../call/message.ts';
import { withCallId, withResultId } from './tool-ids.ts';
import type { ChatTraits } from './traits.ts';

/**
 * The call with the results of each turn right behind the calls that they answer, and with ids that name one call only.
 *
 * Programs write otherwise: the Responses API may list a developer's word between two calls of one turn, chats are cut and
 * mended by hand, and hosts count the ids of calls anew in each turn (`call_0`). Nearly every format wants the results next
 * ("An assistant message with 'tool_calls' must be followed by tool messages", vercel/ai#8474), Anthropic and Bedrock ids
 * of one use ("`tool_use` ids must be unique"; both read 2026-11-29). The same object where nothing is amiss.
 */
export function inOrder(call: Call, { resultsAnywhere }: ChatTraits): Call {
  if (!call.messages.some(({ role }) => role === 'tool')) return call;
  const isFree = resultsAnywhere || !isScattered(call.messages);
  const messages = distinct(isFree ? call.messages : resultsNext(call.messages));
  return messages === call.messages ? call : { ...call, messages };
}

const callsOf = ({ parts }: AssistantMessage): string[] =>
  parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []));

/** Does a result stand behind anything but the calls of its turn and other results of theirs? */
function isScattered(messages: readonly Message[]): boolean {
  let here = new Set<string>();
  const before = new Set<string>();
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!here.has(message.callId) && before.has(message.callId)) return true;
      continue;
    }
    for (const id of here) before.add(id);
    here = new Set(message.role === 'assistant' ? callsOf(message) : []);
  }
  return false;
}

/**
 * What was said between calls and their results goes behind the last of these. What the assistant said or called meanwhile
 * is of the same turn. Calls whose results never come hold nothing up.
 */
export function resultsNext(messages: readonly Message[]): readonly Message[] {
  const ordered: Message[] = [];
  const answers = answersLeft(messages);
  const awaited = new Set<string>();
  let turn: number | null = null;
  /** What this turn says beside its first message: joined to it when the turn ends. */
  let more: AssistantMessage['parts'][number][] = [];
  let waiting: Message[] = [];
  const close = (): void => {
    const open = turn === null ? undefined : ordered[turn];
    if (turn !== null && open?.role === 'assistant' && more.length > 0)
      ordered[turn] = { ...open, parts: [...open.parts, ...more] };
    for (const message of waiting) ordered.push(message);
    waiting = [];
    more = [];
    turn = null;
    awaited.clear();
  };
  for (const message of messages) {
    if (message.role === 'tool') {
      ordered.push(message);
      const left = (answers.get(message.callId) ?? 1) - 1;
      answers.set(message.callId, left);
      if (awaited.delete(message.callId) && awaited.size === 0) close();
    } else if (message.role === 'assistant') {
      if (turn !== null && awaited.size > 0) for (const part of message.parts) more.push(part);
      else {
        close();
        turn = ordered.push(message) - 1;
      }
      for (const id of callsOf(message)) if ((answers.get(id) ?? 0) > 0) awaited.add(id);
    } else if (awaited.size > 0) waiting.push(message);
    else ordered.push(message);
  }
  close();
  return ordered;
}

/** How many results of each id are still to come. */
function answersLeft(messages: readonly Message[]): Map<string, number> {
  const answers = new Map<string, number>();
  for (const message of messages)
    if (message.role === 'tool') answers.set(message.callId, (answers.get(message.callId) ?? 0) + 1);
  return answers;
}

/** A later call with an id that was used gets another, and its result with it; the first keeps its own. */
function distinct(messages: readonly Message[]): readonly Message[] {
  const used = new Set<string>();
  let isRepeated = false;
  for (const message of messages)
    if (message.role === 'assistant')
      for (const id of callsOf(message)) {
        isRepeated ||= used.has(id);
        used.add(id);
      }
  return isRepeated ? renamed(messages, used) : messages;
}

function renamed(messages: readonly Message[], used: Set<string>): readonly Message[] {
  const seen = new Set<string>();
  /** The ids of the calls that still await a result, by the id that they came with. */
  const awaiting = new Map<string, string[]>();
  const last = new Map<string, string>();
  const turns = new Map<string, number>();
  return messages.map((message) => {
    if (message.role === 'tool') {
      const id = awaiting.get(message.callId)?.shift() ?? last.get(message.callId) ?? message.callId;
      return id === message.callId ? message : withResultId(message, id);
    }
    if (message.role !== 'assistant') return message;
    awaiting.clear();
    const own = new Map<number, string>();
    message.parts.forEach((part, at) => {
      if (part.type !== 'tool-call') return;
      const id = seen.has(part.id) ? anotherId(part.id, used, turns) : part.id;
      seen.add(part.id);
      own.set(at, id);
      last.set(part.id, id);
      const waiting = awaiting.get(part.id);
      if (waiting) waiting.push(id);
      else awaiting.set(part.id, [id]);
    });
    return withIds(message, own);
  });
}

/** `turns`: up to where it was looked for another of each id; from the start each time, 9,900 of one took 5 s. */
function anotherId(id: string, used: Set<string>, turns: Map<string, number>): string {
  let turn = turns.get(id) ?? 2;
  while (used.has(`${id}_${turn}`)) turn++;
  turns.set(id, turn);
  const another = `${id}_${turn}`;
  used.add(another);
  return another;
}

/** Thoughts that bear the id of a call are its own, and follow it. */
function withIds(message: AssistantMessage, own: ReadonlyMap<number, string>): AssistantMessage {
  const turned = new Map<string, string>();
  for (const [at, id] of own) {
    const part = message.parts[at];
    if (part?.type === 'tool-call' && part.id !== id && !turned.has(part.id)) turned.set(part.id, id);
  }
  if (turned.size === 0) return message;
  const parts = message.parts.map((part, at) => {
    if (part.type === 'tool-call') return withCallId(part, own.get(at) ?? part.id);
    const id = part.type === 'reasoning' && part.id !== undefined ? turned.get(part.id) : undefined;
    return id === undefined ? part : { ...part, id };
  });
  return { ...message, parts };
}
