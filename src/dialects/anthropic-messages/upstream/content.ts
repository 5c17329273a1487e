import { isObject, type JsonObject, parseJson } from '../../../base/json.ts';
import type {
  AssistantPart,
  FilePart,
  ImagePart,
  ReasoningPart,
  Source,
  ToolCallPart,
  ToolResultPart,
  UserPart,
} from '../../../call/message.ts';
import { base64Of } from '../../inline-asset.ts';
import { citationOf } from '../citations.ts';
import { CLAUDE, fieldsOf, leftover } from '../words.ts';
import type { Encoding } from './encoding.ts';
import { hasQuirk } from './quirks.ts';

/** One part as content blocks: none if this dialect cannot carry it, which is then listed as lost. */
export function userBlocks(encoding: Encoding, part: UserPart | ToolResultPart, field: string): JsonObject[] {
  const fields = fieldsOf(part.native);
  const marked = encoding.mark(part.cache, field);
  if (isObject(fields.block)) return [{ ...fields.block, ...marked }];
  if (typeof fields.attribution === 'string')
    return hasQuirk(encoding.target, 'attribution') ? [{ type: 'text', text: fields.attribution, ...marked }] : [];
  switch (part.type) {
    case 'text':
      return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text, ...fields, ...marked }];
    case 'image':
      return [{ ...imageBlock(encoding, part), ...fields, ...marked }];
    case 'file':
      return [{ ...fileBlock(encoding, part), ...fields, ...marked }];
    case 'audio':
    case 'video':
      encoding.lose(field, `this dialect carries no ${part.type}`);
      return [];
    default:
      return part satisfies never;
  }
}

function imageBlock(encoding: Encoding, { source }: ImagePart): JsonObject {
  return { type: 'image', source: sourceOf(encoding, source) };
}

function fileBlock(encoding: Encoding, { source, filename }: FilePart): JsonObject {
  const title = filename === undefined ? {} : { title: filename };
  const wire = sourceOf(encoding, source);
  const mediaType = typeof wire.media_type === 'string' ? wire.media_type : '';
  if (mediaType.startsWith('image/')) return { type: 'image', source: wire };
  if (wire.type === 'base64' && /^text\/|^application\/json/.test(mediaType)) {
    const data = Buffer.from(String(wire.data), 'base64').toString('utf8');
    return { type: 'document', source: { type: 'text', media_type: 'text/plain', data }, ...title };
  }
  return { type: 'document', source: wire, ...title };
}

/** A URL stays one unless its bytes were fetched because the host cannot. */
function sourceOf(encoding: Encoding, source: Source): JsonObject {
  switch (source.kind) {
    case 'base64':
      return { type: 'base64', media_type: source.mediaType, data: source.data };
    case 'file-id':
      return { type: 'file', file_id: source.id };
    case 'url': {
      const asset = encoding.assets.get(source.url);
      if (!asset) return { type: 'url', url: source.url };
      return { type: 'base64', media_type: asset.mediaType, data: base64Of(asset) };
    }
    default:
      return source satisfies never;
  }
}

export function assistantBlocks(
  encoding: Encoding,
  part: AssistantPart,
  field: string,
  idOf: (id: string) => string,
): JsonObject[] {
  const fields = fieldsOf(part.native);
  const marked = encoding.mark(part.cache, field);
  if (isObject(fields.block)) return [{ ...fields.block, ...marked }];
  switch (part.type) {
    case 'text': {
      if (part.text.trim() === '') return [];
      const citations = (part.annotations ?? []).map(citationOf).filter((citation) => citation !== undefined);
      return [{ type: 'text', text: part.text, ...(citations.length > 0 && { citations }), ...fields, ...marked }];
    }
    case 'refusal':
      return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text, ...marked }];
    case 'reasoning':
      return reasoningBlocks(encoding, part, field);
    case 'tool-call':
      return [
        {
          type: 'tool_use',
          id: idOf(part.id),
          name: part.name,
          input: inputOf(encoding, part, field),
          ...fields,
          ...marked,
        },
      ];
    case 'image':
    case 'audio':
      encoding.lose(field, `an assistant's ${part.type} cannot be said again in this dialect`);
      return [];
    default:
      return part satisfies never;
  }
}

/** Only thoughts that this vendor signed go back to it; Anthropic refuses any other with a 400. */
function reasoningBlocks(encoding: Encoding, part: ReasoningPart, field: string): JsonObject[] {
  const fields = leftover(fieldsOf(part.native), ['cache_control']);
  if (part.format === CLAUDE && part.kind === 'encrypted')
    return [{ type: 'redacted_thinking', data: part.text, ...fields }];
  if (part.format === CLAUDE && part.kind === 'text' && part.signature !== undefined)
    return [{ type: 'thinking', thinking: part.text, signature: part.signature, ...fields }];
  const reason =
    part.format === CLAUDE ? 'a thought without its signature' : `a thought of another vendor (${part.format})`;
  encoding.lose(field, `${reason} cannot be replayed here`);
  return [];
}

function inputOf(encoding: Encoding, part: ToolCallPart, field: string): JsonObject {
  const input = part.arguments.trim() === '' ? {} : parseJson(part.arguments);
  if (isObject(input)) return input;
  encoding.lose(`${field}.arguments`, 'not a JSON object');
  return {};
}
