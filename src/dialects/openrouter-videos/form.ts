import type { Blob } from '../../base/blobs.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import type { ReceivedFile } from '../dialect.ts';
import { typedFields } from '../form-fields.ts';
import { pictureInForm } from '../form-pictures.ts';

/** A form as JSON has it: OpenAI's SDK sends every call as one, with the picture as a file or below `input_reference`. */
export function fromForm(
  fields: JsonObject,
  files: readonly ReceivedFile[],
): { readonly body: JsonObject; readonly blobs: readonly Blob[] } {
  const blobs: Blob[] = [];
  const body: { [name: string]: Json | undefined } = typedFields(fields, []);
  for (const [name, value] of Object.entries(fields)) {
    const inner = /^input_reference\[(\w+)\]$/.exec(name)?.[1];
    if (inner === undefined) continue;
    delete body[name];
    body.input_reference = { [inner]: value };
  }
  for (const file of files) if (file.field === 'input_reference') body.input_reference = pictureInForm(file, blobs);
  return { body, blobs };
}
