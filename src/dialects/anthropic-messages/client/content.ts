import { isObject, type JsonObject, stringOf } from '../../../base/json.ts';
import type {
  AssistantPart,
  CacheMark,
  FilePart,
  ImagePart,
  Source,
  TextPart,
  ToolResultPart,
} from '../../../call/message.ts';
import { type Complaints, complain, readObject, readString } from '../../../call/read.ts';
import { readCacheMark } from '../../../call/read-gateway.ts';
import { annotationOf, citationsIn } from '../citations.ts';
import { leftover, withNative } from '../words.ts';
import { openThought } from './seal.ts';

/** A content field as its blocks: a string is one text block. */
export function readBlocks(to: Complaints, holder: JsonObject, field: string, path: string): readonly JsonObject[] {
  const value = holder[field];
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every(isObject)) return value as readonly JsonObject[];
  complain(to, path, `Invalid type for '${path}': expected a string or an array of content blocks.`);
  return [];
}

/** Text, image or document, as users, systems and tool results may hold them; anything else is kept for this dialect. */
export function readPart(to: Complaints, block: JsonObject, path: string): ToolResultPart {
  const cache = cacheOf(to, block, path);
  switch (block.type) {
    case 'text':
      return {
        type: 'text',
        text: readString(to, block, 'text', `${path}.text`) ?? '',
        ...cache,
        ...withNative(leftover(block, ['type', 'text', 'cache_control', 'citations'])),
      };
    case 'image': {
      const source = readSource(to, block, path);
      const rest = withNative(leftover(block, ['type', 'source', 'cache_control']));
      return source ? ({ type: 'image', source, ...cache, ...rest } satisfies ImagePart) : keptBlock(block, cache);
    }
    case 'document': {
      const source = readSource(to, block, path);
      if (!source) return keptBlock(block, cache);
      const filename = readString(to, block, 'title', `${path}.title`);
      return {
        type: 'file',
        source,
        ...(filename !== undefined && { filename }),
        ...cache,
        ...withNative(leftover(block, ['type', 'source', 'title', 'cache_control'])),
      } satisfies FilePart;
    }
    default:
      if (typeof block.type !== 'string')
        complain(to, `${path}.type`, `Missing '${path}.type': a content block's type.`);
      return keptBlock(block, cache);
  }
}

/** Undefined: a source that only this dialect knows, such as a document made of content blocks. */
function readSource(to: Complaints, block: JsonObject, path: string): Source | undefined {
  const source = readObject(to, block, 'source', `${path}.source`) ?? {};
  const text = (field: string): string => {
    const value = readString(to, source, field, `${path}.source.${field}`);
    if (value === undefined) complain(to, `${path}.source.${field}`, `Missing '${path}.source.${field}'.`);
    return value ?? '';
  };
  switch (source.type) {
    case 'url':
      return { kind: 'url', url: text('url') };
    case 'base64':
      return { kind: 'base64', mediaType: text('media_type'), data: text('data') };
    case 'file':
      return { kind: 'file-id', id: text('file_id') };
    case 'text':
      return { kind: 'base64', mediaType: 'text/plain', data: Buffer.from(text('data')).toString('base64') };
    case undefined:
      complain(to, `${path}.source`, `Missing '${path}.source'.`);
      return undefined;
    default:
      return undefined;
  }
}

type Cached = { readonly cache?: CacheMark };

export function cacheOf(to: Complaints, block: JsonObject, path: string): Cached {
  const cache = readCacheMark(to, block, `${path}.cache_control`);
  return cache ? { cache } : {};
}

/** A block that we do not model: whole for this dialect, for others whatever text it holds. */
function keptBlock(block: JsonObject, cache: Cached): TextPart {
  return {
    type: 'text',
    text: textWithin(block),
    ...cache,
    ...withNative({ block: leftover(block, ['cache_control']) }),
  };
}

function textWithin(block: JsonObject): string {
  if (typeof block.text === 'string') return block.text;
  const inner = block.type === 'document' ? (block.source as JsonObject | undefined)?.content : block.content;
  if (typeof inner === 'string') return inner;
  const texts = Array.isArray(inner) ? inner.filter(isObject).map((part) => stringOf(part.text)) : [];
  if (block.type === 'tool_reference') return `Found the tool ${stringOf(block.tool_name)}.`;
  const head = block.type === 'search_result' ? [stringOf(block.title), stringOf(block.source)] : [];
  return [...head, ...texts].filter((text) => text !== '').join('\n');
}

/** What the model said before. The vendor's own tools and their results are kept for this dialect. */
export function readAssistantPart(to: Complaints, block: JsonObject, path: string): AssistantPart {
  const cache = cacheOf(to, block, path);
  switch (block.type) {
    case 'text': {
      const text = readString(to, block, 'text', `${path}.text`) ?? '';
      const annotations = citationsIn(block.citations).map((citation) => annotationOf(citation, 0, text.length));
      const rest = withNative(leftover(block, ['type', 'text', 'cache_control', 'citations']));
      return { type: 'text', text, ...(annotations.length > 0 && { annotations }), ...cache, ...rest };
    }
    case 'thinking':
    case 'redacted_thinking':
      return openThought(block);
    case 'tool_use':
      return {
        type: 'tool-call',
        id: readString(to, block, 'id', `${path}.id`) ?? '',
        name: readString(to, block, 'name', `${path}.name`) ?? '',
        arguments: JSON.stringify(readObject(to, block, 'input', `${path}.input`) ?? {}),
        ...cache,
        ...withNative(leftover(block, ['type', 'id', 'name', 'input', 'cache_control'])),
      };
    case 'image': {
      const part = readPart(to, block, path);
      return part.type === 'file' ? keptBlock(block, cache) : part;
    }
    default:
      return keptBlock(block, cache);
  }
}
