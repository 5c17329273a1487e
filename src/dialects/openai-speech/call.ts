import type { Fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { AUDIO_FORMATS } from '../../call/audio.ts';
import type { Loss } from '../../call/loss.ts';
import type { SpeechCall } from '../../call/speech.ts';
import type { Target } from '../../facts/target.ts';
import { dataWishes } from '../data-wishes.ts';
import type { EncodedCall } from '../dialect.ts';
import { noReference, ownFields, voiceFor } from '../speech-fields.ts';
import { formatFor } from '../speech-format.ts';
import { hasQuirk } from './quirks.ts';

/** A call as `POST /audio/speech` takes it. */
export function encodeCall(call: SpeechCall, target: Target): Result<EncodedCall, Fault> {
  const { endpoint } = target;
  const choice = formatFor(call, target, AUDIO_FORMATS);
  if (!choice.ok) return choice;
  const cannot = hasQuirk(target, 'reference-audio') ? null : noReference(call, target);
  if (cannot) return failed(cannot);
  const losses: Loss[] = [];
  const voice = voiceFor(call, target);
  const wishes = dataWishes(call.gateway, target);
  const body: JsonObject = {
    ...ownFields(call, target, losses),
    model: endpoint.upstreamId,
    input: call.input,
    ...(call.reference === undefined && voice !== undefined && { voice }),
    ...(call.reference && { ref_audio: call.reference.data }),
    response_format: choice.value.format,
    ...(call.speed !== undefined && { speed: call.speed }),
    ...(call.instructions !== undefined && { instructions: call.instructions }),
    ...(tellsUsage(target) && { stream_format: 'sse' }),
    ...(hasQuirk(target, 'stream-flag') && { stream: true }),
    ...(wishes && { provider: wishes }),
  };
  const path = (endpoint.dialect.path ?? '/audio/speech').replace('{model}', encodeURIComponent(endpoint.upstreamId));
  return ok({ path, headers: {}, body, losses });
}

const tellsUsage = (target: Target): boolean =>
  hasQuirk(target, 'usage-in-events') && !target.endpoint.upstreamId.startsWith('tts-1');
