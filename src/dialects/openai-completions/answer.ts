import { arrayOf, type Json, type JsonObject, objectOf, optionalNumber, stringOf } from '../../base/json.ts';
import type { Choice, Reply } from '../../call/reply.ts';
import type { AnswerContext, EventEncoder } from '../dialect.ts';
import { faultFrames } from '../openai-client-fault.ts';
import { encodeUsage } from '../openai-client-usage.ts';

/** A body of `text_completion`. */
export function encodeReply(reply: Reply, answer: AnswerContext): Json {
  return {
    ...head(answer),
    choices: reply.choices.map((choice) => encodeChoice(choice, answer)),
    ...(reply.usage && { usage: encodeUsage(reply.usage, reply.bill) }),
    ...answer.extra,
  };
}

const head = (answer: AnswerContext): JsonObject => ({
  id: answer.id,
  object: 'text_completion',
  created: answer.created,
  model: answer.model,
  provider: answer.provider,
});

/** A refusal is text too: this dialect has no other place for it. */
function encodeChoice(choice: Choice, answer: AnswerContext): JsonObject {
  const text = choice.parts.map((part) => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('');
  const reasoning = choice.parts.map((part) =>
    part.type === 'reasoning' && part.kind !== 'encrypted' ? part.text : '',
  );
  const hidden = answer.call.reasoning?.exclude === true || reasoning.every((part) => part === '');
  return {
    text,
    index: choice.index,
    finish_reason: choice.finish,
    native_finish_reason: choice.nativeFinish,
    logprobs: choice.logprobs?.content ? legacyLogprobs(choice.logprobs.content, 0) : null,
    ...(!hidden && { reasoning: reasoning.join('') }),
  };
}

/** The legacy shape: parallel arrays; offsets count characters from `offset`. */
function legacyLogprobs(content: readonly Json[], offset: number): JsonObject {
  const entries = content.map(objectOf);
  const tokens = entries.map((entry) => stringOf(entry.token));
  let at = offset;
  return {
    tokens,
    token_logprobs: entries.map((entry) => optionalNumber(entry.logprob) ?? null),
    top_logprobs: entries.map((entry) =>
      Object.fromEntries(
        arrayOf(entry.top_logprobs).map((top) => [stringOf(objectOf(top).token), objectOf(top).logprob]),
      ),
    ),
    text_offset: tokens.map((token) => {
      const start = at;
      at += token.length;
      return start;
    }),
  };
}

/** Events as `text_completion` chunks; what this dialect has no words for (tools, media) is left out. */
export function encodeEvents(answer: AnswerContext): EventEncoder {
  const hidesReasoning = answer.call.reasoning?.exclude === true;
  const offsets = new Map<number, number>();
  /** Probabilities go out with their text. */
  const waiting = new Map<number, readonly Json[]>();
  let extraSent = answer.extra === undefined;
  const frame = (members: JsonObject): string => `data: ${JSON.stringify({ ...head(answer), ...members })}\n\n`;
  const chunk = (index: number, members: JsonObject): string =>
    frame({
      choices: [{ text: '', index, finish_reason: null, native_finish_reason: null, logprobs: null, ...members }],
    });
  const logprobs = (index: number): JsonObject => {
    const content = waiting.get(index);
    if (!content) return {};
    waiting.delete(index);
    const offset = offsets.get(index) ?? 0;
    offsets.set(
      index,
      content.reduce<number>((sum, entry) => sum + stringOf(objectOf(entry).token).length, offset),
    );
    return { logprobs: legacyLogprobs(content, offset) };
  };

  return (event) => {
    switch (event.type) {
      case 'text':
      case 'refusal':
        return chunk(event.choice, { text: event.text, ...logprobs(event.choice) });
      case 'reasoning':
        return hidesReasoning || event.kind === 'encrypted' ? '' : chunk(event.choice, { reasoning: event.text });
      case 'logprobs':
        waiting.set(event.choice, [...(waiting.get(event.choice) ?? []), ...(event.content ?? [])]);
        return '';
      case 'finish':
        return chunk(event.choice, {
          finish_reason: event.reason,
          native_finish_reason: event.native,
          ...logprobs(event.choice),
        });
      case 'usage':
        extraSent = true;
        return frame({ choices: [], usage: encodeUsage(event.usage, event.bill), ...answer.extra });
      case 'end':
        return `${extraSent ? '' : frame({ choices: [], ...answer.extra })}data: [DONE]\n\n`;
      case 'fault': {
        const choices = [{ text: '', index: 0, finish_reason: 'error', native_finish_reason: null, logprobs: null }];
        return faultFrames(event.fault, head(answer), { choices, ...answer.extra });
      }
      case 'start':
      case 'tool-start':
      case 'tool-arguments':
      case 'image':
      case 'audio':
      case 'annotation':
      case 'native':
      case 'server-tool':
        return '';
      default:
        return event satisfies never;
    }
  };
}
