import { arrayOf, type Json, type JsonObject, objectOf } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import type { AssistantPart, AudioPart } from '../../../call/message.ts';
import type { Choice, Reply } from '../../../call/reply.ts';
import type { AnswerContext } from '../../dialect.ts';
import { encodeUsage } from '../../openai-client-usage.ts';
import { urlOfSource } from '../../source-url.ts';
import { writeAnnotation } from '../annotation.ts';
import { writeToolCall } from '../custom.ts';
import { writeDetail, writeServerTool } from '../reasoning-details.ts';

/** A body of `chat.completion`. Vendor fields that we do not model come first, so that they cannot replace ours. */
export function encodeReply(reply: Reply, answer: AnswerContext): Json {
  return {
    ...nativeOf(reply.native),
    id: answer.id,
    object: 'chat.completion',
    created: answer.created,
    model: answer.model,
    provider: answer.provider,
    choices: reply.choices.map((choice) => encodeChoice(choice, answer.call)),
    system_fingerprint: reply.systemFingerprint ?? null,
    ...(reply.serviceTier !== undefined && { service_tier: reply.serviceTier }),
    ...(reply.usage && { usage: encodeUsage(reply.usage, reply.bill) }),
    ...answer.extra,
  };
}

export const nativeOf = (native: Reply['native']): JsonObject =>
  native?.dialect === 'openai-chat' ? native.fields : {};

function encodeChoice(choice: Choice, call: Call): JsonObject {
  const { message, ...fields } = nativeOf(choice.native);
  return {
    ...fields,
    index: choice.index,
    finish_reason: choice.finish,
    native_finish_reason: choice.nativeFinish,
    logprobs: choice.logprobs
      ? { content: choice.logprobs.content ?? null, refusal: choice.logprobs.refusal ?? null }
      : null,
    message: encodeMessage(choice, objectOf(message), call),
  };
}

function encodeMessage(choice: Choice, native: JsonObject, call: Call): JsonObject {
  const text = onlyTextIn(choice);
  if (text !== null && isEmpty(native)) return { role: 'assistant', content: text, refusal: null, reasoning: null };
  const hidesReasoning = call.reasoning?.exclude === true;
  const { reasoning_details: unmodelled, ...fields } = native;
  const reasoning = hidesReasoning ? [] : of(choice, 'reasoning');
  const visible = reasoning.filter((part) => part.kind !== 'encrypted').map((part) => part.text);
  const tools = of(choice, 'tool-call');
  const drawn = (choice.serverTools ?? []).flatMap(({ call: { image } }) => (image ? [image] : []));
  const images = [...of(choice, 'image').map(({ source }) => source), ...drawn];
  const audio = of(choice, 'audio').map(encodeAudio)[0];
  const tooled = hidesReasoning ? [] : (choice.serverTools ?? []).map(({ call: used }) => writeServerTool(used));
  const details = [...reasoning.map(writeDetail), ...tooled, ...(hidesReasoning ? [] : arrayOf(unmodelled))];
  return {
    ...fields,
    role: 'assistant',
    content: joined(of(choice, 'text').map((part) => part.text)),
    refusal: joined(of(choice, 'refusal').map((part) => part.text)),
    reasoning: joined(visible),
    ...(details.length > 0 && { reasoning_details: details }),
    ...(tools.length > 0 && {
      tool_calls: tools.map((part, index) => ({ index, ...writeToolCall(part, call.tools) })),
    }),
    ...(images.length > 0 && {
      images: images.map((source, index) => encodeImage(urlOfSource(source), index)),
    }),
    ...(audio && { audio }),
    ...(choice.annotations && { annotations: choice.annotations.map(writeAnnotation) }),
  };
}

/** The text of an answer that is nothing else; null = it is more. */
function onlyTextIn({ parts, annotations, serverTools }: Choice): string | null {
  const [part] = parts;
  return part?.type === 'text' && parts.length === 1 && !annotations && !serverTools ? part.text : null;
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

const of = <Type extends AssistantPart['type']>(choice: Choice, type: Type) =>
  choice.parts.filter((part): part is Extract<AssistantPart, { type: Type }> => part.type === type);

/** Parts are one text without separators; none at all is null. */
const joined = (texts: readonly string[]): string | null => (texts.length > 0 ? texts.join('') : null);

export const encodeImage = (url: string | undefined, index: number): JsonObject => ({
  type: 'image_url',
  image_url: { url: url ?? '' },
  index,
});

const encodeAudio = (part: AudioPart): JsonObject => ({
  ...part.native?.fields,
  data: part.source.kind === 'base64' ? part.source.data : null,
});
