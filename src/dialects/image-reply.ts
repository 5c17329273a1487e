import { type Blob, headOf } from '../base/blobs.ts';
import { type Fault, fault } from '../base/fault.ts';
import { type Json, type JsonObject, stringOf } from '../base/json.ts';
import { sniffMediaType } from '../base/media-type.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { DrawnImage, ImageReply } from '../call/image.ts';
import type { Target } from '../facts/target.ts';

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}\s*$/;
const DATA_URL = /^data:([^;,]*)(?:;[^;,]*)*;base64,/i;
/** Characters of base64 that hold every signature. */
const HEAD = 64;

/** What the bytes of a picture say they are; an SVG is text. Undefined for what is none. */
export function pictureType(base64: string, blobs: readonly Blob[] = []): string | undefined {
  const head = Buffer.from(headOf(base64, blobs, HEAD), 'base64');
  const sniffed = sniffMediaType(head);
  if (sniffed !== null) return sniffed.startsWith('image/') ? sniffed : undefined;
  return /^\s*<(?:\?xml|svg|!doctype svg|!--)/i.test(head.toString('utf8')) ? 'image/svg+xml' : undefined;
}

/** A picture as a vendor sent it: base64, a `data:` URL or an address; undefined if it is none of these. */
export function readImage(value: Json | undefined, revisedPrompt?: string): DrawnImage | undefined {
  const text = stringOf(value);
  const more = revisedPrompt !== undefined && revisedPrompt !== '' && { revisedPrompt };
  if (/^https?:\/\//i.test(text)) return URL.canParse(text) ? { url: text, ...more } : undefined;
  const base64 = text.replace(DATA_URL, '');
  const mediaType = BASE64.test(base64.slice(0, 4_096)) ? pictureType(base64) : undefined;
  return mediaType === undefined ? undefined : { base64, mediaType, ...more };
}

/** An answer of these pictures; a fault where one is missing or cannot be read. `body` is what was answered. */
export function imageReply(
  images: readonly (DrawnImage | undefined)[],
  more: Omit<ImageReply, 'images'>,
  target: Target,
  body: Json,
): Result<ImageReply, Fault> {
  const drawn = images.filter((image) => image !== undefined);
  if (drawn.length > 0 && drawn.length === images.length) return ok({ ...more, images: drawn });
  const { name, slug } = target.endpoint.provider;
  return failed(
    fault('upstream_malformed', `${name} answered without pictures that can be read.`, {
      upstream: { provider: slug, raw: JSON.stringify(shortened(body)).slice(0, 4_096) },
    }),
  );
}

/** Base64 tells nobody anything in an error. */
function shortened(value: Json): Json {
  if (typeof value === 'string') return value.length > 256 ? `${value.slice(0, 64)}…` : value;
  if (Array.isArray(value)) return value.slice(0, 16).map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as JsonObject).slice(0, 32);
  return Object.fromEntries(entries.map(([name, member]) => [name, shortened((member ?? null) as Json)]));
}

/** The vendor drew nothing since it would not. */
export const refusedDrawing = (target: Target, reason: string): Fault =>
  fault('content_policy_violation', `${target.endpoint.provider.name} refused to draw this: ${reason}`, {
    upstream: { provider: target.endpoint.provider.name },
  });
