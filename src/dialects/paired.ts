import type { Call } from '../call/call.ts';
import type { Loss } from '../call/loss.ts';
import type { Message, ToolMessage } from '../call/message.ts';
import { resultsNext } from './conversation.ts';
import { callsTools } from './tool-ids.ts';

export type Paired = { readonly call: Call; readonly losses: readonly Loss[] };

/**
 * The call with one result for each tool call and one tool call for each result. Programs that cut long conversations, or
 * were stopped in the middle of a turn, send one without the other, and hosts refuse the whole ("`tool_use` ids were found
 * without `tool_result` blocks immediately after", "unexpected `tool_use_id`", "each tool_use must have a single result",
 * Anthropic; "No tool output found for function call", OpenAI; BerriAI/litellm, message sanitization; read 2026-11-29). A
 * result that says that there is none stands in, a result of no call becomes a user's words: nothing that was said is lost.
 * Undefined where nothing is amiss.
 */
export function paired(call: Call): Paired | undefined {
  if (!call.messages.some(callsTools) || isPaired(call.messages)) return undefined;
  const losses: Loss[] = [];
  return { call: { ...call, messages: pair(resultsNext(call.messages), losses) }, losses };
}

/** Results may stand anywhere behind their calls, as the Responses API has them. */
function isPaired(messages: readonly Message[]): boolean {
  const awaited = new Set<string>();
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!awaited.delete(message.callId)) return false;
    } else if (message.role === 'assistant')
      for (const part of message.parts) if (part.type === 'tool-call') awaited.add(part.id);
  }
  return awaited.size === 0;
}

function pair(messages: readonly Message[], losses: Loss[]): Message[] {
  const written: Message[] = [];
  /** Calls → their result's parts, with those of all that came after it; null before it comes. */
  const turn = new Map<string, ToolMessage['parts'][number][] | null>();
  const orphans: Message[] = [];
  let last = 0;
  const close = (): void => {
    for (const [id, result] of turn) {
      if (result !== null) continue;
      written.push(noResult(id));
      losses.push({
        field: `messages[${last}].tool_calls`,
        reason: `no result follows for ${id}: one that says so stands in`,
      });
    }
    turn.clear();
    written.push(...orphans.splice(0));
  };
  messages.forEach((message, at) => {
    if (message.role !== 'tool') {
      close();
      written.push(message);
      if (message.role !== 'assistant') return;
      for (const part of message.parts) if (part.type === 'tool-call') turn.set(part.id, null);
      last = at;
      return;
    }
    const answered = turn.get(message.callId);
    if (answered === undefined) {
      orphans.push(asUser(message));
      losses.push({ field: `messages[${at}]`, reason: 'a result without its call is told as a user’s words' });
    } else if (answered === null) {
      const parts = [...message.parts];
      turn.set(message.callId, parts);
      written.push({ ...message, parts });
    } else {
      for (const part of message.parts) answered.push(part);
      losses.push({ field: `messages[${at}]`, reason: 'joined with the call’s first result' });
    }
  });
  close();
  return written;
}

const noResult = (callId: string): ToolMessage => ({
  role: 'tool',
  callId,
  parts: [{ type: 'text', text: 'No result was given for this call.' }],
  isError: true,
});

const asUser = ({ callId, parts }: ToolMessage): Message => ({
  role: 'user',
  parts: [{ type: 'text', text: `Result of an earlier tool call (${callId}):` }, ...parts],
});
