import type { JsonObject } from '../../base/json.ts';
import { failed, ok } from '../../base/result.ts';
import type { Loss } from '../../call/loss.ts';
import type { ImageDialect } from '../dialect.ts';
import { type Capabilities, FREE, lossesBeside, oneOf, upTo } from '../image-capabilities.ts';
import { ownFields } from '../image-options.ts';
import { pixelsOf } from '../image-size.ts';
import { dataUrlsOf, imageAssets, notTaken, wordsOf } from '../image-sources.ts';
import { decodeFault } from '../openai-fault.ts';
import { decodeReply } from '../openai-image-reply.ts';

const TOGETHER_IMAGES = 'together-images';
const IMAGES_MAX = 4;

const takes = (): Capabilities => ({
  n: upTo(IMAGES_MAX),
  input_references: upTo(1, 0),
  size: FREE,
  resolution: oneOf('512', '1K', '2K'),
  aspect_ratio: FREE,
  output_format: oneOf('png', 'jpeg'),
  seed: FREE,
});

/**
 * Together's pictures: width and height, one picture to start from by `image_url` (@ai-sdk/togetherai 2.0.84 and
 * docs.together.ai/reference/post_images-generations, read 2026-11-29).
 */
export const togetherImagesUpstream: ImageDialect = {
  id: TOGETHER_IMAGES,
  entriesMax: () => IMAGES_MAX,
  assets: imageAssets,
  encodeCall: (call, target, assets) => {
    const sources = dataUrlsOf(call, assets, target);
    if (!sources.ok) return sources;
    const { images, mask } = sources.value;
    if (mask !== undefined) return failed(notTaken(target, 'a mask', 'mask'));
    if (images.length > 1) return failed(notTaken(target, 'more than one picture to start from'));
    const losses: Loss[] = lossesBeside(takes(), call, target);
    const pixels = pixelsOf(call);
    const isPlain = call.format === 'png' || call.format === 'jpeg';
    if (call.format !== undefined && !isPlain)
      losses.push({ field: 'output_format', reason: 'Together writes PNG and JPEG only' });
    const body: JsonObject = {
      ...ownFields(call, target, TOGETHER_IMAGES, losses),
      model: target.endpoint.upstreamId,
      prompt: wordsOf(call),
      ...(pixels && { width: pixels.width, height: pixels.height }),
      ...(call.n !== undefined && { n: call.n }),
      ...(call.seed !== undefined && { seed: call.seed }),
      ...(isPlain && { output_format: call.format }),
      ...(images[0] !== undefined && { image_url: images[0] }),
      response_format: call.wantsUrls ? 'url' : 'base64',
    };
    return ok({ path: '/images/generations', headers: {}, body, losses });
  },
  decodeReply,
  takes,
  decodeFault,
  quirks: {},
};
