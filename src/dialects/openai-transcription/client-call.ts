import type { Fault } from '../../base/fault.ts';
import { type JsonObject, stringOf } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
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
import {
  type CallAudio,
  TRANSCRIPT_DETAILS,
  TRANSCRIPT_FORMATS,
  type TranscriptDetail,
  type TranscriptionCall,
} from '../../call/transcription.ts';
import type { ClientRequest, ReceivedFile } from '../dialect.ts';
import { typedFields } from '../form-fields.ts';
import { nativeFields } from '../openai-options.ts';
import { readProviderOptions } from '../provider-options.ts';
import { OPENAI_TRANSCRIPTION } from './name.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...COMMON_FIELDS,
  ...['input_audio', 'file', 'language', 'prompt', 'temperature', 'response_format', 'timestamp_granularities'],
]);

/** Reads a body of `POST /audio/transcriptions`, JSON or a form. The first field that is wrong is the fault's `param`. */
export function decodeCall(
  task: TranscriptionCall['task'],
  asked: JsonObject,
  { headers, files }: Pick<ClientRequest, 'headers' | 'files'>,
): Result<TranscriptionCall, Fault> {
  const to = newComplaints();
  const { body, options } = readProviderOptions(to, files ? typed(asked) : asked);
  const native = nativeFields(body, KNOWN);
  const { model, models, stream, gateway, user, sessionId } = readCommon(to, body, headers);
  const call: TranscriptionCall = {
    task,
    model,
    models,
    stream,
    gateway,
    audio: files ? readFile(to, files) : readInputAudio(to, body),
    format: readOneOf(to, body, 'response_format', TRANSCRIPT_FORMATS) ?? 'json',
    details: readDetails(to, body),
    ...present({
      language: readString(to, body, 'language') || undefined,
      prompt: readString(to, body, 'prompt') || undefined,
      temperature: readNumber(to, body, 'temperature', { min: 0, max: 2 }),
      options,
      user,
      sessionId,
      native: native && { dialect: OPENAI_TRANSCRIPTION, fields: native },
    }),
  };
  return to.first ? failed(to.first) : ok(call);
}

/** What a form writes as text, as JSON has it. */
function typed(fields: JsonObject): JsonObject {
  const read = typedFields(fields, ['temperature']);
  const { timestamp_granularities: one } = fields;
  if (typeof one === 'string') read.timestamp_granularities = one.split(',').map((word) => word.trim());
  return read;
}

const NOTHING: CallAudio = { source: { kind: 'broken' }, format: '' };

function readFile(to: Complaints, files: readonly ReceivedFile[]): CallAudio {
  const [file, other] = files.filter(({ field }) => field === 'file');
  if (!file || other) {
    complain(to, 'file', other ? "Invalid 'file': expected one file." : "Missing required parameter: 'file'.");
    return NOTHING;
  }
  const ending =
    /\.([A-Za-z0-9]{1,8})$/.exec(file.name)?.[1] ?? /^(?:audio|video)\/([\w-]{1,20})/.exec(file.type)?.[1] ?? '';
  return { source: { kind: 'bytes', bytes: file.bytes }, format: ending.toLowerCase() };
}

function readInputAudio(to: Complaints, body: JsonObject): CallAudio {
  if (body.input_audio === undefined || body.input_audio === null) {
    complain(to, 'input_audio', "Missing required parameter: 'input_audio', or a form with a 'file'.");
    return NOTHING;
  }
  const audio = readObject(to, body, 'input_audio') ?? {};
  const data = audio.data;
  if (data === undefined || data === '')
    complain(to, 'input_audio.data', "Missing required parameter: 'input_audio.data'.");
  else if (typeof data !== 'string') wrongType(to, 'input_audio.data', 'base64', data);
  const format = readString(to, audio, 'format', 'input_audio.format');
  return { source: { kind: 'base64', data: stringOf(data) }, format: format?.toLowerCase() ?? '' };
}

function readDetails(to: Complaints, body: JsonObject): TranscriptDetail[] {
  const list = body.timestamp_granularities;
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return wrongType(to, 'timestamp_granularities', 'an array', list) ?? [];
  const known: readonly string[] = TRANSCRIPT_DETAILS;
  const wrong = list.find((word) => typeof word !== 'string' || !known.includes(word));
  if (wrong !== undefined)
    complain(to, 'timestamp_granularities', "Invalid 'timestamp_granularities': expected 'word' and 'segment'.");
  return TRANSCRIPT_DETAILS.filter((detail) => list.includes(detail));
}
