import { type Fault, fault } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Loss } from '../call/loss.ts';
import type { SpeechCall } from '../call/speech.ts';
import type { Target } from '../facts/target.ts';

/** What the caller sends for this provider alone, and its own fields if it speaks the endpoint's dialect. What we write wins. */
export function ownFields(call: SpeechCall, { endpoint }: Target, losses: Loss[]): JsonObject {
  const { native, options } = call;
  const isSame = native?.dialect === endpoint.dialect.id;
  if (native && !isSame)
    for (const field of Object.keys(native.fields))
      losses.push({ field, reason: "no such field in the endpoint's dialect" });
  return { ...(isSame && native.fields), ...options?.[endpoint.provider.slug] };
}

/** The voice that is asked for, or the model's first one where the caller names none. */
export const voiceFor = ({ voice }: SpeechCall, { model }: Target): string | undefined => voice ?? model.voices?.[0];

export function neededVoice(call: SpeechCall, target: Target): Result<string, Fault> {
  const voice = voiceFor(call, target);
  if (voice !== undefined) return ok(voice);
  const { name } = target.endpoint.provider;
  return failed(fault('invalid_request', `${name} needs the name of a voice.`, { param: 'voice' }));
}

/** Few hosts imitate a voice from a recording. */
export function noReference({ reference }: SpeechCall, { endpoint }: Target): Fault | null {
  if (!reference) return null;
  const { name } = endpoint.provider;
  return fault('upstream_not_implemented', `${name} does not imitate the voice of a recording.`, {
    param: 'input_references',
  });
}

/** Fields that a vendor has no word for. */
export function lost(call: SpeechCall, fields: readonly ('speed' | 'instructions')[], { endpoint }: Target): Loss[] {
  const reason = `${endpoint.provider.name} has no such field`;
  return fields.filter((field) => call[field] !== undefined).map((field) => ({ field, reason }));
}
