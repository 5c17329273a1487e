import type { JsonObject } from '../../base/json.ts';
import { arrayOf, objectOf, stringOf } from '../../base/json.ts';
import { failed, ok } from '../../base/result.ts';
import type { Loss } from '../../call/loss.ts';
import type { ImageDialect } from '../dialect.ts';
import { type Capabilities, FREE, lossesBeside, oneOf, upTo } from '../image-capabilities.ts';
import { ownFields } from '../image-options.ts';
import { imageReply, readImage } from '../image-reply.ts';
import { pixelsOf } from '../image-size.ts';
import { notTaken } from '../image-sources.ts';
import { decodeFault, faultOfError } from '../openai-fault.ts';

const DEEPINFRA_IMAGES = 'deepinfra-images';
const IMAGES_MAX = 4;

const takes = (): Capabilities => ({
  n: upTo(IMAGES_MAX),
  size: FREE,
  resolution: oneOf('512', '1K', '2K'),
  aspect_ratio: FREE,
  seed: FREE,
});

/**
 * DeepInfra's own inference API, whose path is the model: `/v1/inference/<model>` (@ai-sdk/deepinfra 2.0.84, read
 * 2026-11-29). Its edits are forms with files: not spoken here.
 */
export const deepinfraImagesUpstream: ImageDialect = {
  id: DEEPINFRA_IMAGES,
  entriesMax: () => IMAGES_MAX,
  assets: () => [],
  encodeCall: (call, target) => {
    if (call.references.length > 0) return failed(notTaken(target, 'pictures to start from'));
    const losses: Loss[] = lossesBeside(takes(), call, target);
    const pixels = pixelsOf(call);
    const body: JsonObject = {
      ...ownFields(call, target, DEEPINFRA_IMAGES, losses),
      prompt: call.prompt,
      ...(pixels && { width: pixels.width, height: pixels.height }),
      ...(call.n !== undefined && { num_images: call.n }),
      ...(call.seed !== undefined && { seed: call.seed }),
    };
    return ok({ path: `/${target.endpoint.upstreamId}`, headers: {}, body, losses });
  },
  decodeReply: (body, { target }) => {
    const answer = objectOf(body);
    const { name: provider } = target.endpoint.provider;
    if (answer.detail !== undefined && answer.images === undefined)
      return failed(faultOfError(body, { status: null, provider, now: null, raw: JSON.stringify(body) }));
    const id = stringOf(answer.request_id);
    return imageReply(
      arrayOf(answer.images).map((image) => readImage(image)),
      id === '' ? {} : { id },
      target,
      body,
    );
  },
  takes,
  decodeFault,
  quirks: {},
};
