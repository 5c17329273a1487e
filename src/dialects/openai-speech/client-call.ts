import type { Fault } from '../../base/fault.ts';
import { arrayOf, isObject, type Json, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { AUDIO_FORMATS } from '../../call/audio.ts';
import {
  type Complaints,
  complain,
  newComplaints,
  present,
  readNumber,
  readObject,
  readOneOf,
  readString,
  wrongType,
} from '../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../call/read-gateway.ts';
import type { SpeechCall, VoiceReference } from '../../call/speech.ts';
import type { ClientRequest } from '../dialect.ts';
import { nativeFields } from '../openai-options.ts';
import { readProviderOptions } from '../provider-options.ts';
import { OPENAI_SPEECH } from './name.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...COMMON_FIELDS,
  ...['input', 'voice', 'response_format', 'speed', 'instructions', 'input_references', 'stream_format'],
]);

/** OpenRouter's default: its schema says so, where OpenAI's own API has `mp3`. */
const FORMAT = 'pcm';

/** Reads a body of `POST /audio/speech`. The first field that is wrong is the fault's `param`. */
export function decodeCall(written: JsonObject, request: Pick<ClientRequest, 'headers'>): Result<SpeechCall, Fault> {
  const to = newComplaints();
  const { body, options } = readProviderOptions(to, written);
  const native = nativeFields(body, KNOWN);
  const { model, models, gateway, user, sessionId } = readCommon(to, body, request.headers);
  const call: SpeechCall = {
    model,
    models,
    gateway,
    input: readInput(to, body),
    format: readOneOf(to, body, 'response_format', AUDIO_FORMATS) ?? FORMAT,
    delivery: readOneOf(to, body, 'stream_format', ['audio', 'sse'] as const) === 'sse' ? 'events' : 'bytes',
    ...present({
      voice: readVoice(to, body),
      speed: readNumber(to, body, 'speed', { min: 0.25, max: 4 }),
      instructions: readString(to, body, 'instructions') || undefined,
      reference: readReference(to, body),
      options,
      user,
      sessionId,
      native: native && { dialect: OPENAI_SPEECH, fields: native },
    }),
  };
  return to.first ? failed(to.first) : ok(call);
}

function readInput(to: Complaints, body: JsonObject): string {
  const input = readString(to, body, 'input');
  const most = LIMITS.speech_characters_max;
  if (input === undefined) complain(to, 'input', "Missing required parameter: 'input'.");
  else if (input.trim() === '') complain(to, 'input', "Invalid 'input': there is nothing to be spoken.");
  else if (input.length > most)
    complain(to, 'input', `Invalid 'input': expected at most ${most} characters, but got ${input.length}.`);
  return input ?? '';
}

/** A name, or OpenAI's `{id}` of a voice of one's own. */
function readVoice(to: Complaints, body: JsonObject): string | undefined {
  const own = isObject(body.voice);
  const voice = own ? readString(to, objectOf(body.voice), 'id', 'voice.id') : readString(to, body, 'voice');
  if (voice === '' || (own && voice === undefined))
    complain(to, own ? 'voice.id' : 'voice', "Invalid 'voice': it is empty.");
  return voice === '' ? undefined : voice;
}

/** One recording, with or without what is said in it. */
function readReference(to: Complaints, body: JsonObject): VoiceReference | undefined {
  const list: Json | undefined = body.input_references;
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) return wrongType(to, 'input_references', 'an array of parts', list);
  let found: VoiceReference | undefined;
  let transcript: string | undefined;
  for (const [at, part] of arrayOf(list).entries()) {
    const path = `input_references[${at}]`;
    if (!isObject(part)) return wrongType(to, path, 'an object', part);
    if (part.type === 'text') transcript = readString(to, part, 'text', `${path}.text`);
    else if (part.type !== 'input_audio' || found) {
      complain(to, `${path}.type`, 'One input_audio and at most one text are taken as input_references.');
      return undefined;
    } else found = readRecording(to, part, `${path}.input_audio`);
  }
  if (!found) complain(to, 'input_references', 'input_references need an input_audio with the voice.');
  return found && { ...found, ...(transcript !== undefined && { transcript }) };
}

function readRecording(to: Complaints, part: JsonObject, path: string): VoiceReference | undefined {
  const audio = readObject(to, part, 'input_audio', path) ?? {};
  const data = stringOf(audio.data).replace(/^data:[^,]{0,100};base64,/, '');
  if (data === '') {
    complain(to, `${path}.data`, `Missing required parameter: '${path}.data'.`);
    return undefined;
  }
  return { data, ...present({ format: readString(to, audio, 'format', `${path}.format`) }) };
}
