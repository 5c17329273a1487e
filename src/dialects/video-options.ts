import type { JsonObject } from '../base/json.ts';
import type { Loss } from '../call/loss.ts';
import type { VideoCall } from '../call/video.ts';
import type { Target } from '../facts/target.ts';

/** What says how much is filmed, in any vendor's words: it is what is held and paid for, so we alone say it. */
const SIZING: ReadonlySet<string> = new Set([
  ...['n', 'seconds', 'duration', 'durationSeconds', 'duration_seconds', 'num_frames', 'frames', 'fps', 'sampleCount'],
  ...['size', 'resolution', 'width', 'height', 'generateAudio', 'generate_audio', 'audio', 'model', 'version'],
  // A vendor that calls back, or writes into somebody's bucket, is nobody's wish here.
  ...['webhook', 'webhook_events_filter', 'callback_url', 'storageUri', 'fps_multiplier'],
]);

/** Fields of the vendor's own that the caller sent: in its dialect's body, or below `provider.options.<slug>`. */
export function ownVideoFields(call: VideoCall, target: Target, dialect: string, losses: Loss[]): JsonObject {
  const { native } = call;
  if (native && native.dialect !== dialect)
    for (const field of Object.keys(native.fields))
      losses.push({ field, reason: "no such field in the endpoint's dialect" });
  const options = call.options?.[target.endpoint.provider.slug];
  const fields = { ...(native?.dialect === dialect && native.fields), ...options };
  const kept = Object.entries(fields).filter(([name]) => {
    if (SIZING.has(name)) losses.push({ field: name, reason: 'the gateway says this itself' });
    return !SIZING.has(name);
  });
  return Object.fromEntries(kept);
}
