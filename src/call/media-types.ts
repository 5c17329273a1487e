import { type Blob, headOf } from '../base/blobs.ts';
import { registeredMediaType, sniffMediaType } from '../base/media-type.ts';
import type { Call } from './call.ts';
import type { Message, Source } from './message.ts';

/** Characters of base64 that hold every signature. */
const HEAD = 32;
const UNKNOWN = new Set(['', 'application/octet-stream', 'binary/octet-stream']);

type Part = Message['parts'][number];
type MediaPart = Extract<Part, { readonly source: Source }>;

/**
 * The call with the media types that its bytes have. Programs write `image/jpg`, or name every picture a PNG, and vendors
 * refuse the call (NousResearch/hermes-agent#55432, read 2026-11-29). The same object where nothing is amiss.
 */
export function withTrueMediaTypes(call: Call): Call {
  let messages: Message[] | null = null;
  for (const [at, message] of call.messages.entries()) {
    const parts = corrected(message.parts, call.blobs);
    if (parts === message.parts) continue;
    messages ??= [...call.messages];
    messages[at] = { ...message, parts } as Message;
  }
  return messages ? { ...call, messages } : call;
}

function corrected(parts: readonly Part[], blobs: readonly Blob[] | undefined): readonly Part[] {
  let changed: Part[] | null = null;
  for (const [at, part] of parts.entries()) {
    if (!('source' in part) || part.source.kind !== 'base64') continue;
    const mediaType = trueType(part, part.source, blobs);
    if (mediaType === part.source.mediaType) continue;
    changed ??= [...parts];
    changed[at] = { ...part, source: { ...part.source, mediaType } };
  }
  return changed ?? parts;
}

/** The signature decides among pictures and PDFs, and where nothing was told; a text may begin like anything. */
function trueType(
  { type }: MediaPart,
  { mediaType, data }: Extract<Source, { kind: 'base64' }>,
  blobs: readonly Blob[] | undefined,
): string {
  const declared = registeredMediaType(mediaType);
  // The parameters of sound say how to read it.
  if (type === 'audio' || type === 'video') return mediaType.includes(';') ? mediaType : declared;
  if (declared.startsWith('text/')) return mediaType;
  const sniffed = sniffMediaType(Buffer.from(headOf(data, blobs, HEAD), 'base64'));
  if (sniffed === null) return declared;
  const isKnown = sniffed.startsWith('image/') || sniffed === 'application/pdf';
  if (type === 'image') return sniffed.startsWith('image/') ? sniffed : declared;
  return UNKNOWN.has(declared) || (isKnown && /^image\/|pdf$/.test(declared)) ? sniffed : declared;
}
