import type { Blob } from '../../base/blobs.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { ReceivedFile } from '../dialect.ts';
import { typedFields } from '../form-fields.ts';
import { pictureInForm } from '../form-pictures.ts';

const NUMBERS = ['n', 'output_compression', 'partial_images', 'seed'];

/** A body in the JSON form, and what stands behind its marks. */
export type FormBody = { readonly body: JsonObject; readonly blobs: readonly Blob[] };

/**
 * A form as OpenAI's libraries write it, as the body that means the same: pictures in files named `image` or `image[]`,
 * and a `mask`. Their bytes are set aside as base64, as those of a large body are.
 */
export function fromForm(fields: JsonObject, files: readonly ReceivedFile[]): FormBody {
  const blobs: Blob[] = [];
  const urlOf = (file: ReceivedFile): string => pictureInForm(file, blobs);
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
