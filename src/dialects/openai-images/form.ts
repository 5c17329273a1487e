import { type Blob, markOf } from '../../base/blobs.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { ReceivedFile } from '../dialect.ts';
import { typedFields } from '../form-fields.ts';

const NUMBERS = ['n', 'output_compression', 'partial_images', 'seed'];

/** A body in the JSON form, and what stands behind its marks. */
export type FormBody = { readonly body: JsonObject; readonly blobs: readonly Blob[] };

/**
 * A form as OpenAI's libraries write it, as the body that means the same: pictures in files named `image` or `image[]`,
 * and a `mask`. Their bytes are set aside as base64, as those of a large body are.
 */
export function fromForm(fields: JsonObject, files: readonly ReceivedFile[]): FormBody {
  const blobs: Blob[] = [];
  const urlOf = ({ type, bytes }: ReceivedFile): string => {
    const mark = markOf(blobs.push(base64Of(bytes)) - 1);
    return `data:${/^image\/[\w.+-]+$/.test(type) ? type : 'application/octet-stream'};base64,${mark}`;
  };
  const named = (name: string): ReceivedFile[] => files.filter(({ field }) => field === name || field === `${name}[]`);
  const images: Json[] = named('image').map(urlOf);
  const [mask] = named('mask');
  return {
    body: {
      ...typedFields(fields, NUMBERS),
      ...(images.length > 0 && { image: images }),
      ...(mask && { mask: urlOf(mask) }),
    },
    blobs,
  };
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
