import { arrayOf, type Json, type JsonObject, objectOf, stringOf } from '../../../base/json.ts';
import type { Bill } from '../../../call/event.ts';
import type { FinishReason } from '../../../call/finish.ts';
import type { Annotation, Source } from '../../../call/message.ts';
import type { Choice, Reply } from '../../../call/reply.ts';
import { cachedTokens, completionTokens, promptTokens, type Usage } from '../../../call/usage.ts';
import { encodeBill } from '../../bill.ts';
import type { AnswerContext } from '../../dialect.ts';

const FINISH: { readonly [Reason in FinishReason]: string } = {
  stop: 'COMPLETE',
  tool_calls: 'TOOL_CALL',
  length: 'MAX_TOKENS',
  // The word of Cohere's first API; the second has none.
  content_filter: 'ERROR_TOXIC',
  error: 'ERROR',
};

export const finishWord = (reason: FinishReason, stopSequence: string | undefined): string =>
  reason === 'stop' && stopSequence !== undefined ? 'STOP_SEQUENCE' : FINISH[reason];

/** A whole answer: `message` with what was thought, said, cited and called. */
export function encodeReply(reply: Reply, answer: AnswerContext): Json {
  const choice = reply.choices.find(({ index }) => index === 0);
  const logprobs = arrayOf(choice?.logprobs?.content).map(logprobOf);
  return {
    id: answer.id,
    finish_reason: finishWord(choice?.finish ?? 'stop', choice?.stopSequence),
    message: messageOf(choice, answer),
    ...(reply.usage && { usage: encodeUsage(reply.usage, reply.bill) }),
    ...(logprobs.length > 0 && { logprobs }),
    model: answer.model,
    provider: answer.provider,
    ...answer.extra,
  };
}

function messageOf(choice: Choice | undefined, answer: AnswerContext): JsonObject {
  const content: { [name: string]: string }[] = [];
  const calls: JsonObject[] = [];
  const add = (type: 'text' | 'thinking', text: string): void => {
    const last = content.at(-1);
    if (last?.type === type) last[type] += text;
    else if (text !== '') content.push({ type, [type]: text });
  };
  for (const part of choice?.parts ?? [])
    switch (part.type) {
      case 'text':
      case 'refusal':
        add('text', part.text);
        break;
      case 'reasoning':
        if (part.kind !== 'encrypted' && answer.call.reasoning?.exclude !== true) add('thinking', part.text);
        break;
      case 'tool-call':
        calls.push({ id: part.id, type: 'function', function: { name: part.name, arguments: part.arguments } });
        break;
      case 'image':
        add('text', pictureOf(part.source));
        break;
      case 'audio':
        add('text', stringOf(part.native?.fields.transcript));
        break;
      default:
        part satisfies never;
    }
  const text = content.map((block) => block.text ?? '').join('');
  const citations = (choice?.annotations ?? []).flatMap((annotation) => citationOf(annotation, text));
  return {
    role: 'assistant',
    ...(content.length > 0 && { content }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(citations.length > 0 && { citations }),
  };
}

/** Answers hold texts only. */
export const pictureOf = (source: Source): string =>
  source.kind === 'base64'
    ? `![](data:${source.mediaType};base64,${source.data})`
    : source.kind === 'url'
      ? `![](${source.url})`
      : '';

/** A source without an address is named by its id as a fragment (`cohere-chat/citation.ts`). `text`: all that was said so far. */
export function citationOf(annotation: Annotation, text: string): JsonObject[] {
  if (annotation.type !== 'url') return [];
  const { url, title, content, start = 0, end = 0 } = annotation;
  const id = url.startsWith('#') ? url.slice(1) : url;
  const document = {
    id,
    ...(id === url && { url }),
    ...(title !== undefined && { title }),
    ...(content !== undefined && { snippet: content }),
  };
  const sources = [{ type: 'document', id, document }];
  return [{ start, end, text: text.slice(start, end), sources, type: 'TEXT_CONTENT', content_index: 0 }];
}

/** Of one token, in the words of Cohere, which has ids for them. */
export const logprobOf = (entry: Json): JsonObject => {
  const { token, logprob } = objectOf(entry);
  return { text: stringOf(token), token_ids: [], logprobs: [typeof logprob === 'number' ? logprob : 0] };
};

/** What is billed, and what was read and written; the cost beside it in OpenRouter's words. */
export const encodeUsage = (usage: Usage, bill: Bill | undefined): JsonObject => {
  const tokens = { input_tokens: promptTokens(usage), output_tokens: completionTokens(usage) };
  return {
    billed_units: { ...tokens, ...(usage.webSearches > 0 && { search_units: usage.webSearches }) },
    tokens,
    cached_tokens: cachedTokens(usage),
    ...(bill && encodeBill(bill)),
  };
};
