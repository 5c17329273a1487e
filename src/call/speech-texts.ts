import { type Blob, blobBehind, headOf, restored, sizeOf } from '../base/blobs.ts';
import { type Fault, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import type { SpeechCall } from './speech.ts';

const DATA_URL = /^data:[^,]{0,100};base64,/;

/** Why a text that was set aside while its body came is not spoken; null = it may be. */
export function excessOfSpeech({ input, instructions = '' }: SpeechCall, blobs: readonly Blob[]): Fault | null {
  const most = LIMITS.speech_characters_max;
  for (const [param, text] of Object.entries({ input, instructions })) {
    const blob = blobBehind(text, blobs);
    // A character has four bytes at most.
    if (blob && (sizeOf(blob) > 4 * most || restored(text, blobs).length > most))
      return fault('invalid_request', `Invalid '${param}': expected at most ${most} characters.`, { param });
  }
  return null;
}

/** A large call with its texts in their places, and a recording without the head of a `data:` URL. */
export function withReadSpeech(call: SpeechCall): SpeechCall {
  const { blobs = [], reference } = call;
  if (blobs.length === 0) return call;
  const read = {
    ...call,
    input: restored(call.input, blobs),
    ...(call.instructions !== undefined && { instructions: restored(call.instructions, blobs) }),
  };
  const recording = reference && blobBehind(reference.data, blobs);
  const head = recording && DATA_URL.exec(headOf(reference.data, blobs, 128))?.[0];
  return head
    ? { ...read, blobs: blobs.map((blob) => (blob === recording ? without(blob, head.length) : blob)) }
    : read;
}

function without(blob: Blob, bytes: number): Blob {
  const pieces: Uint8Array[] = [];
  let left = bytes;
  for (const piece of blob) {
    if (piece.length > left) pieces.push(left > 0 ? piece.subarray(left) : piece);
    left = Math.max(0, left - piece.length);
  }
  return pieces;
}
