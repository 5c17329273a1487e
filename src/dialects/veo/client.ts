import { type Fault, fault } from '../../base/fault.ts';
import { arrayOf, isObject, type Json, type JsonObject, objectOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { ImagePart } from '../../call/message.ts';
import {
  type Complaints,
  complain,
  newComplaints,
  present,
  readNumber,
  readOneOf,
  readString,
} from '../../call/read.ts';
import { VIDEO_RESOLUTIONS, type VideoCall } from '../../call/video.ts';
import { camelKeys } from '../camel-keys.ts';
import type { ClientRequest, OperationClient } from '../dialect.ts';
import { encodeGeminiFault } from '../gemini-fault.ts';
import { readPicture } from '../image-fields.ts';
import { encodeVideo, jobIdOf } from '../video-answer.ts';
import { VIDEO_RATIOS } from '../video-capabilities.ts';

/**
 * `models/{model}:predictLongRunning`, as Google's SDKs film by it (@google/genai, `generateVideos`): the answer is an
 * operation, asked about at `operations/{id}`.
 */
export const veoClient: OperationClient<'videos'> = {
  id: 'veo',
  decodeCall,
  encodeReply: (reply, { id, created, model }) =>
    encodeVideo({
      ...{ id: jobIdOf(id), generationId: id, shape: 'google', createdAt: created, model },
      ...{ status: 'pending', seconds: null, size: null, progress: reply.progress ?? 0 },
    }),
  encodeFault: encodeGeminiFault,
};

/** The model stands in the path, before the method. */
function decodeCall(body: JsonObject, { params, blobs = [] }: ClientRequest): Result<VideoCall, Fault> {
  const tail = params['*'] ?? '';
  const at = tail.lastIndexOf(':');
  if (at < 1) return failed(fault('not_found', 'Use models/{model}:predictLongRunning.'));
  const to = newComplaints();
  const instances = arrayOf(body.instances);
  if (instances.length !== 1) complain(to, 'instances', "'instances' must hold one instance.");
  const instance = isObject(instances[0]) ? camelKeys(instances[0]) : {};
  const parameters = camelKeys(objectOf(body.parameters));
  const prompt = readString(to, instance, 'prompt', 'instances[0].prompt') ?? '';
  const firstFrame = pictureOf(to, instance.image, 'instances[0].image', blobs);
  const lastFrame = pictureOf(to, instance.lastFrame, 'instances[0].lastFrame', blobs);
  if (prompt === '' && !firstFrame) complain(to, 'instances[0].prompt', "Missing required parameter: 'prompt'.");
  if (prompt.length > LIMITS.video_prompt_length_max) complain(to, 'instances[0].prompt', "'prompt' is too long.");
  if (instance.video !== undefined && instance.video !== null)
    complain(to, 'instances[0].video', 'No model here goes on with a video.');
  if ((parameters.sampleCount ?? 1) !== 1) complain(to, 'parameters.sampleCount', 'One video is made at a time.');
  const references = arrayOf(instance.referenceImages).flatMap((entry, place): ImagePart[] => {
    const path = `instances[0].referenceImages[${place}].image`;
    const picture = pictureOf(to, objectOf(entry).image, path, blobs);
    return picture ? [picture] : [];
  });
  if (references.length > LIMITS.video_references_max)
    complain(to, 'instances[0].referenceImages', 'Too many pictures.');
  const call: VideoCall = {
    shape: 'google',
    model: tail.slice(0, at),
    models: [],
    gateway: {},
    prompt,
    references,
    ...present({ firstFrame, lastFrame, ...readParameters(to, parameters) }),
  };
  return to.first ? failed(to.first) : ok(call);
}

function readParameters(to: Complaints, parameters: JsonObject) {
  const { resolution } = parameters;
  const written =
    typeof resolution === 'string' ? { ...parameters, resolution: resolution.replace(/k$/, 'K') } : parameters;
  const known = new Set(['sampleCount', 'durationSeconds', 'resolution', 'aspectRatio', 'seed', 'generateAudio']);
  const rest = Object.entries(parameters).filter(([name, value]) => !known.has(name) && value !== undefined);
  return {
    seconds: readNumber(
      to,
      parameters,
      'durationSeconds',
      { min: 1, max: LIMITS.video_seconds_max, whole: true },
      'parameters.durationSeconds',
    ),
    resolution: readOneOf(to, written, 'resolution', VIDEO_RESOLUTIONS, 'parameters.resolution'),
    aspectRatio: readOneOf(to, parameters, 'aspectRatio', VIDEO_RATIOS, 'parameters.aspectRatio'),
    seed: readNumber(to, parameters, 'seed', { whole: true }, 'parameters.seed'),
    audio: typeof parameters.generateAudio === 'boolean' ? parameters.generateAudio : undefined,
    native: rest.length > 0 ? { dialect: 'veo' as const, fields: Object.fromEntries(rest) } : undefined,
  };
}

function pictureOf(
  to: Complaints,
  value: Json | undefined,
  path: string,
  blobs: NonNullable<ClientRequest['blobs']>,
): ImagePart | undefined {
  if (value === undefined || value === null) return undefined;
  const image = camelKeys(objectOf(value));
  const inline = camelKeys(objectOf(image.inlineData));
  const data = image.bytesBase64Encoded ?? image.imageBytes ?? inline.data;
  if (typeof data !== 'string') return complain(to, path, `'${path}' must hold bytesBase64Encoded.`) as undefined;
  const type =
    readString(to, image, 'mimeType', `${path}.mimeType`) ?? readString(to, inline, 'mimeType') ?? 'image/png';
  return readPicture(to, `data:${type};base64,${data}`, path, blobs);
}
