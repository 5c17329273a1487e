import { isObject, type Json, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import type { UserPart } from '../../call/message.ts';
import { type Complaints, complain, readString, wrongType } from '../../call/read.ts';
import { sourceOfUrl, urlOfSource } from '../source-url.ts';

/** `{content: [parts]}` of a multimodal input (OpenRouter's own addition): its media are `{data, format}` objects. */
export function readParts(to: Complaints, content: Json | undefined, path: string): UserPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content) || content.length === 0) {
    wrongType(to, path, 'an array of content parts', content);
    return [];
  }
  return content.flatMap((entry, at) => readPart(to, entry, `${path}[${at}]`) ?? []);
}

function readPart(to: Complaints, entry: Json, path: string): UserPart | undefined {
  if (!isObject(entry)) return wrongType(to, path, 'an object', entry);
  switch (entry.type) {
    case 'text':
      return { type: 'text', text: readString(to, entry, 'text', `${path}.text`) ?? '' };
    case 'image_url': {
      const url = isObject(entry.image_url) ? entry.image_url.url : entry.image_url;
      if (typeof url === 'string' && url !== '') return { type: 'image', source: sourceOfUrl(url) };
      return missing(to, `${path}.image_url.url`);
    }
    case 'input_audio':
    case 'input_video':
    case 'input_file':
      return readMedia(to, entry.type, objectOf(entry[entry.type]), `${path}.${entry.type}.data`);
    default:
      complain(to, `${path}.type`, `Invalid value for '${path}.type': ${JSON.stringify(entry.type)?.slice(0, 100)}.`);
      return undefined;
  }
}

type MediaType = 'input_audio' | 'input_video' | 'input_file';

function readMedia(to: Complaints, type: MediaType, media: JsonObject, path: string): UserPart | undefined {
  const data = stringOf(media.data);
  if (data === '') return missing(to, path);
  const format = stringOf(media.format).toLowerCase();
  const isUrl = /^(?:https?|data):/i.test(data);
  const source = (kind: string) =>
    isUrl ? sourceOfUrl(data) : { kind: 'base64' as const, mediaType: `${kind}/${format}`, data };
  if (type === 'input_audio') return { type: 'audio', source: source('audio'), format: format || 'wav' };
  if (type === 'input_video') return { type: 'video', source: source('video') };
  return { type: 'file', source: source('application') };
}

function missing(to: Complaints, path: string): undefined {
  complain(to, path, `Missing required parameter: '${path}'.`);
}

/** The same shape again; undefined for what it has no word for. */
export function writePart(part: UserPart): JsonObject | undefined {
  if (part.type === 'text') return { type: 'text', text: part.text };
  const url = urlOfSource(part.source);
  if (url === undefined) return undefined;
  if (part.type === 'image') return { type: 'image_url', image_url: { url } };
  const word = `input_${part.type}`;
  const format = part.type === 'audio' ? part.format : (/^data:\w+\/([\w.+-]+)/.exec(url)?.[1] ?? '');
  return { type: word, [word]: { data: url, ...(format !== '' && { format }) } };
}
