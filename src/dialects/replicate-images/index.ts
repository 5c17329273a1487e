import type { Fault } from '../../base/fault.ts';
import { fault } from '../../base/fault.ts';
import { arrayOf, type Json, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { ImageCall, ImageReply } from '../../call/image.ts';
import type { Loss } from '../../call/loss.ts';
import type { Target } from '../../facts/target.ts';
import type { ImageDialect } from '../dialect.ts';
import { type Capabilities, FREE, lossesBeside, oneOf, upTo } from '../image-capabilities.ts';
import { ownFields } from '../image-options.ts';
import { imageReply, readImage, refusedDrawing } from '../image-reply.ts';
import { nearestRatio, pixelsOf, ratioOf } from '../image-size.ts';
import { dataUrlsOf, imageAssets, notTaken, wordsOf } from '../image-sources.ts';
import { decodeFault } from '../openai-fault.ts';

const REPLICATE_IMAGES = 'replicate-images';

/** Of FLUX models (replicate.com/black-forest-labs, by @ai-sdk/replicate 2.0.57, read 2026-11-29). */
const RATIOS: readonly string[] = ['1:1', '16:9', '21:9', '3:2', '2:3', '4:5', '5:4', '3:4', '4:3', '9:16', '9:21'];

/** Several pictures go into `input_image`, `input_image_2`, … of FLUX.2, one into `image` of the others. */
const TAKES_SEVERAL = /\/flux-2-/;
const SOURCES_MAX = 8;

const takes = ({ endpoint }: Target): Capabilities => ({
  n: upTo(1),
  input_references: upTo(TAKES_SEVERAL.test(endpoint.upstreamId) ? SOURCES_MAX : 1, 0),
  size: FREE,
  resolution: oneOf('512', '1K', '2K'),
  aspect_ratio: oneOf(...RATIOS),
  output_format: oneOf('png', 'jpeg', 'webp'),
  seed: FREE,
  mask: FREE,
});

/**
 * Replicate's predictions: one request begins a job and waits for it up to a minute (`Prefer: wait`), others ask what
 * became of it (replicate.com/docs/topics/predictions, read 2026-11-29). Models differ in the names of their inputs: what
 * FLUX models take is written, the rest goes below `provider.options.replicate`.
 */
export const replicateImagesUpstream: ImageDialect = {
  id: REPLICATE_IMAGES,
  entriesMax: () => 1,
  assets: imageAssets,
  encodeCall: (call, target, assets) => {
    const sources = dataUrlsOf(call, assets, target);
    if (!sources.ok) return sources;
    const { images, mask } = sources.value;
    const inputs = inputsOf(images, target);
    if (!inputs.ok) return inputs;
    const losses: Loss[] = lossesBeside(takes(target), call, target);
    const [model = '', version] = target.endpoint.upstreamId.split(':');
    const input: JsonObject = {
      ...ownFields(call, target, REPLICATE_IMAGES, losses),
      prompt: wordsOf(call),
      ...measures(call),
      ...(call.seed !== undefined && { seed: call.seed }),
      ...(call.format !== undefined && { output_format: call.format === 'jpeg' ? 'jpg' : call.format }),
      ...inputs.value,
      ...(mask !== undefined && { mask }),
    };
    return ok({
      path: version === undefined ? `/models/${model}/predictions` : '/predictions',
      headers: { prefer: 'wait' },
      body: { ...(version !== undefined && { version }), input },
      losses,
    });
  },
  decodeReply: (body, { target }) => decodePrediction(body, target),
  takes,
  decodeFault,
  quirks: {},
};

function inputsOf(images: readonly string[], target: Target): Result<JsonObject, Fault> {
  const most = TAKES_SEVERAL.test(target.endpoint.upstreamId) ? SOURCES_MAX : 1;
  if (images.length > most) return failed(notTaken(target, 'so many pictures to start from'));
  if (most === 1) return ok(images[0] === undefined ? {} : { image: images[0] });
  return ok(Object.fromEntries(images.map((image, at) => [at === 0 ? 'input_image' : `input_image_${at + 1}`, image])));
}

/** A size that has one of the ratios is that ratio; any other is `custom`, with width and height. */
function measures(call: ImageCall): JsonObject {
  const pixels = pixelsOf(call);
  if (!pixels) return {};
  const nearest = nearestRatio(call, RATIOS);
  const isClose = nearest !== undefined && Math.abs(Math.log(ratioOf(nearest) / (pixels.width / pixels.height))) < 0.03;
  if (!call.size && call.resolution === undefined && isClose) return { aspect_ratio: nearest };
  return { aspect_ratio: 'custom', width: pixels.width, height: pixels.height };
}

const ID = /^[A-Za-z0-9]{1,64}$/;
const UNDER_WAY: readonly string[] = ['starting', 'processing', 'queued'];

function decodePrediction(body: Json, target: Target): Result<ImageReply, Fault> {
  const answer = objectOf(body);
  const id = stringOf(answer.id);
  const status = stringOf(answer.status);
  const { name } = target.endpoint.provider;
  if (status === 'succeeded') {
    const output = Array.isArray(answer.output) ? arrayOf(answer.output) : [answer.output];
    return imageReply(
      output.map((image) => readImage(image)),
      { id },
      target,
      body,
    );
  }
  // The id becomes a part of a path.
  if (UNDER_WAY.includes(status) && ID.test(id))
    return ok({
      images: [],
      id,
      job: { method: 'GET', path: `/predictions/${id}`, cancelPath: `/predictions/${id}/cancel` },
    });
  const message = stringOf(answer.error) || `the prediction ${status === '' ? 'has no status' : `was ${status}`}`;
  if (/nsfw|safety|flagged|sensitive/i.test(message)) return failed(refusedDrawing(target, message.slice(0, 500)));
  const hasEnded = status === 'failed' || status === 'canceled' || status === 'aborted';
  return failed(
    fault(hasEnded ? 'upstream_server_error' : 'upstream_malformed', `${name}: ${message.slice(0, 500)}`, {
      upstream: { provider: name, raw: JSON.stringify(body).slice(0, 2_048) },
    }),
  );
}
