import { isObject, type Json, type JsonObject, objectOf } from '../../../base/json.ts';
import type { CacheMark, FilePart, ImagePart, Native, Source, TextPart, UserPart } from '../../../call/message.ts';
import { type Complaints, complain, readObject, readString, wrongType } from '../../../call/read.ts';
import { readCacheMark } from '../../../call/read-gateway.ts';
import { sourceOfUrl } from '../../source-url.ts';

/** Reads `content`: a string is one text part, an array is parts, null and absent are none. */
export function readContent(to: Complaints, message: JsonObject, path: string): UserPart[] {
  const content = message.content;
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) {
    wrongType(to, `${path}.content`, 'a string or an array of content parts', content);
    return [];
  }
  const parts: UserPart[] = [];
  for (const [index, entry] of content.entries()) {
    const part = readPart(to, entry, `${path}.content[${index}]`);
    if (part) parts.push(part);
  }
  return parts;
}

/** Like `readContent` where only some kinds of parts make sense. */
export function readContentOf<Kind extends UserPart['type']>(
  to: Complaints,
  message: JsonObject,
  path: string,
  kinds: readonly Kind[],
): Extract<UserPart, { type: Kind }>[] {
  const parts = readContent(to, message, path);
  const isKind = (part: UserPart): part is Extract<UserPart, { type: Kind }> =>
    (kinds as readonly string[]).includes(part.type);
  for (const [index, part] of parts.entries())
    if (!isKind(part))
      complain(
        to,
        `${path}.content[${index}].type`,
        `Invalid value: a '${part.type}' part is not supported in a message with role '${String(message.role)}'.`,
      );
  return parts.filter(isKind);
}

function readPart(to: Complaints, entry: Json, path: string): UserPart | undefined {
  if (typeof entry === 'string') return { type: 'text', text: entry };
  if (!isObject(entry)) return wrongType(to, path, 'an object', entry);
  const marks = readMarks(to, entry, path);
  switch (entry.type) {
    case 'text':
    case 'input_text':
      return { type: 'text', text: readString(to, entry, 'text', `${path}.text`) ?? '', ...marks } satisfies TextPart;
    case 'image_url':
      return readImage(to, entry, path, marks);
    case 'input_audio': {
      const audio = readObject(to, entry, 'input_audio', `${path}.input_audio`) ?? {};
      const data = readString(to, audio, 'data', `${path}.input_audio.data`) ?? '';
      const format = readString(to, audio, 'format', `${path}.input_audio.format`) ?? 'wav';
      return { type: 'audio', source: { kind: 'base64', mediaType: `audio/${format}`, data }, format, ...marks };
    }
    case 'file':
      return readFile(to, entry, path, marks);
    case 'video_url':
    case 'input_video': {
      const url = urlIn(entry.video_url ?? entry.input_video);
      if (url === undefined) return missing(to, `${path}.video_url.url`);
      return { type: 'video', source: sourceOfUrl(url), ...marks };
    }
    case undefined:
      return missing(to, `${path}.type`);
    default:
      complain(to, `${path}.type`, `Invalid value for '${path}.type': ${JSON.stringify(entry.type)?.slice(0, 100)}.`);
      return undefined;
  }
}

type Marks = { readonly cache?: CacheMark; readonly native?: Native };

/** Where the caller put a cache breakpoint, in either spelling. */
function readMarks(to: Complaints, entry: JsonObject, path: string): Marks {
  const cache = readCacheMark(to, entry, `${path}.cache_control`);
  const breakpoint = entry.prompt_cache_breakpoint;
  if (breakpoint === undefined || breakpoint === null) return cache ? { cache } : {};
  return {
    cache: cache ?? { ttl: '5m' },
    native: { dialect: 'openai-chat', fields: { prompt_cache_breakpoint: breakpoint } },
  };
}

function readImage(to: Complaints, entry: JsonObject, path: string, marks: Marks): ImagePart | undefined {
  const url = urlIn(entry.image_url);
  if (url === undefined) return missing(to, `${path}.image_url.url`);
  const detailField = objectOf(entry.image_url).detail;
  const detail = detailField === 'original' ? 'high' : detailField;
  const isKnown = detail === 'auto' || detail === 'low' || detail === 'high';
  return { type: 'image', source: sourceOfUrl(url), ...(isKnown && { detail }), ...marks };
}

const urlIn = (value: Json | undefined): string | undefined => {
  const url = isObject(value) ? value.url : value;
  return typeof url === 'string' && url !== '' ? url : undefined;
};

function readFile(to: Complaints, entry: JsonObject, path: string, marks: Marks): FilePart | undefined {
  const file = readObject(to, entry, 'file', `${path}.file`) ?? {};
  const filename = readString(to, file, 'filename', `${path}.file.filename`);
  const source = fileSource(
    readString(to, file, 'file_data', `${path}.file.file_data`) ?? readString(to, file, 'file_url', path),
    readString(to, file, 'file_id', `${path}.file.file_id`),
  );
  if (!source) return missing(to, `${path}.file.file_data`);
  return { type: 'file', source, ...(filename !== undefined && { filename }), ...marks };
}

function fileSource(data: string | undefined, id: string | undefined): Source | undefined {
  if (data !== undefined && /^(https?|data):/i.test(data)) return sourceOfUrl(data);
  if (data !== undefined) return { kind: 'base64', mediaType: 'application/pdf', data };
  return id === undefined ? undefined : { kind: 'file-id', id };
}

function missing(to: Complaints, path: string): undefined {
  complain(to, path, `Missing required parameter: '${path}'.`);
}
