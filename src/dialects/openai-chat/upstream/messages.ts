import type { Json, JsonObject } from '../../../base/json.ts';
import type { Loss } from '../../../call/loss.ts';
import type {
  AssistantMessage,
  AssistantPart,
  Message,
  Native,
  ReasoningPart,
  Source,
  ToolCallPart,
  UserPart,
} from '../../../call/message.ts';
import type { Tool } from '../../../call/tool.ts';
import type { Assets } from '../../../facts/asset.ts';
import type { Target } from '../../../facts/target.ts';
import { breakpointOf, takesBreakpoints } from '../../cache-breakpoint.ts';
import { isFreeform } from '../../freeform.ts';
import { base64Of } from '../../inline-asset.ts';
import { urlOfSource } from '../../source-url.ts';
import { writeAnnotation } from '../annotation.ts';
import { writeToolCall } from '../custom.ts';
import { writeDetail } from '../reasoning-details.ts';
import { signedCalls, withThoughtSignature } from '../thought-signature.ts';
import type { QuirkName } from './quirks.ts';

export type Writer = {
  /** The caller's tools, where the provider knows custom ones; else none, so that all are functions. */
  readonly custom: readonly Tool[];
  readonly target: Target;
  readonly has: (quirk: QuirkName) => boolean;
  readonly losses: Loss[];
  readonly assets: Assets;
};

const NO_TOOLS: readonly Tool[] = [];

export const newWriter = (target: Target, assets: Assets, tools: readonly Tool[]): Writer => {
  const { quirks } = target.endpoint.dialect;
  const custom = quirks.includes('custom-tools') ? tools : NO_TOOLS;
  return { custom, target, has: (quirk) => quirks.includes(quirk), losses: [], assets };
};

export const lose = (writer: Writer, field: string, reason: string): undefined => {
  writer.losses.push({ field, reason });
};

export const nativeFieldsOf = (native: Native | undefined): JsonObject =>
  native?.dialect === 'openai-chat' ? native.fields : {};

export function writeMessage(writer: Writer, message: Message, path: string): JsonObject {
  const name = message.name === undefined ? {} : { name: message.name };
  switch (message.role) {
    case 'system':
    case 'developer': {
      const role = message.role === 'developer' && writer.has('developer-role') ? 'developer' : 'system';
      return { role, content: writeContent(writer, message.parts, path), ...name };
    }
    case 'user':
      return { role: 'user', content: writeContent(writer, message.parts, path), ...name };
    case 'assistant':
      return { ...writeAssistant(writer, message, path), ...name };
    case 'tool': {
      const parts = withCache(writer, message.parts, message.cache);
      return { role: 'tool', tool_call_id: message.callId, content: writeContent(writer, parts, path), ...name };
    }
    default:
      return message satisfies never;
  }
}

/** A breakpoint on a whole tool result becomes one on its last part. */
function withCache(writer: Writer, parts: readonly UserPart[], cache: UserPart['cache']): readonly UserPart[] {
  const last = parts.at(-1);
  if (!cache || !last || last.cache || !writer.has('cache-control')) return parts;
  return [...parts.slice(0, -1), { ...last, cache }];
}

/** One unmarked text is written as a string, which every server takes; anything else as parts. */
function writeContent(writer: Writer, parts: readonly UserPart[], path: string): Json {
  const only = parts[0];
  if (only === undefined) return '';
  if (parts.length === 1 && only.type === 'text' && !only.cache && !only.native) return only.text;
  const nonEmpty = parts.filter((part) => part.type !== 'text' || part.text !== '');
  if (nonEmpty.length === 0) return '';
  return nonEmpty
    .map((part, index) => writePart(writer, part, `${path}.content[${index}]`))
    .filter((part) => part !== undefined);
}

function writePart(writer: Writer, part: UserPart, path: string): JsonObject | undefined {
  const marks = writeMarks(writer, part, path);
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, ...marks };
    case 'image': {
      const url = urlOfSource(part.source);
      if (url === undefined) return lose(writer, path, 'an image given as a file id cannot be sent');
      return { type: 'image_url', image_url: { url, ...(part.detail && { detail: part.detail }) }, ...marks };
    }
    case 'audio': {
      if (part.source.kind !== 'base64') return lose(writer, path, 'audio can only be sent as base64');
      return { type: 'input_audio', input_audio: { data: part.source.data, format: part.format }, ...marks };
    }
    case 'file': {
      const name = part.filename === undefined ? {} : { filename: part.filename };
      const data =
        part.source.kind === 'file-id'
          ? { file_id: part.source.id }
          : { file_data: inlined(writer, part.source) ?? urlOfSource(part.source) };
      return { type: 'file', file: { ...name, ...data }, ...marks };
    }
    case 'video':
      return { type: 'video_url', video_url: { url: urlOfSource(part.source) ?? '' }, ...marks };
    default:
      return part satisfies never;
  }
}

/** The bytes that were fetched because the provider takes none by URL. */
function inlined(writer: Writer, source: Source): string | undefined {
  const asset = source.kind === 'url' ? writer.assets.get(source.url) : undefined;
  if (!asset) return undefined;
  return `data:${asset.mediaType};base64,${base64Of(asset)}`;
}

/** Where OpenAI's own mark is not taken it is left out: servers refuse fields they do not know. */
function writeMarks(writer: Writer, part: UserPart, path: string): JsonObject {
  if (takesBreakpoints(writer.target)) return breakpointOf(part);
  return { ...(writer.has('cache-control') && nativeFieldsOf(part.native)), ...writeCache(writer, part.cache, path) };
}

