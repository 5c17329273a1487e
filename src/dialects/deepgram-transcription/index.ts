import type { Fault } from '../../base/fault.ts';
import { arrayOf, isObject, type Json, type JsonObject, objectOf, optionalString } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Loss } from '../../call/loss.ts';
import { type Transcript, type TranscriptionCall, wantsSegments } from '../../call/transcription.ts';
import type { Target } from '../../facts/target.ts';
import { decodeDeepgramFault } from '../deepgram-fault.ts';
import type { EncodedCall, WholeContext, WholeDialect } from '../dialect.ts';
import { noTranslation } from '../no-translation.ts';
import { malformed } from '../speech-steps.ts';
import { readSegments, readWords, secondsOf, segmentsOfWords } from '../transcript-parts.ts';
import { audioFile, lost, ownFields } from '../transcription-audio.ts';

/** Deepgram's `POST /v1/listen`: the recording is the body, all else stands in the query (developers.deepgram.com/reference/speech-to-text/listen-pre-recorded, read 2026-11-29). */
export const deepgramTranscriptionUpstream: WholeDialect<'transcription'> = {
  id: 'deepgram-transcription',
  entriesMax: () => 1,
  assets: () => [],
  encodeCall,
  decodeReply,
  decodeFault: decodeDeepgramFault,
};

function encodeCall(call: TranscriptionCall, target: Target): Result<EncodedCall, Fault> {
  const cannot = noTranslation(call, target);
  if (cannot) return failed(cannot);
  const losses: Loss[] = lost(call, ['prompt', 'temperature'], target);
  const query = new URLSearchParams(queryOf(ownFields(call, target, losses)));
  query.set('model', target.endpoint.upstreamId);
  query.set('smart_format', 'true');
  if (call.language === undefined) query.set('detect_language', 'true');
  else query.set('language', call.language);
  if (wantsSegments(call)) query.set('utterances', 'true');
  const { bytes, type } = audioFile(call);
  return ok({ path: `/listen?${query}`, headers: {}, body: {}, file: { bytes, type }, losses });
}

/** Where a callback is named, the transcript would go there and not to the caller. */
const NOT_TAKEN = /^callback/;
const queryOf = (fields: JsonObject): [string, string][] =>
  Object.entries(fields).flatMap(([name, value]): [string, string][] =>
    NOT_TAKEN.test(name) || value === undefined || value === null || isObject(value)
      ? []
      : (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, String(one)]),
  );

function decodeReply(body: Json, { target }: WholeContext<'transcription'>): Result<Transcript, Fault> {
  const { metadata, results } = objectOf(body);
  const { duration, request_id } = objectOf(metadata);
  const { channels, utterances } = objectOf(results);
  const heard = arrayOf(channels).map(objectOf);
  const best = heard.map(({ alternatives }) => objectOf(arrayOf(alternatives)[0]));
  if (best.length === 0 || best.some(({ transcript }) => typeof transcript !== 'string'))
    return failed(malformed(target, 'answered with no transcript'));
  const words = best.flatMap((one) => readWords(one.words, ['punctuated_word', 'word']));
  const segments = Array.isArray(utterances) ? readSegments(utterances, 'transcript') : segmentsOfWords(words);
  const language = optionalString(heard[0]?.detected_language);
  const id = optionalString(request_id);
  const seconds = secondsOf(duration);
  return ok({
    text: best.map(({ transcript }) => transcript as string).join('\n'),
    ...(id !== undefined && { id }),
    ...(language !== undefined && { language }),
    ...(seconds !== undefined && { duration: seconds }),
    words,
    segments: segments.map(({ native: _, ...segment }) => segment),
  });
}
