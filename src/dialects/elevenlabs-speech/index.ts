import type { Fault } from '../../base/fault.ts';
import { objectOf } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { AudioFormat } from '../../call/audio.ts';
import type { Loss } from '../../call/loss.ts';
import type { SpeechCall } from '../../call/speech.ts';
import type { Target } from '../../facts/target.ts';
import type { EncodedCall, StepDecoder, StreamedDialect, WholeContext } from '../dialect.ts';
import { decodeElevenlabsFault } from '../elevenlabs-fault.ts';
import { lost, neededVoice, noReference, ownFields } from '../speech-fields.ts';
import { formatFor, mediaTypeFor } from '../speech-format.ts';
import { bareAudio } from '../speech-steps.ts';

const FORMATS = ['mp3', 'opus', 'pcm'] as const;
/** Their names for those (elevenlabs.io/docs/api-reference/text-to-speech/stream, read 2026-11-29). */
const WRITTEN: { readonly [F in AudioFormat]?: string } = {
  mp3: 'mp3_44100_128',
  opus: 'opus_48000_128',
  pcm: 'pcm_24000',
};

/** ElevenLabs' `POST /v1/text-to-speech/{voice}/stream`. */
export const elevenlabsSpeechUpstream: StreamedDialect<'speech'> = {
  id: 'elevenlabs-speech',
  accept: '*/*',
  encodeCall,
  decodeSteps,
  decodeFault: decodeElevenlabsFault,
  quirks: {},
};

function encodeCall(call: SpeechCall, target: Target): Result<EncodedCall, Fault> {
  const choice = formatFor(call, target, FORMATS);
  if (!choice.ok) return choice;
  const voice = neededVoice(call, target);
  if (!voice.ok) return voice;
  const cannot = noReference(call, target);
  if (cannot) return failed(cannot);
  const losses: Loss[] = lost(call, ['instructions'], target);
  const own = ownFields(call, target, losses);
  const settings = { ...objectOf(own.voice_settings), ...(call.speed !== undefined && { speed: call.speed }) };
  return ok({
    path: `/text-to-speech/${encodeURIComponent(voice.value)}/stream?output_format=${WRITTEN[choice.value.format]}`,
    headers: {},
    body: {
      ...own,
      text: call.input,
      model_id: target.endpoint.upstreamId,
      ...(Object.keys(settings).length > 0 && { voice_settings: settings }),
    },
    losses,
  });
}

function decodeSteps({ target, call, headers }: WholeContext<'speech'>): StepDecoder<'speech'> {
  const choice = formatFor(call, target, FORMATS);
  const format = choice.ok ? choice.value.format : call.format;
  const decoder = bareAudio({ type: 'start', mediaType: mediaTypeFor(format, headers['content-type']) }, target);
  return choice.ok ? choice.value.converted(decoder) : decoder;
}
