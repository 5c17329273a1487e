import type { Fault } from '../../base/fault.ts';
import type { JsonObject } from '../../base/json.ts';
import { ok, type Result } from '../../base/result.ts';
import type { Loss } from '../../call/loss.ts';
import { type TranscriptionCall, wantsSegments, wantsWords } from '../../call/transcription.ts';
import type { Target } from '../../facts/target.ts';
import type { EncodedCall } from '../dialect.ts';
import { audioFile, ownFields } from '../transcription-audio.ts';

/** Models that answer in `json` alone (developers.openai.com/api/reference/resources/audio/subresources/transcriptions, read 2026-11-29). */
const PLAIN = /^gpt-/;

/** A call as `POST /audio/transcriptions` takes it, or `/audio/translations`: a form with the recording in it. */
export function encodeCall(call: TranscriptionCall, target: Target): Result<EncodedCall, Fault> {
  const { endpoint } = target;
  const losses: Loss[] = [];
  const { bytes, type, name } = audioFile(call);
  const details = [...(wantsSegments(call) ? ['segment'] : []), ...(wantsWords(call) ? ['word'] : [])];
  // How long it was is told only beside the times.
  const isVerbose = !PLAIN.test(endpoint.upstreamId);
  const body: JsonObject = {
    ...ownFields(call, target, losses),
    model: endpoint.upstreamId,
    ...(call.language !== undefined && call.task === 'transcribe' && { language: call.language }),
    ...(call.prompt !== undefined && { prompt: call.prompt }),
    ...(call.temperature !== undefined && { temperature: call.temperature }),
    response_format: isVerbose ? 'verbose_json' : 'json',
    ...(details.length > 0 && isVerbose && call.task === 'transcribe' && { 'timestamp_granularities[]': details }),
  };
  const path = call.task === 'translate' ? '/audio/translations' : (endpoint.dialect.path ?? '/audio/transcriptions');
  const file = { bytes, type, inForm: { field: 'file', name } };
  return ok({
    path: path.replace('{model}', encodeURIComponent(endpoint.upstreamId)),
    headers: {},
    body,
    file,
    losses,
  });
}
