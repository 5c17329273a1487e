import { faultRow } from '../../base/fault.ts';
import { isObject, type JsonObject, objectOf, optionalNumber, optionalString, parseJson } from '../../base/json.ts';
import { ok } from '../../base/result.ts';
import type { Event } from '../../call/event.ts';
import type { FinishReason } from '../../call/finish.ts';
import type { Reply } from '../../call/reply.ts';
import { completionTokens, promptTokens, type Usage } from '../../call/usage.ts';
import type { AnswerContext } from '../../dialects/dialect.ts';
import { EMPTY_CALL, type Format } from './format.ts';
import { readMessages, readTools, schemaOutput, stringsOf } from './read.ts';

/** Ollama's `POST /api/chat`: one JSON object a line (docs.ollama.com/api, read 2026-11-22). */
export const ollamaFormat: Format = {
  decodeCall: (body) => {
    const options = objectOf(body.options);
    const maxOutputTokens = optionalNumber(options.num_predict);
    const seed = optionalNumber(options.seed);
    return ok({
      ...EMPTY_CALL,
      model: optionalString(body.model) ?? null,
      stream: body.stream !== false,
      messages: readMessages(body.messages),
      tools: readTools(body.tools),
      stop: stringsOf(options.stop),
      sampling: seed === undefined ? {} : { seed },
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
      ...(body.think === false && { reasoning: { enabled: false } }),
      ...(body.format === 'json' && { output: { type: 'json' as const } }),
      ...(isObject(body.format) && { output: schemaOutput(body.format) }),
    });
  },
  encodeReply: (reply, answer) => ({ ...line(answer, messageOf(reply)), ...last(finishOf(reply), reply.usage) }),
  encodeEvents,
  encodeFault: (fault) => ({ status: faultRow(fault).status, headers: {}, body: { error: fault.message } }),
  streamContentType: 'application/x-ndjson',
  reasoningFormat: 'unknown',
  brokenEvent: '{"model":"lorem","mess\n',
};

const line = (answer: AnswerContext, message: JsonObject): JsonObject => ({
  model: answer.model,
  created_at: new Date(answer.created * 1000).toISOString(),
  message: { role: 'assistant', content: '', ...message },
  done: false,
});

const last = (finish: FinishReason, usage: Usage | undefined): JsonObject => ({
  done: true,
  done_reason: finish === 'length' ? 'length' : 'stop',
  ...(usage && { prompt_eval_count: promptTokens(usage), eval_count: completionTokens(usage) }),
});

const finishOf = (reply: Reply): FinishReason => reply.choices[0]?.finish ?? 'stop';

/** Arguments are objects here; what was cut off is lost, as it is at Ollama. */
const toolCall = (name: string, text: string): JsonObject => ({
  function: { name, arguments: objectOf(parseJson(text)) },
});

function messageOf(reply: Reply): JsonObject {
  let content = '';
  let thinking = '';
  const tool_calls: JsonObject[] = [];
  for (const part of reply.choices[0]?.parts ?? []) {
    if (part.type === 'text') content += part.text;
    else if (part.type === 'reasoning') thinking += part.text;
    else if (part.type === 'tool-call') tool_calls.push(toolCall(part.name, part.arguments));
  }
  return { content, ...(thinking !== '' && { thinking }), ...(tool_calls.length > 0 && { tool_calls }) };
}

/** A tool call comes whole, so its pieces are gathered until the next one or the finish. */
function encodeEvents(answer: AnswerContext): (event: Event) => string {
  let finish: FinishReason = 'stop';
  let usage: Usage | undefined;
  let open: { name: string; text: string } | null = null;
  const write = (message: JsonObject, more: JsonObject = {}): string =>
    `${JSON.stringify({ ...line(answer, message), ...more })}\n`;
  const closeCall = (): string => {
    const written = open ? write({ tool_calls: [toolCall(open.name, open.text)] }) : '';
    open = null;
    return written;
  };
  return (event) => {
    switch (event.type) {
      case 'text':
        return write({ content: event.text });
      case 'reasoning':
        return write({ thinking: event.text });
      case 'tool-start': {
        const before = closeCall();
        open = { name: event.name, text: '' };
        return before;
      }
      case 'tool-arguments':
        if (open) open.text += event.text;
        return '';
      case 'finish':
        finish = event.reason;
        return closeCall();
      case 'usage':
        usage = event.usage;
        return '';
      case 'end':
        return write({}, last(finish, usage));
      default:
        return '';
    }
  };
}
