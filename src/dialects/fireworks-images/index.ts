import type { Fault } from '../../base/fault.ts';
import { arrayOf, type Json, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { ImageReply } from '../../call/image.ts';
import type { Loss } from '../../call/loss.ts';
import type { Target } from '../../facts/target.ts';
import type { ImageDialect } from '../dialect.ts';
import { type Capabilities, FREE, lossesBeside, oneOf, upTo } from '../image-capabilities.ts';
import { ownFields } from '../image-options.ts';
import { imageReply, readImage, refusedDrawing } from '../image-reply.ts';
import { nearestRatio } from '../image-size.ts';
import { dataUrlsOf, imageAssets, notTaken, wordsOf } from '../image-sources.ts';
import { decodeFault, faultOfError } from '../openai-fault.ts';

const FIREWORKS_IMAGES = 'fireworks-images';

/** Of FLUX.1 [schnell] and [dev] (docs.fireworks.ai/api-reference/generate-a-new-image-from-a-text-prompt, read 2026-11-29). */
const RATIOS: readonly string[] = ['1:1', '21:9', '16:9', '3:2', '5:4', '4:5', '2:3', '9:16', '9:21', '4:3', '3:4'];

/** Those are begun with one request and asked for with others (@ai-sdk/fireworks 2.0.90, `workflows_async`, read 2026-11-29). */
const isJob = ({ endpoint }: Target): boolean => /flux-kontext/.test(endpoint.upstreamId);

const takes = (target: Target): Capabilities => ({
  n: upTo(1),
  ...(isJob(target) && { input_references: upTo(1, 0) }),
  size: FREE,
  aspect_ratio: oneOf(...RATIOS),
  seed: FREE,
});

/**
 * Fireworks' workflows: one picture at a time, at a path that is the model. Asked for JSON they answer in base64; Kontext
 * models answer with a job.
 */
export const fireworksImagesUpstream: ImageDialect = {
  id: FIREWORKS_IMAGES,
  entriesMax: () => 1,
  assets: imageAssets,
  encodeCall: (call, target, assets) => {
    const sources = dataUrlsOf(call, assets, target);
    if (!sources.ok) return sources;
    const { images, mask } = sources.value;
    if (mask !== undefined) return failed(notTaken(target, 'a mask', 'mask'));
    if (images.length > (isJob(target) ? 1 : 0)) return failed(notTaken(target, 'so many pictures to start from'));
    const losses: Loss[] = lossesBeside(takes(target), call, target);
    const ratio = nearestRatio(call, RATIOS);
    if (call.size)
      losses.push({ field: 'size', reason: 'Fireworks takes a ratio only: the nearest one was asked for' });
    const body: JsonObject = {
      ...ownFields(call, target, FIREWORKS_IMAGES, losses),
      prompt: wordsOf(call),
      ...(ratio !== undefined && { aspect_ratio: ratio }),
      ...(call.seed !== undefined && { seed: call.seed }),
      ...(images[0] !== undefined && { input_image: images[0] }),
    };
    return ok({ path: pathOf(target, isJob(target) ? '' : '/text_to_image'), headers: {}, body, losses });
  },
  decodeReply: (body, { target }) => decodeReply(body, target),
  takes,
  decodeFault,
  quirks: {},
};

const pathOf = ({ endpoint }: Target, end: string): string => `/workflows/${endpoint.upstreamId}${end}`;

function decodeReply(body: Json, target: Target): Result<ImageReply, Fault> {
  const answer = objectOf(body);
  const { name: provider } = target.endpoint.provider;
  const job = stringOf(answer.request_id) || stringOf(answer.id);
  const id = job !== '' && { id: job };
  if (/^CONTENT_FILTERED$/i.test(stringOf(answer.finishReason)))
    return failed(refusedDrawing(target, 'its content filter stopped the picture'));
  if (answer.base64 !== undefined) {
    const images = Array.isArray(answer.base64) ? arrayOf(answer.base64) : [answer.base64];
    return imageReply(
      images.map((image) => readImage(image)),
      { ...id },
      target,
      body,
    );
  }
  if (answer.error !== undefined)
    return failed(faultOfError(body, { status: null, provider, now: null, raw: JSON.stringify(body) }));
  const status = stringOf(answer.status);
  if (/moderated/i.test(status)) return failed(refusedDrawing(target, status));
  if (status === 'Ready') return imageReply([readImage(objectOf(answer.result).sample)], { ...id }, target, body);
  const goesOn =
    job !== '' && (status === '' || /^(?:pending|task not found|queued|running|processing)$/i.test(status));
  if (goesOn)
    return ok({ images: [], ...id, job: { method: 'POST', path: pathOf(target, '/get_result'), body: { id: job } } });
  return imageReply([], {}, target, body);
}
