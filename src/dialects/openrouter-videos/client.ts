import type { Blob } from '../../base/blobs.ts';
import { restored } from '../../base/blobs.ts';
import type { Fault } from '../../base/fault.ts';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { ImagePart } from '../../call/message.ts';
import {
  type Complaints,
  complain,
  newComplaints,
  present,
  readArray,
  readBoolean,
  readNumber,
  readOneOf,
  readString,
} from '../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../call/read-gateway.ts';
import { VIDEO_RESOLUTIONS, type VideoCall } from '../../call/video.ts';
import type { ClientRequest, OperationClient } from '../dialect.ts';
import { readPicture, readPictures } from '../image-fields.ts';
import { pixelSizeOf, ratioOf } from '../image-size.ts';
import { encodeFault } from '../openai-client-fault.ts';
import { nativeFields } from '../openai-options.ts';
import { readProviderOptions } from '../provider-options.ts';
import { encodeVideo, jobIdOf } from '../video-answer.ts';
import { VIDEO_RATIOS } from '../video-capabilities.ts';
import { fromForm } from './form.ts';

const OPENROUTER_VIDEOS = 'openrouter-videos';

const OWN: readonly string[] = [
  ...['prompt', 'duration', 'resolution', 'aspect_ratio', 'size', 'frame_images', 'input_references', 'generate_audio'],
  ...['seed', 'callback_url', 'seconds', 'input_reference', 'previous_job_id', 'upscale_factor', 'creativity'],
];
const KNOWN: ReadonlySet<string> = new Set([...COMMON_FIELDS, ...OWN]);

/**
 * `POST /videos`, OpenRouter's and OpenAI's at once: both SDKs ask at the same path. A form, or a body with `seconds` or
 * `input_reference`, is OpenAI's, and is answered in its words.
 */
export const openrouterVideosClient: OperationClient<'videos'> = {
  id: OPENROUTER_VIDEOS,
  decodeCall,
  encodeReply: (reply, { id, created, model, call }) =>
    encodeVideo({
      id: jobIdOf(id),
      generationId: id,
      shape: call.shape,
      status: reply.state === 'waiting' ? 'pending' : 'in_progress',
      createdAt: created,
      model,
      seconds: call.seconds ?? null,
      size: call.size ? `${call.size.width}x${call.size.height}` : null,
      progress: reply.progress ?? 0,
    }),
  statusOf: ({ shape }) => (shape === 'openrouter' ? 202 : 200),
  encodeFault,
};

function decodeCall(
  asked: JsonObject,
  { headers, blobs: received = [], files }: Pick<ClientRequest, 'headers' | 'blobs' | 'files'>,
): Result<VideoCall, Fault> {
  const to = newComplaints();
  const form = files && fromForm(asked, files);
  const blobs = form?.blobs ?? received;
  const { body, options } = readProviderOptions(to, form?.body ?? asked);
  const isOpenAi = form !== undefined || isSent(body.seconds) || isSent(body.input_reference);
  const native = nativeFields(body, KNOWN);
  const { model, models, gateway, user, sessionId } = readCommon(to, body, headers);
  refuseUnserved(to, body);
  const call: VideoCall = {
    shape: isOpenAi ? 'openai' : 'openrouter',
    model,
    models,
    gateway,
    prompt: readPrompt(to, body, blobs),
    ...readMeasures(to, body, isOpenAi ? 'seconds' : 'duration'),
    ...readPicturesOf(to, body, blobs, isOpenAi),
    ...present({
      audio: readBoolean(to, body, 'generate_audio'),
      seed: readNumber(to, body, 'seed', { whole: true }),
      callbackUrl: readCallback(to, body),
      options,
      user,
      sessionId,
      blobs: form?.blobs,
      native: native && { dialect: OPENROUTER_VIDEOS, fields: native },
    }),
  };
  return to.first ? failed(to.first) : ok(call);
}

const isSent = (value: Json | undefined): boolean => value !== undefined && value !== null;

/** What would change the video so much that leaving it out would film another one. */
function refuseUnserved(to: Complaints, body: JsonObject): void {
  for (const field of ['previous_job_id', 'upscale_factor', 'creativity'])
    if (isSent(body[field]))
      complain(to, field, `'${field}' is not supported: no model here goes on with a video or enlarges one.`);
}

