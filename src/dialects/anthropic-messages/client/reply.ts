import { isObject, type Json, type JsonObject, objectOf, parseJson } from '../../../base/json.ts';
import type { Annotation, AssistantPart, ReasoningPart } from '../../../call/message.ts';
import type { Choice, Reply } from '../../../call/reply.ts';
import { NO_USAGE } from '../../../call/usage.ts';
import type { AnswerContext } from '../../dialect.ts';
import { stopReasonOf } from '../finish.ts';
import { encodeUsage, wireTierOf } from '../usage.ts';
import { fieldsOf } from '../words.ts';
import { besideOf, placeOf } from './beside.ts';
import { citedText } from './cited-text.ts';
import { dataOf, signatureOf } from './seal.ts';
import { resultBlock, useBlock } from './server-tools.ts';

/** The whole answer as a `message`. This dialect knows one choice: the first. */
export function encodeReply(reply: Reply, answer: AnswerContext): Json {
  const choice = reply.choices.find(({ index }) => index === 0);
  const beside = besideOf(reply.native);
  const tier = reply.serviceTier;
  return {
    id: answer.id,
    type: 'message',
    role: 'assistant',
    model: answer.model,
    content: choice ? contentOf(choice, answer) : [],
    stop_reason: choice ? stopReason(choice) : null,
    stop_sequence: choice?.stopSequence ?? null,
    stop_details: null,
    container: null,
    ...beside.message,
    usage: encodeUsage(reply.usage ?? NO_USAGE, reply.bill, {
      ...(tier !== undefined && { service_tier: wireTierOf(tier) }),
      ...beside.usage,
    }),
    provider: answer.provider,
    ...answer.extra,
  };
}

const stopReason = ({ finish, nativeFinish, stopSequence, parts }: Choice): string | null =>
  stopReasonOf({
    reason: finish,
    native: nativeFinish,
    stopSequence,
    hasToolCalls: parts.some((part) => part.type === 'tool-call'),
  });

function contentOf(choice: Choice, answer: AnswerContext): JsonObject[] {
  const annotations = choice.annotations ?? [];
  const content: JsonObject[] = [];
  const parts = choice.parts.map(spoken);
  const lastText = parts.findLastIndex(({ type }) => type === 'text');
  const hidden = hiddenThoughts(answer);
  let offset = 0;
  const used = choice.serverTools ?? [];
  const writeUsed = (index: number): void => {
    for (const { at, call } of used) if (at === index) content.push(useBlock(call), resultBlock(call));
  };
  parts.forEach((part, index) => {
    writeUsed(index);
    const isHidden = hidden === 'all' || (hidden === 'leading' && !content.some(({ type }) => type === 'text'));
    if (part.type === 'reasoning' && isHidden) return;
    if (part.type === 'text') {
      const cited = annotationsIn(annotations, offset, part.text.length, index === lastText);
      for (const block of citedText(part.text, offset, cited)) content.push(block);
      offset += part.text.length;
    } else content.push(...blocksOf(part, answer));
  });
  writeUsed(parts.length);
  for (const [name, block] of Object.entries(fieldsOf(choice.native))) {
    const place = placeOf(name);
    if (place !== undefined && isObject(block)) content.splice(Math.min(place, content.length), 0, block);
  }
  return content;
}

/** Of an answer in sound this dialect has the words. */
function spoken(part: AssistantPart): AssistantPart {
  const transcript = part.type === 'audio' ? part.native?.fields.transcript : undefined;
  return typeof transcript === 'string' ? { type: 'text', text: transcript } : part;
}

/** The annotations of one text part: by their offsets, and those without any to the last. */
const annotationsIn = (all: readonly Annotation[], offset: number, length: number, isLast: boolean): Annotation[] =>
  all.filter((annotation) =>
    annotation.type === 'url' && annotation.start !== undefined
      ? annotation.start >= offset && (annotation.start < offset + length || isLast)
      : isLast,
  );

function blocksOf(part: Exclude<AssistantPart, { type: 'text' }>, answer: AnswerContext): JsonObject[] {
  switch (part.type) {
    case 'refusal':
      return part.text === '' ? [] : [{ type: 'text', text: part.text, citations: [] }];
    case 'reasoning':
      return [thoughtOf(part, answer)];
    case 'tool-call':
      return [
        { type: 'tool_use', id: part.id, name: part.name, input: inputOf(part.arguments), ...fieldsOf(part.native) },
      ];
    case 'image':
      return [{ type: 'image', source: imageSource(part.source) }];
    case 'audio':
      return [];
    default:
      return part satisfies never;
  }
}

function thoughtOf(part: ReasoningPart, answer: AnswerContext): JsonObject {
  if (part.kind === 'encrypted') return { type: 'redacted_thinking', data: dataOf(part, part.text) };
  return { type: 'thinking', thinking: omitsThoughts(answer) ? '' : part.text, signature: signatureOf(part) };
}

/**
 * Which thoughts are not shown. Programs that asked for none read the answer's text in `content[0]`: what was thought
 * before it is `leading`; what interrupts it stays where it is.
 */
export type Hidden = 'all' | 'leading' | 'none';

export function hiddenThoughts({ call: { reasoning } }: AnswerContext): Hidden {
  if (reasoning?.exclude === true) return 'all';
  return reasoning === undefined || reasoning.enabled === false || reasoning.effort === 'none' ? 'leading' : 'none';
}

/** `thinking.display = "omitted"`: the signatures are wanted, for the next turn, the texts are not. */
export const omitsThoughts = ({ call }: AnswerContext): boolean =>
  objectOf(fieldsOf(call.native).thinking).display === 'omitted';

/** Arguments that were cut off are no JSON; the caller sees them as they are under `_raw`, with `stop_reason: max_tokens`. */
function inputOf(text: string): JsonObject {
  const input = text.trim() === '' ? {} : parseJson(text);
  return isObject(input) ? input : { _raw: text };
}

export function imageSource(source: Extract<AssistantPart, { type: 'image' }>['source']): JsonObject {
  switch (source.kind) {
    case 'url':
      return { type: 'url', url: source.url };
    case 'base64':
      return { type: 'base64', media_type: source.mediaType, data: source.data };
    case 'file-id':
      return { type: 'file', file_id: source.id };
    default:
      return source satisfies never;
  }
}
