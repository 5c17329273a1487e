import type { JsonObject } from '../base/json.ts';
import type { ImageCall } from '../call/image.ts';
import type { Loss } from '../call/loss.ts';
import type { Target } from '../facts/target.ts';

/**
 * What says how much is drawn, in any vendor's words. The caller's own fields reach the vendor unread, and what is held
 * for a call is measured by what we read: these must not come in by the back door.
 */
const SIZING: ReadonlySet<string> = new Set([
  ...['n', 'num_images', 'num_outputs', 'number_of_images', 'samples', 'batch_size', 'sampleCount', 'candidateCount'],
  ...['size', 'image_size', 'imageSize', 'sampleImageSize', 'resolution', 'width', 'height', 'megapixels'],
  ...['quality', 'steps', 'num_inference_steps', 'partial_images', 'frame_count', 'model', 'version', 'stream'],
]);

/** Fields of the vendor's own that the caller sent: in its dialect's body, or below `provider.options.<slug>`. */
export function ownFields(call: ImageCall, target: Target, dialect: string, losses: Loss[]): JsonObject {
  const { native } = call;
  const options = call.options?.[target.endpoint.provider.slug];
  if (native && native.dialect !== dialect)
    for (const field of Object.keys(native.fields))
      losses.push({ field, reason: "no such field in the endpoint's dialect" });
  const fields = { ...(native?.dialect === dialect && native.fields), ...options };
  const kept = Object.entries(fields).filter(([name]) => {
    if (SIZING.has(name)) losses.push({ field: name, reason: 'the gateway says this itself' });
    return !SIZING.has(name);
  });
  return Object.fromEntries(kept);
}
