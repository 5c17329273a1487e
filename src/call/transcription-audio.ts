import { readRecording } from '../base/audio-duration.ts';
import { type Blob, blobBehind, sizeOf } from '../base/blobs.ts';
import { type Fault, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import type { CallAudio, TranscriptionCall } from './transcription.ts';

const DATA_URL = /^data:[^,]{0,100};base64,/;

/** The call with its recording as bytes, and what those are. */
export function withReadAudio({ blobs, ...call }: TranscriptionCall): TranscriptionCall {
  const { source } = call.audio;
  const bytes =
    source.kind === 'base64' ? decoded(source.data, blobs ?? []) : source.kind === 'bytes' ? source.bytes : null;
  const audio: CallAudio = bytes
    ? { ...call.audio, source: { kind: 'bytes', bytes }, recording: readRecording(bytes) }
    : { ...call.audio, source: { kind: 'broken' } };
  return { ...call, audio };
}

/** Why there is nothing to be written down; null = there is. */
export function objectionToAudio({ audio: { source, recording } }: TranscriptionCall): Fault | null {
  if (source.kind !== 'bytes') return refusal('the audio is not base64.');
  const size = sizeOf(source.bytes);
  if (size === 0) return refusal('the audio is empty.');
  if (size > LIMITS.audio_bytes_max)
    return fault('payload_too_large', `The audio is larger than ${LIMITS.audio_bytes_max / 1024 / 1024} MB.`);
  if (recording?.kind === 'other') return refusal('this is no audio.');
  if (recording?.seconds === 0) return refusal('the audio is zero seconds long.');
  return null;
}

const refusal = (what: string): Fault => fault('invalid_request', `Invalid 'file': ${what}`, { param: 'file' });

/** Base64 as its bytes, piece by piece; null = it is none. */
function decoded(data: string, blobs: readonly Blob[]): Blob | null {
  const blob = blobBehind(data, blobs);
  const texts = blob ? blob.map((piece) => Buffer.from(piece).toString('latin1')) : [data];
  const pieces: Buffer[] = [];
  let rest = '';
  for (const [at, text] of texts.entries()) {
    const all = rest + (at === 0 ? text.replace(DATA_URL, '') : text);
    const isLast = at === texts.length - 1;
    const whole = isLast ? all.length : all.length - (all.length % 4);
    rest = all.slice(whole);
    const written = all.slice(0, whole).replace(/={0,2}$/, '');
    const bytes = Buffer.from(written, 'base64');
    // What is no base64 is left out by the decoder.
    if (bytes.length !== Math.floor((written.length * 3) / 4)) return null;
    if (bytes.length > 0) pieces.push(bytes);
  }
  return pieces;
}
