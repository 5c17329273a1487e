import type { Fault } from '../../base/fault.ts';
import { type Json, objectOf, optionalString } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Loss } from '../../call/loss.ts';
import { type Transcript, type TranscriptionCall, wantsSegments, wantsWords } from '../../call/transcription.ts';
import type { Target } from '../../facts/target.ts';
import type { EncodedCall, WholeContext, WholeDialect } from '../dialect.ts';
import { decodeElevenlabsFault } from '../elevenlabs-fault.ts';
import { noTranslation } from '../no-translation.ts';
import { malformed } from '../speech-steps.ts';
import { readWords, secondsOf, segmentsOfWords } from '../transcript-parts.ts';
import { audioFile, lost, ownFields } from '../transcription-audio.ts';

/** ElevenLabs' `POST /v1/speech-to-text` (elevenlabs.io/docs/api-reference/speech-to-text/convert, read 2026-11-29). */
export const elevenlabsTranscriptionUpstream: WholeDialect<'transcription'> = {
  id: 'elevenlabs-transcription',
  entriesMax: () => 1,
  assets: () => [],
  encodeCall,
  decodeReply,
  decodeFault: decodeElevenlabsFault,
};

function encodeCall(call: TranscriptionCall, target: Target): Result<EncodedCall, Fault> {
  const cannot = noTranslation(call, target);
  if (cannot) return failed(cannot);
  const losses: Loss[] = lost(call, ['prompt'], target);
  // Answered elsewhere, or fetched from elsewhere: neither is this call.
  const {
    webhook: _w,
    webhook_id: _i,
    cloud_storage_url: _c,
    source_url: _s,
    ...own
  } = ownFields(call, target, losses);
  const { bytes, type, name } = audioFile(call);
  const body = {
    tag_audio_events: false,
    ...own,
    model_id: target.endpoint.upstreamId,
    ...(call.language !== undefined && { language_code: call.language }),
    ...(call.temperature !== undefined && { temperature: call.temperature }),
    timestamps_granularity: wantsSegments(call) || wantsWords(call) ? 'word' : 'none',
  };
  return ok({
    path: '/speech-to-text',
    headers: {},
    body,
    file: { bytes, type, inForm: { field: 'file', name } },
    losses,
  });
}

function decodeReply(body: Json, { target }: WholeContext<'transcription'>): Result<Transcript, Fault> {
  const answer = objectOf(body);
  if (typeof answer.text !== 'string') return failed(malformed(target, 'answered with no transcript'));
  const language = optionalString(answer.language_code);
  const duration = secondsOf(answer.audio_duration_secs);
  const words = readWords(answer.words, ['text', 'word']);
  return ok({
    text: answer.text,
    ...(language !== undefined && { language }),
    ...(duration !== undefined && { duration }),
    ...(words.length > 0 && { words, segments: segmentsOfWords(words) }),
  });
}
