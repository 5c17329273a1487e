import type { Fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { ok, type Result } from '../../base/result.ts';
import type { ImageCall } from '../../call/image.ts';
import type { Loss } from '../../call/loss.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import type { EncodedCall } from '../dialect.ts';
import { type Capabilities, FREE, lossesBeside, oneOf, upTo } from '../image-capabilities.ts';
import { REFERENCES_MAX } from '../image-fields.ts';
import { ownFields } from '../image-options.ts';
import { pixelsOf, ratioOf, sizeText } from '../image-size.ts';
import { dataUrlsOf, wordsOf } from '../image-sources.ts';
import { OPENAI_IMAGES } from './name.ts';

/**
 * A call as OpenAI's image API takes it: words to `/images/generations`, pictures to `/images/edits`, in the JSON form
 * with `images: [{image_url}]` that GPT Image models take (the API's OpenAPI document 2.3.0, `EditImageBodyJsonParam`,
 * read 2026-11-29).
 */
export function encodeCall(call: ImageCall, target: Target, assets: Assets): Result<EncodedCall, Fault> {
  const sources = dataUrlsOf(call, assets, target);
  if (!sources.ok) return sources;
  const { images, mask } = sources.value;
  const losses: Loss[] = lossesBeside(takes(target), call, target);
  const size = sizeFor(call, target);
  const isEdit = images.length > 0;
  const path = isEdit ? '/images/edits' : (target.endpoint.dialect.path ?? '/images/generations');
  const body: JsonObject = {
    ...ownFields(call, target, OPENAI_IMAGES, losses),
    model: target.endpoint.upstreamId,
    prompt: wordsOf(call),
    ...(isEdit && { images: images.map((image_url) => ({ image_url })) }),
    ...(mask !== undefined && { mask: { image_url: mask } }),
    ...(call.n !== undefined && { n: call.n }),
    ...(size !== undefined && { size }),
    ...(call.quality !== undefined && { quality: call.quality }),
    ...(call.background !== undefined && { background: call.background }),
    ...(call.format !== undefined && { output_format: call.format }),
    ...(call.compression !== undefined && { output_compression: call.compression }),
    ...(call.user !== undefined && { user: call.user }),
    ...responseFormat(call, target),
    ...(call.stream && streams(target) && { stream: true, partial_images: call.partialImages ?? PARTIALS }),
  };
  return ok({
    path: path.replace('{model}', encodeURIComponent(target.endpoint.upstreamId)),
    headers: {},
    body,
    losses,
  });
}

/** GPT Image 1 to 1.5 know three qualities, later ones five (openai 7.57.0, read 2026-11-29). */
export const takes = ({ endpoint }: Target): Capabilities => ({
  n: upTo(IMAGES_MAX),
  input_references: upTo(REFERENCES_MAX, 0),
  size: FREE,
  resolution: oneOf('1K', ...(KNOWS_STANDARD_ONLY.test(endpoint.upstreamId) ? [] : ['2K', '4K'])),
  aspect_ratio: FREE,
  quality: oneOf(
    'auto',
    'low',
    'medium',
    'high',
    ...(KNOWS_STANDARD_ONLY.test(endpoint.upstreamId) ? [] : ['xhigh', 'max']),
  ),
  background: oneOf('auto', 'transparent', 'opaque'),
  output_format: oneOf('png', 'jpeg', 'webp'),
  output_compression: upTo(100, 0),
  mask: FREE,
});

/** As many as OpenAI draws for one call (`n`, API reference, read 2026-11-29). */
export const IMAGES_MAX = 10;

/** OpenRouter says nothing of how many; two show that something comes. */
const PARTIALS = 2;

/** Named in the provider's file: GPT Image models refuse `response_format`, as they know nothing but base64. */
export const BASE64_ONLY = 'base64-only';
/** Named in the provider's file: takes `stream`. */
export const STREAMS_IMAGES = 'streams-images';

export const streams = ({ endpoint }: Target): boolean => endpoint.dialect.quirks.includes(STREAMS_IMAGES);

const responseFormat = (call: ImageCall, { endpoint }: Target): JsonObject =>
  endpoint.dialect.quirks.includes(BASE64_ONLY) ? {} : { response_format: call.wantsUrls ? 'url' : 'b64_json' };

/** The three sizes of GPT Image 1 to 1.5; later models take any (image generation guide, read 2026-11-29). */
const STANDARD = ['1024x1024', '1536x1024', '1024x1536'];
const KNOWS_STANDARD_ONLY = /^(?:gpt-image-1(?:[.-]|$)|chatgpt-image)/;
const SIDE_MAX = 3_840;

/** What the caller writes in pixels goes as it is; a ratio or a tier becomes the nearest size that the model draws. */
function sizeFor(call: ImageCall, { endpoint }: Target): string | undefined {
  if (call.size) return sizeText(call.size);
  const pixels = pixelsOf(call);
  if (!pixels) return undefined;
  if (KNOWS_STANDARD_ONLY.test(endpoint.upstreamId)) {
    const aspect = pixels.width / pixels.height;
    const distance = (size: string): number => Math.abs(Math.log(ratioOf(size.replace('x', ':')) / aspect));
    return STANDARD.reduce((best, size) => (distance(size) < distance(best) ? size : best));
  }
  // Between 1:3 and 3:1, 3,840 on a side at most.
  const ratio = Math.min(3, Math.max(1 / 3, pixels.width / pixels.height));
  const area = Math.min(pixels.width * pixels.height, SIDE_MAX * 2_160);
  const width = Math.min(SIDE_MAX, Math.round(Math.sqrt(area * ratio) / 16) * 16);
  const height = Math.min(SIDE_MAX, Math.round(Math.sqrt(area / ratio) / 16) * 16);
  return sizeText({ width, height });
}
