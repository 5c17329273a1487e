import type { Fault } from '../../base/fault.ts';
import { isObject, type JsonObject } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { AUDIO_FORMATS, type AudioFormat } from '../../call/audio.ts';
import type { Loss } from '../../call/loss.ts';
import type { SpeechCall } from '../../call/speech.ts';
import type { Target } from '../../facts/target.ts';
import { decodeDeepgramFault } from '../deepgram-fault.ts';
import type { EncodedCall, StepDecoder, StreamedDialect, WholeContext } from '../dialect.ts';
import { lost, noReference, ownFields, voiceFor } from '../speech-fields.ts';
import { formatFor, mediaTypeFor } from '../speech-format.ts';
import { bareAudio } from '../speech-steps.ts';

/** Encoding and container by our formats (developers.deepgram.com/docs/tts-media-output-settings, read 2026-11-29). */
const WRITTEN: { readonly [F in AudioFormat]: { readonly [name: string]: string } } = {
  mp3: { encoding: 'mp3' },
  opus: { encoding: 'opus', container: 'ogg' },
  aac: { encoding: 'aac' },
  flac: { encoding: 'flac' },
  wav: { encoding: 'linear16', container: 'wav', sample_rate: '24000' },
  pcm: { encoding: 'linear16', container: 'none', sample_rate: '24000' },
};

/** Deepgram's `POST /v1/speak`: all but the text stands in the query, and a model is a voice. */
export const deepgramSpeechUpstream: StreamedDialect<'speech'> = {
  id: 'deepgram-speech',
  accept: '*/*',
  encodeCall,
  decodeSteps,
  decodeFault: decodeDeepgramFault,
  quirks: {},
};

function encodeCall(call: SpeechCall, target: Target): Result<EncodedCall, Fault> {
  const choice = formatFor(call, target, AUDIO_FORMATS);
  if (!choice.ok) return choice;
  const cannot = noReference(call, target);
  if (cannot) return failed(cannot);
  const losses: Loss[] = lost(call, ['instructions'], target);
  const query = new URLSearchParams(queryOf(ownFields(call, target, losses)));
  query.set('model', modelFor(call, target));
  for (const [name, value] of Object.entries(WRITTEN[choice.value.format])) query.set(name, value);
  if (call.speed !== undefined) query.set('speed', String(call.speed));
  return ok({ path: `/speak?${query}`, headers: {}, body: { text: call.input }, losses });
}

/** `aura-2` with the voice `thalia-en` is the model `aura-2-thalia-en`; a voice may be written out whole, too. */
function modelFor(call: SpeechCall, target: Target): string {
  const { upstreamId } = target.endpoint;
  const voice = voiceFor(call, target);
  if (voice === undefined || voice.startsWith(upstreamId)) return voice ?? upstreamId;
  return `${upstreamId}-${voice}`;
}

/** Where a callback is named, the audio would go there and not to the caller. */
const NOT_TAKEN = /^callback/;
const queryOf = (fields: JsonObject): [string, string][] =>
  Object.entries(fields).flatMap(([name, value]): [string, string][] =>
    NOT_TAKEN.test(name) || value === undefined || value === null || isObject(value) || Array.isArray(value)
      ? []
      : [[name, String(value)]],
  );

function decodeSteps({ target, call, headers }: WholeContext<'speech'>): StepDecoder<'speech'> {
  const choice = formatFor(call, target, AUDIO_FORMATS);
  const format = choice.ok ? choice.value.format : call.format;
  const id = headers['dg-request-id'];
  const mediaType = mediaTypeFor(format, headers['content-type']);
  const decoder = bareAudio({ type: 'start', ...(id !== undefined && { id }), mediaType }, target);
  return choice.ok ? choice.value.converted(decoder) : decoder;
}
