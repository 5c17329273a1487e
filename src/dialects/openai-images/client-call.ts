import type { Fault } from '../../base/fault.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { ImageCall, ImageTask } from '../../call/image.ts';
import type { ImagePart } from '../../call/message.ts';
import { type Complaints, complain, newComplaints, present, readNumber, readOneOf } from '../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../call/read-gateway.ts';
import type { ClientRequest } from '../dialect.ts';
import { checkBackground, readPicture, readPictures, readPrompt, readShared, SHARED_FIELDS } from '../image-fields.ts';
import { nativeFields } from '../openai-options.ts';
import { readProviderOptions } from '../provider-options.ts';
import { fromForm } from './form.ts';
import { OPENAI_IMAGES } from './name.ts';

const OWN_FIELDS = ['image', 'images', 'mask', 'response_format', 'partial_images'];
const KNOWN: ReadonlySet<string> = new Set([...COMMON_FIELDS, ...SHARED_FIELDS, ...OWN_FIELDS]);

/** Reads a body of `POST /images/generations`, `/images/edits` or `/images/variations`. */
export function decodeCall(
  task: ImageTask,
  asked: JsonObject,
  { headers, blobs: received = [], files }: Pick<ClientRequest, 'headers' | 'blobs' | 'files'>,
): Result<ImageCall, Fault> {
  const to = newComplaints();
  const form = files && fromForm(asked, files);
  const blobs = form?.blobs ?? received;
  const { body, options } = readProviderOptions(to, form?.body ?? asked);
  const native = nativeFields(body, KNOWN);
  const { model, models, gateway, user, sessionId, stream } = readCommon(to, body, headers);
  const prompt = task === 'vary' ? '' : readPrompt(to, body, blobs);
  const format = readOneOf(to, body, 'response_format', ['url', 'b64_json']);
  const hasMask = task === 'edit' && body.mask !== undefined && body.mask !== null;
  const call: ImageCall = {
    task,
    model,
    models,
    gateway,
    prompt,
    references: task === 'generate' ? [] : readReferences(to, body, task, blobs),
    stream,
    ...readShared(to, body),
    ...present({
      mask: hasMask ? readPicture(to, body.mask, 'mask', blobs) : undefined,
      partialImages: readNumber(to, body, 'partial_images', { min: 0, max: 3, whole: true }),
      wantsUrls: format === 'url' ? (true as const) : undefined,
      options,
      user,
      sessionId,
      blobs: form?.blobs,
      native: native && { dialect: OPENAI_IMAGES, fields: native },
    }),
  };
  if (task === 'vary' && stream) complain(to, 'stream', "Invalid 'stream': variations are not streamed.");
  checkBackground(to, call);
  return to.first ? failed(to.first) : ok(call);
}

/** `images` of the JSON form, `image` of the older one; a variation starts from one picture. */
function readReferences(
  to: Complaints,
  body: JsonObject,
  task: ImageTask,
  blobs: NonNullable<ClientRequest['blobs']>,
): readonly ImagePart[] {
  const field = body.images === undefined || body.images === null ? 'image' : 'images';
  const value: Json | undefined = body[field];
  if (value === undefined || value === null) {
    complain(to, 'image', "Missing required parameter: 'image'.");
    return [];
  }
  const values: readonly Json[] = Array.isArray(value) ? value : [value as Json];
  if (values.length === 0) complain(to, field, `Invalid '${field}': expected at least one picture.`);
  if (task === 'vary' && values.length > 1)
    complain(to, field, `Invalid '${field}': a variation starts from one picture.`);
  if (Array.isArray(value)) return readPictures(to, values, field, blobs);
  const only = readPicture(to, value, field, blobs);
  return only ? [only] : [];
}
