import { type Fault, fault } from '../base/fault.ts';
import { isObject, type JsonObject, objectOf, stringOf } from '../base/json.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Call } from '../call/call.ts';
import type { AudioPart, FilePart, ImagePart, VideoPart } from '../call/message.ts';
import type { Asset, Assets } from '../facts/asset.ts';
import { GEMINI } from './gemini-names.ts';
import { base64Of } from './inline-asset.ts';

export type MediaPart = ImagePart | FilePart | AudioPart | VideoPart;

/**
 * What Gemini fetches itself: YouTube videos, its own file store and Google Cloud Storage (file input guide, read
 * 2026-11-22). Everything else named by URL must be sent as bytes.
 */
const FETCHED_BY_GEMINI =
  /^(?:gs:\/\/|https:\/\/(?:www\.|m\.)?youtube\.com\/|https:\/\/youtu\.be\/|https:\/\/generativelanguage\.googleapis\.com\/)/;

export const isFetchedByGemini = (url: string): boolean => FETCHED_BY_GEMINI.test(url);

export function geminiAssets(call: Call): Asset[] {
  const assets: Asset[] = [];
  for (const message of call.messages) {
    if (message.role === 'system' || message.role === 'developer') continue;
    for (const part of message.parts) {
      if (part.type !== 'image' && part.type !== 'file' && part.type !== 'audio' && part.type !== 'video') continue;
      if (part.source.kind === 'url' && !isFetchedByGemini(part.source.url))
        assets.push({ url: part.source.url, kind: part.type });
    }
  }
  return assets;
}

/** An `inlineData` or `fileData` part. */
export function mediaPart(part: MediaPart, assets: Assets): Result<JsonObject, Fault> {
  const native = part.native?.dialect === GEMINI ? part.native.fields : {};
  const { source } = part;
  switch (source.kind) {
    case 'base64':
      return ok({ ...native, inlineData: { mimeType: mimeType(part, source.mediaType), data: source.data } });
    case 'file-id':
      return ok({ ...native, fileData: { ...objectOf(native.fileData), fileUri: source.id } });
    case 'url': {
      if (isFetchedByGemini(source.url))
        return ok({ ...native, fileData: { ...objectOf(native.fileData), fileUri: source.url } });
      const asset = assets.get(source.url);
      if (!asset) return failed(fault('image_download_failed', `Could not fetch ${source.url.slice(0, 200)}`));
      return ok({ ...native, inlineData: { mimeType: mimeType(part, asset.mediaType), data: base64Of(asset) } });
    }
    default:
      return source satisfies never;
  }
}

function mimeType(part: MediaPart, told: string): string {
  if (told !== '' && told !== 'application/octet-stream') return told;
  switch (part.type) {
    case 'audio':
      return `audio/${part.format || 'wav'}`;
    case 'image':
      return 'image/png';
    case 'video':
      return 'video/mp4';
    case 'file':
      return 'application/pdf';
    default:
      return part satisfies never;
  }
}

/** A media part read from Gemini's JSON; undefined if it is none. Fields beside the data are kept for Gemini. */
export function readMedia(part: JsonObject): MediaPart | undefined {
  const { inlineData, fileData, ...beside } = part;
  const blob = isObject(inlineData) ? inlineData : undefined;
  const file = isObject(fileData) ? fileData : undefined;
  const type = stringOf((blob ?? file)?.mimeType).toLowerCase();
  let source: MediaPart['source'];
  if (typeof blob?.data === 'string') source = { kind: 'base64', mediaType: type, data: blob.data };
  else if (typeof file?.fileUri === 'string') source = { kind: 'url', url: file.fileUri };
  else return undefined;
  const { fileUri: _, ...fileFields } = file ?? {};
  const fields = { ...beside, ...(Object.keys(fileFields).length > 0 && { fileData: fileFields }) };
  const base = { source, ...(Object.keys(fields).length > 0 && { native: { dialect: GEMINI, fields } }) };
  if (type.startsWith('image/')) return { type: 'image', ...base };
  if (type.startsWith('audio/')) return { type: 'audio', format: formatOf(type), ...base };
  if (type.startsWith('video/') || (file && type === '')) return { type: 'video', ...base };
  return { type: 'file', ...base };
}

/** `audio/L16;rate=24000` → `l16`, `audio/mpeg` → `mp3`: the words OpenAI's dialect uses where there is one. */
function formatOf(type: string): string {
  const name = (type.split(';')[0] ?? '').slice('audio/'.length).toLowerCase();
  return name === 'mpeg' ? 'mp3' : name === 'x-wav' ? 'wav' : name;
}