export function writeCache(writer: Writer, cache: UserPart['cache'], path: string): JsonObject {
  if (!cache) return {};
  if (writer.has('cache-control'))
    return { cache_control: { type: 'ephemeral', ...(cache.ttl === '1h' && { ttl: cache.ttl }) } };
  lose(
    writer,
    path === '' ? 'cache_control' : `${path}.cache_control`,
    'the provider caches without being told, or not at all',
  );
  return {};
}

function writeAssistant(writer: Writer, message: AssistantMessage, path: string): JsonObject {
  const texts = of(message, 'text');
  const tools = of(message, 'tool-call');
  const refusal = of(message, 'refusal').map((part) => part.text);
  const images = of(message, 'image')
    .map((part) => urlOfSource(part.source))
    .filter((url) => url !== undefined);
  const audio = of(message, 'audio').find((part) => part.source.kind === 'file-id');
  const annotations = texts.flatMap((part) => part.annotations ?? []);
  const { reasoning_details: unmodelled, model: _model, ...fields } = nativeFieldsOf(message.native);
  const openrouter = writer.has('reasoning-details');
  const keptFields = openrouter ? fields : knownFields(writer, fields, path);
  if (images.length > 0 && !openrouter)
    lose(writer, `${path}.images`, 'the provider takes no pictures of its own back');
  const thoughts = of(message, 'reasoning');
  const signed = openrouter ? NO_SIGNATURES : signedCalls(thoughts, writer.target);
  const rest = thoughts.filter((part) => part.id === undefined || signed.get(part.id) !== part);
  return {
    ...keptFields,
    role: 'assistant',
    content: texts.length > 0 ? writeContent(writer, texts, path) : null,
    ...(refusal.length > 0 && { refusal: refusal.join('') }),
    ...writeReasoning(writer, rest, Array.isArray(unmodelled) ? unmodelled : [], path),
    ...(openrouter && annotations.length > 0 && { annotations: annotations.map(writeAnnotation) }),
    ...(openrouter &&
      images.length > 0 && { images: images.map((url) => ({ type: 'image_url', image_url: { url } })) }),
    ...(audio?.source.kind === 'file-id' && { audio: { id: audio.source.id } }),
    ...(tools.length > 0 && {
      tool_calls: tools.map((part) => withThoughtSignature(writeCall(writer, part, path), signed.get(part.id))),
    }),
  };
}

/**
 * Hosts parse the arguments of earlier calls for their models' templates and fail on what is no JSON object (cut off by max_tokens: vllm-project/vllm#48922; a list or a text: sgl-project/sglang#28035; read 2026-11-29). Only the ends are
 * looked at: histories are long.
 */
function writeCall(writer: Writer, part: ToolCallPart, path: string): JsonObject {
  const text = part.arguments.trim();
  if ((text.startsWith('{') && text.endsWith('}')) || isFreeform(writer.custom, part.name))
    return writeToolCall(part, writer.custom);
  const isNothing = text === '' || text === 'null';
  if (!isNothing) lose(writer, `${path}.tool_calls.arguments`, 'not a JSON object: sent as the text of one');
  return writeToolCall({ ...part, arguments: isNothing ? '{}' : JSON.stringify({ arguments: text }) }, writer.custom);
}

/** Gateways take anything; Groq, Cerebras and StepFun refuse a message with members that they do not know. */
function knownFields(writer: Writer, fields: JsonObject, path: string): JsonObject {
  let keptFields: JsonObject = {};
  for (const name in fields) {
    const value = fields[name];
    const mark = CONTINUES[name];
    if (value !== undefined && mark !== undefined && writer.has(mark)) keptFields = { ...keptFields, [name]: value };
    else lose(writer, `${path}.${name}`, 'no member of messages that the provider knows');
  }
  return keptFields;
}

/** How hosts are told to continue a message. */
const CONTINUES: { readonly [name: string]: QuirkName } = { prefix: 'assistant-prefix', partial: 'assistant-partial' };

const NO_SIGNATURES: ReadonlyMap<string, ReasoningPart> = new Map();

const of = <Type extends AssistantPart['type']>(message: AssistantMessage, type: Type) =>
  message.parts.filter((part): part is Extract<AssistantPart, { type: Type }> => part.type === type);

/** Reasoning is replayed only to those who take it back; opaque parts only by `reasoning_details`. */
function writeReasoning(
  writer: Writer,
  reasoning: readonly ReasoningPart[],
  unmodelled: readonly Json[],
  path: string,
): JsonObject {
  if (reasoning.length === 0 && unmodelled.length === 0) return {};
  if (writer.has('reasoning-details'))
    return { reasoning_details: [...reasoning.map((part, index) => writeDetail(part, index)), ...unmodelled] };
  const visible = reasoning.filter((part) => part.kind !== 'encrypted');
  const split = writer.has('reasoning-split');
  const replayed = (split || writer.has('reasoning-content')) && visible.length > 0;
  if (
    !replayed ||
    unmodelled.length > 0 ||
    visible.length < reasoning.length ||
    visible.some((part) => part.signature !== undefined)
  )
    lose(writer, `${path}.reasoning_details`, 'the provider does not take this reasoning back');
  if (!replayed) return {};
  const texts = visible.map((part) => part.text);
  return split ? { reasoning_details: texts.map(splitDetail) } : { reasoning_content: texts.join('') };
}

/** As MiniMax gave it (platform.minimax.io, OpenAI-compatible API, read 2026-11-24). */
const splitDetail = (text: string, index: number): JsonObject => ({
  type: 'reasoning.text',
  id: `reasoning-text-${index + 1}`,
  format: 'MiniMax-response-v1',
  index,
  text,
});