/** Optional only where a picture says what to film. */
function readPrompt(to: Complaints, body: JsonObject, blobs: readonly Blob[]): string {
  const text = restored(readString(to, body, 'prompt') ?? '', blobs);
  const most = LIMITS.video_prompt_length_max;
  const hasPicture = isSent(body.frame_images) || isSent(body.input_references) || isSent(body.input_reference);
  if (text === '' && !hasPicture) complain(to, 'prompt', "Missing required parameter: 'prompt'.");
  if (text.length > most)
    complain(to, 'prompt', `Invalid 'prompt': expected at most ${most} characters, but got ${text.length} instead.`);
  return text;
}

function readMeasures(to: Complaints, body: JsonObject, field: 'seconds' | 'duration') {
  const told = typeof body[field] === 'string' && body[field] !== '' ? { [field]: Number(body[field]) } : body;
  const seconds = Number.isNaN(told[field])
    ? complain(to, field, `Invalid type for '${field}': expected whole seconds.`)
    : readNumber(to, told, field, { min: 1, max: LIMITS.video_seconds_max, whole: true });
  const resolution = readOneOf(to, body, 'resolution', VIDEO_RESOLUTIONS);
  const aspectRatio = readOneOf(to, body, 'aspect_ratio', VIDEO_RATIOS);
  const text = readString(to, body, 'size');
  const size = text === undefined ? undefined : pixelSizeOf(text);
  if (text !== undefined && !size)
    complain(to, 'size', `Invalid value for 'size': '${text.slice(0, 100)}'. Expected WIDTHxHEIGHT in pixels.`);
  if (size && resolution !== undefined) complain(to, 'resolution', "Invalid 'resolution': 'size' says it already.");
  if (size && aspectRatio !== undefined && Math.abs(Math.log(size.width / size.height / ratioOf(aspectRatio))) > 0.03)
    complain(to, 'aspect_ratio', "Invalid 'aspect_ratio': 'size' says something else.");
  return present({ seconds: seconds ?? undefined, size, resolution, aspectRatio: size ? undefined : aspectRatio });
}

type Pictures = Pick<VideoCall, 'firstFrame' | 'lastFrame' | 'references'>;

function readPicturesOf(to: Complaints, body: JsonObject, blobs: readonly Blob[], isOpenAi: boolean): Pictures {
  if (isOpenAi && isSent(body.input_reference)) {
    const first = readPicture(to, body.input_reference, 'input_reference', blobs);
    return { references: [], ...(first && { firstFrame: first }) };
  }
  const frames: { firstFrame?: ImagePart; lastFrame?: ImagePart } = {};
  for (const [at, entry] of (readArray(to, body, 'frame_images') ?? []).entries()) {
    const path = `frame_images[${at}]`;
    const type = isObject(entry) ? entry.frame_type : undefined;
    if (type !== 'first_frame' && type !== 'last_frame') {
      complain(
        to,
        `${path}.frame_type`,
        `Invalid value for '${path}.frame_type'. Supported values are: 'first_frame', 'last_frame'.`,
      );
      continue;
    }
    const name = type === 'first_frame' ? 'firstFrame' : 'lastFrame';
    if (frames[name]) complain(to, path, `Invalid '${path}': there is a ${type} already.`);
    const picture = readPicture(to, entry, path, blobs);
    if (picture) frames[name] = picture;
  }
  const references = readArray(to, body, 'input_references') ?? [];
  for (const [at, entry] of references.entries())
    if (isObject(entry) && isSent(entry.type) && entry.type !== 'image_url')
      complain(
        to,
        `input_references[${at}].type`,
        `'input_references[${at}].type' must be 'image_url': no model here is shown sound or other videos.`,
      );
  return { ...frames, references: readPictures(to, references, 'input_references', blobs) };
}

/** What leads inward is refused by the guard of all that leaves; here only what can be seen in the words. */
function readCallback(to: Complaints, body: JsonObject): string | undefined {
  const text = readString(to, body, 'callback_url');
  if (text === undefined) return undefined;
  const url = text.length <= LIMITS.callback_url_length_max && URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'https:' && url.username === '' && url.password === '') return text;
  complain(
    to,
    'callback_url',
    `Invalid 'callback_url': expected an HTTPS URL of at most ${LIMITS.callback_url_length_max} characters, without a user.`,
  );
  return undefined;
}
