import { faultRow } from '../../base/fault.ts';
import { isObject, type JsonObject, objectOf, optionalNumber, optionalString } from '../../base/json.ts';
import { ok } from '../../base/result.ts';
import type { Event } from '../../call/event.ts';
import type { FinishReason } from '../../call/finish.ts';
import type { Usage } from '../../call/usage.ts';
import { completionTokens, promptTokens } from '../../call/usage.ts';
import { EMPTY_CALL, type Format } from './format.ts';
import { readMessages, readTools, schemaOutput, stringsOf } from './read.ts';

/** Cohere's chat API v2 (docs.cohere.com/reference/chat and chat-stream, read 2026-11-22). */
export const cohereFormat: Format = {
  decodeCall: (body) => {
    const { json_schema, type } = objectOf(body.response_format);
    const maxOutputTokens = optionalNumber(body.max_tokens);
    const seed = optionalNumber(body.seed);
    const choice = { REQUIRED: 'required', NONE: 'none' } as const;
    const chosen = choice[body.tool_choice as keyof typeof choice];
    return ok({
      ...EMPTY_CALL,
      model: optionalString(body.model) ?? null,
      stream: body.stream === true,
      messages: readMessages(body.messages),
      tools: readTools(body.tools),
      stop: stringsOf(body.stop_sequences),
      sampling: seed === undefined ? {} : { seed },
      ...(chosen && { toolChoice: { type: chosen } }),
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
      ...(objectOf(body.thinking).type === 'disabled' && { reasoning: { enabled: false } }),
      ...(type === 'json_object' && { output: isObject(json_schema) ? schemaOutput(json_schema) : { type: 'json' } }),
    });
  },
  encodeReply: (reply, answer) => {
    const choice = reply.choices[0];
    const content: JsonObject[] = [];
    const tool_calls: JsonObject[] = [];
    for (const part of choice?.parts ?? []) {
      if (part.type === 'text') content.push({ type: 'text', text: part.text });
      else if (part.type === 'reasoning') content.push({ type: 'thinking', thinking: part.text });
      else if (part.type === 'tool-call')
        tool_calls.push({ id: part.id, type: 'function', function: { name: part.name, arguments: part.arguments } });
    }
    return {
      id: answer.id,
      message: { role: 'assistant', content, ...(tool_calls.length > 0 && { tool_calls }) },
      finish_reason: WORDS[choice?.finish ?? 'stop'],
      usage: usageOf(reply.usage),
    };
  },
  encodeEvents: (answer) => encodeEvents(answer.id),
  encodeFault: (fault) => ({ status: faultRow(fault).status, headers: {}, body: { id: 'e1', message: fault.message } }),
  streamContentType: 'text/event-stream',
  reasoningFormat: 'unknown',
  brokenEvent: 'event: content-delta\ndata: {"type":"content-del\n\n',
};

const WORDS: { readonly [reason in FinishReason]: string } = {
  stop: 'COMPLETE',
  length: 'MAX_TOKENS',
  tool_calls: 'TOOL_CALL',
  content_filter: 'ERROR',
  error: 'ERROR',
};

function usageOf(usage: Usage | undefined): JsonObject {
  if (!usage) return {};
  const counts = { input_tokens: promptTokens(usage), output_tokens: completionTokens(usage) };
  return { billed_units: counts, tokens: counts };
}

/** The end needs finish and usage together, so both wait for it. */
function encodeEvents(id: string): (event: Event) => string {
  let finish: FinishReason = 'stop';
  let usage: Usage | undefined;
  let openTool: number | null = null;
  const frame = (type: string, more: JsonObject): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  const closeTool = (): string => {
    const closed = openTool === null ? '' : frame('tool-call-end', { index: openTool });
    openTool = null;
    return closed;
  };
  const call = (type: string, index: number, tool_calls: JsonObject): string =>
    frame(type, { index, delta: { message: { tool_calls } } });
  return (event) => {
    switch (event.type) {
      case 'start':
        return frame('message-start', { id, delta: { message: { role: 'assistant', content: [] } } });
      case 'text':
        return frame('content-delta', { index: 1, delta: { message: { content: { text: event.text } } } });
      case 'reasoning':
        return frame('content-delta', { index: 0, delta: { message: { content: { thinking: event.text } } } });
      case 'tool-start': {
        const before = closeTool();
        openTool = event.index;
        const named = { name: event.name, arguments: '' };
        return before + call('tool-call-start', event.index, { id: event.id, type: 'function', function: named });
      }
      case 'tool-arguments':
        return call('tool-call-delta', event.index, { function: { arguments: event.text } });
      case 'finish':
        finish = event.reason;
        return closeTool();
      case 'usage':
        usage = event.usage;
        return '';
      case 'end':
        return frame('message-end', { id, delta: { finish_reason: WORDS[finish], usage: usageOf(usage) } });
      default:
        return '';
    }
  };
}
