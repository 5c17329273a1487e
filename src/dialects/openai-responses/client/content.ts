import { isObject, type Json, type JsonObject, objectOf } from '../../../base/json.ts';
import type { FilePart, ImagePart, Source, ToolResultPart, UserPart } from '../../../call/message.ts';
import { type Complaints, complain, readObject, readString, wrongType } from '../../../call/read.ts';
import { readCacheMark } from '../../../call/read-gateway.ts';
import { sourceOfUrl } from '../../source-url.ts';
import { DIALECT } from '../tools.ts';

type Marks = Pick<UserPart, 'cache' | 'native'>;

/** Reads `content` of an input message: a string is one text part. */
export function readContent(to: Complaints, content: Json | undefined, path: string): UserPart[] {
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) {
    wrongType(to, path, 'a string or an array of content parts', content);
    return [];
  }
  return content.flatMap((entry, at) => readPart(to, entry, `${path}[${at}]`) ?? []);
}

/** The `output` of a tool: text, or parts of text, images and files. */
export function readOutput(to: Complaints, output: Json | undefined, path: string): ToolResultPart[] {
  // Older clients wrap the text: `{content, success}` (openai/codex, codex-rs/protocol, read 2026-11-22).
  const outputContent = isObject(output) ? (output.content ?? JSON.stringify(output)) : output;
  return readContent(to, outputContent, path).flatMap((part) => {
    if (part.type === 'text' || part.type === 'image' || part.type === 'file') return [part];
    complain(to, path, `Invalid value for '${path}': a tool's output holds text, images and files only.`);
    return [];
  });
}

function readPart(to: Complaints, entry: Json, path: string): UserPart | undefined {
  if (!isObject(entry)) return wrongType(to, path, 'an object', entry);
  const marks = readMarks(to, entry, path);
  switch (entry.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
      return { type: 'text', text: readString(to, entry, 'text', `${path}.text`) ?? '', ...marks };
    case 'refusal':
      return { type: 'text', text: readString(to, entry, 'refusal', `${path}.refusal`) ?? '', ...marks };
    case 'input_image':
    case 'image_url':
      return readImage(to, entry, path, marks);
    case 'input_file':
      return readFile(to, entry, path, marks);
    case 'input_audio': {
      if (typeof entry.audio_url === 'string')
        return { type: 'audio', source: sourceOfUrl(entry.audio_url), format: audioFormat(entry.audio_url), ...marks };
      const audio = readObject(to, entry, 'input_audio', `${path}.input_audio`) ?? {};
      const data = readString(to, audio, 'data', `${path}.input_audio.data`) ?? '';
      const format = readString(to, audio, 'format', `${path}.input_audio.format`) ?? 'wav';
      return { type: 'audio', source: { kind: 'base64', mediaType: `audio/${format}`, data }, format, ...marks };
    }
    case 'input_video':
      return { type: 'video', source: sourceOfUrl(urlIn(entry.video_url) ?? ''), ...marks };
    default:
      complain(to, `${path}.type`, `Invalid value for '${path}.type': ${JSON.stringify(entry.type)?.slice(0, 100)}.`);
      return undefined;
  }
}

/** Codex tells sound by a data URL (openai/codex, codex-rs/protocol, read 2026-11-29). */
const audioFormat = (url: string): string => /^data:audio\/(?:x-)?([a-z0-9]+)/i.exec(url)?.[1]?.toLowerCase() ?? 'wav';

/** Where the caller put a cache breakpoint, in either spelling; OpenAI's own is kept for OpenAI. */
function readMarks(to: Complaints, entry: JsonObject, path: string): Marks {
  const cache = readCacheMark(to, entry, `${path}.cache_control`);
  const breakpoint = entry.prompt_cache_breakpoint;
  if (!isObject(breakpoint)) return cache ? { cache } : {};
  const native = { dialect: DIALECT, fields: { prompt_cache_breakpoint: breakpoint } };
  return { cache: cache ?? { ttl: '5m' }, native };
}

function readImage(to: Complaints, entry: JsonObject, path: string, marks: Marks): ImagePart | undefined {
  const url = urlIn(entry.image_url);
  const id = readString(to, entry, 'file_id', `${path}.file_id`);
  const source: Source | undefined = url ? sourceOfUrl(url) : id === undefined ? undefined : { kind: 'file-id', id };
  if (!source) return missing(to, `${path}.image_url`);
  const detailField = entry.detail ?? objectOf(entry.image_url).detail;
  const detail = detailField === 'original' ? 'high' : detailField;
  const isKnown = detail === 'auto' || detail === 'low' || detail === 'high';
  return { type: 'image', source, ...(isKnown && { detail }), ...marks };
}

function urlIn(value: Json | undefined): string | undefined {
  const url = isObject(value) ? value.url : value;
  return typeof url === 'string' && url !== '' ? url : undefined;
}

function readFile(to: Complaints, entry: JsonObject, path: string, marks: Marks): FilePart | undefined {
  const filename = readString(to, entry, 'filename', `${path}.filename`);
  const data = readString(to, entry, 'file_data', `${path}.file_data`);
  const url = readString(to, entry, 'file_url', `${path}.file_url`);
  const id = readString(to, entry, 'file_id', `${path}.file_id`);
  const source = fileSource(data, url, id);
  if (!source) return missing(to, `${path}.file_data`);
  return { type: 'file', source, ...(filename !== undefined && { filename }), ...marks };
}

function fileSource(data: string | undefined, url: string | undefined, id: string | undefined): Source | undefined {
  if (url) return sourceOfUrl(url);
  if (data && /^(https?|data):/i.test(data)) return sourceOfUrl(data);
  if (data) return { kind: 'base64', mediaType: 'application/pdf', data };
  return id ? { kind: 'file-id', id } : undefined;
}

function missing(to: Complaints, path: string): undefined {
  complain(to, path, `Missing required parameter: '${path}'.`);
}
