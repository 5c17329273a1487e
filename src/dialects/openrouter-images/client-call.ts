import type { Fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { ImageCall } from '../../call/image.ts';
import { newComplaints, present, readArray } from '../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../call/read-gateway.ts';
import type { ClientRequest } from '../dialect.ts';
import { checkBackground, readPictures, readPrompt, readShared, SHARED_FIELDS, taskOf } from '../image-fields.ts';
import { nativeFields } from '../openai-options.ts';
import { readProviderOptions } from '../provider-options.ts';
import { OPENROUTER_IMAGES } from './name.ts';

const KNOWN: ReadonlySet<string> = new Set([...COMMON_FIELDS, ...SHARED_FIELDS, 'input_references']);

/** Reads a body of `POST /images`. The first field that is wrong is the fault's `param`. */
export function decodeCall(
  asked: JsonObject,
  { headers, blobs = [] }: Pick<ClientRequest, 'headers' | 'blobs'>,
): Result<ImageCall, Fault> {
  const to = newComplaints();
  const { body, options } = readProviderOptions(to, asked);
  const native = nativeFields(body, KNOWN);
  const { model, models, gateway, user, sessionId, stream } = readCommon(to, body, headers);
  const prompt = readPrompt(to, body, blobs);
  const references = readPictures(to, readArray(to, body, 'input_references') ?? [], 'input_references', blobs);
  const call: ImageCall = {
    task: taskOf(references),
    model,
    models,
    gateway,
    prompt,
    references,
    stream,
    ...readShared(to, body),
    ...present({ options, user, sessionId, native: native && { dialect: OPENROUTER_IMAGES, fields: native } }),
  };
  checkBackground(to, call);
  return to.first ? failed(to.first) : ok(call);
}
