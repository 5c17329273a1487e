import { type Fault, fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { entryOf } from '../../base/table.ts';
import type { Call } from '../../call/call.ts';
import type { AudioPart, FilePart, ImagePart, Source, VideoPart } from '../../call/message.ts';
import type { Asset } from '../../facts/asset.ts';
import { base64Of } from '../inline-asset.ts';
import { type Encoding, lose } from './encoding.ts';

type MediaPart = ImagePart | FilePart | AudioPart | VideoPart;

/** Converse takes bytes or objects in S3, no URLs (API_runtime_ImageSource, read 2026-11-22). */
export function converseAssets(call: Call): Asset[] {
  const assets = new Map<string, Asset>();
  for (const message of call.messages)
    for (const part of message.parts) {
      if (part.type !== 'image' && part.type !== 'file' && part.type !== 'audio' && part.type !== 'video') continue;
      if (message.role !== 'assistant' && part.source.kind === 'url' && !isS3(part.source.url))
        assets.set(part.source.url, { url: part.source.url, kind: part.type });
    }
  return [...assets.values()];
}

const isS3 = (url: string): boolean => url.startsWith('s3://');

type Bytes = { readonly mediaType: string; readonly source: JsonObject };

/** An `image`, `document`, `audio` or `video` block; undefined where the part cannot be carried at all. */
export function encodeMedia(encoding: Encoding, part: MediaPart, path: string): Result<JsonObject | undefined, Fault> {
  const bytes = bytesOf(encoding, part.source);
  if (!bytes.ok) return bytes;
  if (!bytes.value) {
    lose(encoding, path, 'a file id of another vendor');
    return ok(undefined);
  }
  const { mediaType, source } = bytes.value;
  const name = part.type === 'file' ? (part.filename ?? '') : '';
  const url = part.source.kind === 'url' ? part.source.url : '';
  const format = formatOf(part.type, mediaType, part.type === 'audio' ? `.${part.format}` : name || url);
  switch (part.type) {
    case 'image':
      if (!format) return failed(fault('unsupported_image_format', `Bedrock takes no ${mediaType} images.`));
      return ok({ image: { format, source } });
    case 'file':
      if (!format) return failed(fault('invalid_request', `Bedrock takes no ${mediaType} documents.`));
      return ok({ document: { format, name: documentName(encoding, name), source } });
    case 'audio':
      if (!format) return failed(fault('invalid_request', `Bedrock takes no ${mediaType} audio.`));
      return ok({ audio: { format, source } });
    case 'video':
      if (!format) return failed(fault('invalid_request', `Bedrock takes no ${mediaType} videos.`));
      return ok({ video: { format, source } });
    default:
      return part satisfies never;
  }
}

function bytesOf(encoding: Encoding, source: Source): Result<Bytes | undefined, Fault> {
  switch (source.kind) {
    case 'base64':
      return ok({ mediaType: source.mediaType, source: { bytes: source.data } });
    case 'url': {
      if (isS3(source.url)) return ok({ mediaType: '', source: { s3Location: { uri: source.url } } });
      const asset = encoding.assets.get(source.url);
      if (!asset) return failed(fault('image_download_failed', `Could not fetch ${source.url.slice(0, 200)}`));
      return ok({ mediaType: asset.mediaType, source: { bytes: base64Of(asset) } });
    }
    case 'file-id':
      return ok(isS3(source.id) ? { mediaType: '', source: { s3Location: { uri: source.id } } } : undefined);
    default:
      return source satisfies never;
  }
}

/** Formats as Converse names them, by the ending of the media type or the file name. */
const FORMATS: { readonly [Type in MediaPart['type']]: { readonly [word: string]: string } } = {
  image: { png: 'png', jpeg: 'jpeg', jpg: 'jpeg', gif: 'gif', webp: 'webp' },
  file: {
    pdf: 'pdf',
    csv: 'csv',
    msword: 'doc',
    doc: 'doc',
    'vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
    docx: 'docx',
    'vnd.ms-excel': 'xls',
    xls: 'xls',
    'vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
    xlsx: 'xlsx',
    html: 'html',
    plain: 'txt',
    txt: 'txt',
    markdown: 'md',
    md: 'md',
  },
  audio: {
    mp3: 'mp3',
    mpeg: 'mp3',
    wav: 'wav',
    'x-wav': 'wav',
    wave: 'wav',
    ogg: 'ogg',
    opus: 'opus',
    flac: 'flac',
    aac: 'aac',
    m4a: 'm4a',
    'x-m4a': 'm4a',
    mp4: 'mp4',
    webm: 'webm',
    pcm: 'pcm',
    pcm16: 'pcm',
  },
  video: {
    mp4: 'mp4',
    'x-matroska': 'mkv',
    mkv: 'mkv',
    quicktime: 'mov',
    mov: 'mov',
    webm: 'webm',
    'x-flv': 'flv',
    mpeg: 'mpeg',
    mpg: 'mpg',
    'x-ms-wmv': 'wmv',
    '3gpp': 'three_gp',
  },
};

function formatOf(type: MediaPart['type'], mediaType: string, name: string): string | undefined {
  const formats = FORMATS[type];
  const subtype = mediaType.split(';')[0]?.split('/')[1]?.trim().toLowerCase() ?? '';
  const ending = /\.([a-z0-9]+)(?:[?#]|$)/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return entryOf(formats, subtype) ?? entryOf(formats, ending);
}

/**
 * Letters, digits, single spaces, hyphens, parentheses and square brackets, unique within the request
 * (API_runtime_DocumentBlock, read 2026-11-22).
 */
function documentName(encoding: Encoding, filename: string): string {
  const plain = filename
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .replace(/[^A-Za-z0-9 ()[\]-]+/g, '-')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, 180);
  const base = plain === '' ? 'document' : plain;
  let name = base;
  for (let number = 2; encoding.documents.has(name); number++) name = `${base} ${number}`;
  encoding.documents.add(name);
  return name;
}
