import type { JsonObject } from '../../base/json.ts';
import { ok } from '../../base/result.ts';
import { type ImageCall, RESOLUTIONS } from '../../call/image.ts';
import type { Loss } from '../../call/loss.ts';
import { dataWishes } from '../data-wishes.ts';
import type { ImageDialect } from '../dialect.ts';
import { type Capabilities, FREE, lossesBeside, oneOf, upTo } from '../image-capabilities.ts';
import { REFERENCES_MAX } from '../image-fields.ts';
import { ownFields } from '../image-options.ts';
import { ASPECT_RATIOS, sizeText } from '../image-size.ts';
import { dataUrlsOf, imageAssets, wordsOf } from '../image-sources.ts';
import { decodeFault } from '../openai-fault.ts';
import { decodeFrames } from '../openai-image-events.ts';
import { decodeReply } from '../openai-image-reply.ts';
import { OPENROUTER_IMAGES } from './name.ts';

const IMAGES_MAX = 10;

const takes = (): Capabilities => ({
  n: upTo(IMAGES_MAX),
  input_references: upTo(REFERENCES_MAX, 0),
  size: FREE,
  resolution: oneOf(...RESOLUTIONS),
  aspect_ratio: oneOf(...ASPECT_RATIOS),
  quality: oneOf('auto', 'low', 'medium', 'high', 'xhigh', 'max'),
  background: oneOf('auto', 'transparent', 'opaque'),
  output_format: oneOf('png', 'jpeg', 'webp', 'svg'),
  output_compression: upTo(100, 0),
  seed: FREE,
});

/** `POST /images` of another gateway: OpenRouter, or one like this. */
export const openrouterImagesUpstream: ImageDialect = {
  id: OPENROUTER_IMAGES,
  entriesMax: () => IMAGES_MAX,
  assets: imageAssets,
  encodeCall: (call, target, assets) => {
    const sources = dataUrlsOf(call, assets, target);
    if (!sources.ok) return sources;
    const losses: Loss[] = lossesBeside(takes(), call, target);
    const wishes = dataWishes(call.gateway, target);
    const body: JsonObject = {
      ...ownFields(call, target, OPENROUTER_IMAGES, losses),
      model: target.endpoint.upstreamId,
      prompt: wordsOf(call),
      ...settings(call),
      ...(sources.value.images.length > 0 && {
        input_references: sources.value.images.map((url) => ({ type: 'image_url', image_url: { url } })),
      }),
      ...(call.stream && { stream: true }),
      ...(wishes && { provider: wishes }),
    };
    return ok({ path: '/images', headers: {}, body, losses });
  },
  decodeReply,
  decodeFrames,
  streams: () => true,
  takes,
  decodeFault,
  quirks: {},
};

const settings = (call: ImageCall): JsonObject => ({
  ...(call.n !== undefined && { n: call.n }),
  ...(call.size && { size: sizeText(call.size) }),
  ...(call.resolution !== undefined && { resolution: call.resolution }),
  ...(call.aspectRatio !== undefined && { aspect_ratio: call.aspectRatio }),
  ...(call.quality !== undefined && { quality: call.quality }),
  ...(call.background !== undefined && { background: call.background }),
  ...(call.format !== undefined && { output_format: call.format }),
  ...(call.compression !== undefined && { output_compression: call.compression }),
  ...(call.seed !== undefined && { seed: call.seed }),
});
