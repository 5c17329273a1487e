import type { AudioKind } from '../base/audio-duration.ts';
import type { Blob } from '../base/blobs.ts';
import type { JsonObject } from '../base/json.ts';
import type { Loss } from '../call/loss.ts';
import type { TranscriptionCall } from '../call/transcription.ts';
import type { Target } from '../facts/target.ts';

/** The media type of each kind, and the ending that vendors know it by. */
const NAMES: { readonly [K in AudioKind]: readonly [type: string, ending: string] } = {
  wav: ['audio/wav', 'wav'],
  mp3: ['audio/mpeg', 'mp3'],
  flac: ['audio/flac', 'flac'],
  ogg: ['audio/ogg', 'ogg'],
  mp4: ['audio/mp4', 'm4a'],
  webm: ['audio/webm', 'webm'],
  aac: ['audio/aac', 'aac'],
  amr: ['audio/amr', 'amr'],
};

/** The recording as it is sent: named for what it is, and only where that cannot be told for what its sender calls it. */
export function audioFile({ audio: { source, recording, format } }: TranscriptionCall): {
  readonly bytes: Blob;
  readonly type: string;
  readonly name: string;
} {
  const bytes = source.kind === 'bytes' ? source.bytes : [];
  const kind = recording?.kind;
  if (kind && kind !== 'other') return { bytes, type: NAMES[kind][0], name: `audio.${NAMES[kind][1]}` };
  const ending = /^[a-z0-9]{1,8}$/.test(format) ? format : 'wav';
  return { bytes, type: `audio/${ending}`, name: `audio.${ending}` };
}

/** What the caller sends for this provider alone, and its own fields if it speaks the endpoint's dialect. What we write wins. */
export function ownFields(call: TranscriptionCall, { endpoint }: Target, losses: Loss[]): JsonObject {
  const { native, options } = call;
  const isSame = native?.dialect === endpoint.dialect.id;
  if (native && !isSame)
    for (const field of Object.keys(native.fields))
      losses.push({ field, reason: "no such field in the endpoint's dialect" });
  return { ...(isSame && native.fields), ...options?.[endpoint.provider.slug] };
}

/** Fields that a vendor has no word for. */
export function lost(
  call: TranscriptionCall,
  fields: readonly ('prompt' | 'temperature')[],
  { endpoint }: Target,
): Loss[] {
  const reason = `${endpoint.provider.name} has no such field`;
  return fields.filter((field) => call[field] !== undefined).map((field) => ({ field, reason }));
}
