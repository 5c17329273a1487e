import type { JsonObject } from '../../base/json.ts';
import { ok } from '../../base/result.ts';
import type { ImageCall } from '../../call/image.ts';
import type { Loss } from '../../call/loss.ts';
import type { ImageDialect } from '../dialect.ts';
import { type Capabilities, FREE, lossesBeside, oneOf, upTo } from '../image-capabilities.ts';
import { ownFields } from '../image-options.ts';
import { nearestRatio, nearestResolution } from '../image-size.ts';
import { dataUrlsOf, imageAssets, notTaken, wordsOf } from '../image-sources.ts';
import { decodeFault } from '../openai-fault.ts';
import { decodeReply } from '../openai-image-reply.ts';

const XAI_IMAGES = 'xai-images';
const IMAGES_MAX = 10;
const SOURCES_MAX = 5;
const QUALITIES: readonly string[] = ['low', 'medium', 'high'];
/** docs.crazyrouter.com/en/images/grok and developer.civitai.com/orchestration/recipes/grok, read 2026-11-29. */
const RATIOS: readonly string[] = [
  ...['1:1', '16:9', '9:16', '4:3', '3:4', '3:2', '2:3', '2:1', '1:2', '19.5:9', '9:19.5', '20:9', '9:20'],
];

const takes = (): Capabilities => ({
  n: upTo(IMAGES_MAX),
  input_references: upTo(SOURCES_MAX, 0),
  size: FREE,
  resolution: oneOf('1K', '2K'),
  aspect_ratio: oneOf(...RATIOS),
  quality: oneOf(...QUALITIES),
});

/**
 * xAI's pictures: the paths of OpenAI's API, a ratio in the place of a size, and pictures to start from in JSON
 * (@ai-sdk/xai 3.0.138 and docs.crazyrouter.com/en/images/grok, read 2026-11-29).
 */
export const xaiImagesUpstream: ImageDialect = {
  id: XAI_IMAGES,
  entriesMax: () => IMAGES_MAX,
  assets: imageAssets,
  encodeCall: (call, target, assets) => {
    const sources = dataUrlsOf(call, assets, target);
    if (!sources.ok) return sources;
    const { images, mask } = sources.value;
    if (mask !== undefined) return { ok: false, error: notTaken(target, 'a mask', 'mask') };
    if (images.length > SOURCES_MAX) return { ok: false, error: notTaken(target, `more than ${SOURCES_MAX} pictures`) };
    const losses: Loss[] = lossesBeside(takes(), call, target);
    const body: JsonObject = {
      ...ownFields(call, target, XAI_IMAGES, losses),
      model: target.endpoint.upstreamId,
      prompt: wordsOf(call),
      ...measures(call),
      ...(call.n !== undefined && { n: call.n }),
      ...sourcesOf(images),
      ...(call.user !== undefined && { user: call.user }),
      response_format: call.wantsUrls ? 'url' : 'b64_json',
    };
    return ok({ path: images.length > 0 ? '/images/edits' : '/images/generations', headers: {}, body, losses });
  },
  decodeReply,
  takes,
  decodeFault,
  quirks: {},
};

function measures(call: ImageCall): JsonObject {
  const ratio = nearestRatio(call, RATIOS);
  const resolution = nearestResolution(call, ['1K', '2K']);
  const quality = call.quality === undefined || call.quality === 'auto' ? undefined : call.quality;
  return {
    ...(ratio !== undefined && { aspect_ratio: ratio }),
    ...(resolution !== undefined && { resolution: resolution.toLowerCase() }),
    ...(quality !== undefined && QUALITIES.includes(quality) && { quality }),
  };
}

function sourcesOf(images: readonly string[]): JsonObject {
  const written = images.map((url) => ({ url, type: 'image_url' }));
  const [only] = written;
  if (!only) return {};
  return written.length === 1 ? { image: only } : { images: written };
}
