import { type Blob, markOf } from '../base/blobs.ts';
import type { ReceivedFile } from './dialect.ts';

/** A picture of a form as a `data:` URL. Its bytes are set aside as base64, as those of a large body are. */
export function pictureInForm({ type, bytes }: ReceivedFile, blobs: Blob[]): string {
  const mark = markOf(blobs.push(base64Of(bytes)) - 1);
  return `data:${/^image\/[\w.+-]+$/.test(type) ? type : 'application/octet-stream'};base64,${mark}`;
}

/** A multiple of three bytes, so that what is made of each can stand behind the other. */
const PORTION_BYTES = 768 * 1024;

function base64Of(bytes: Blob): Blob {
  const whole = Buffer.concat(bytes);
  const pieces: Buffer[] = [];
  for (let at = 0; at < whole.length; at += PORTION_BYTES)
    pieces.push(Buffer.from(whole.toString('base64', at, Math.min(whole.length, at + PORTION_BYTES)), 'latin1'));
  return pieces;
}
