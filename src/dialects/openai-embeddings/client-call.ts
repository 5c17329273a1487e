import type { Fault } from '../../base/fault.ts';
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { type EmbeddingCall, type EmbeddingInput, VECTOR_ENCODINGS } from '../../call/embedding.ts';
import {
  type Complaints,
  complain,
  newComplaints,
  present,
  readNumber,
  readOneOf,
  readString,
  wrongType,
} from '../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../call/read-gateway.ts';
import type { ClientRequest } from '../dialect.ts';
import { nativeFields } from '../openai-options.ts';
import { OPENAI_EMBEDDINGS } from './name.ts';
import { readParts } from './parts.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...COMMON_FIELDS,
  ...['input', 'encoding_format', 'dimensions', 'input_type'],
]);

/** Reads a body of `POST /embeddings`. The first field that is wrong is the fault's `param`. */
export function decodeCall(body: JsonObject, request: Pick<ClientRequest, 'headers'>): Result<EmbeddingCall, Fault> {
  const to = newComplaints();
  const native = nativeFields(body, KNOWN);
  const { model, models, gateway, user, sessionId } = readCommon(to, body, request.headers);
  const call: EmbeddingCall = {
    model,
    models,
    gateway,
    inputs: readInputs(to, body.input),
    ...present({
      encoding: readOneOf(to, body, 'encoding_format', VECTOR_ENCODINGS),
      dimensions: readNumber(to, body, 'dimensions', { min: 1, whole: true }),
      inputType: readString(to, body, 'input_type'),
      user,
      sessionId,
      native: native && { dialect: OPENAI_EMBEDDINGS, fields: native },
    }),
  };
  return to.first ? failed(to.first) : ok(call);
}

/** A text, token ids, or a list of texts, lists of token ids and multimodal inputs. */
function readInputs(to: Complaints, input: Json | undefined): EmbeddingInput[] {
  if (input === undefined || input === null) {
    complain(to, 'input', "Missing required parameter: 'input'.");
    return [];
  }
  if (!Array.isArray(input) || typeof input[0] === 'number') return [readInput(to, input, 'input')];
  if (input.length === 0) complain(to, 'input', "Invalid 'input': expected at least one input, but got none.");
  if (input.length > LIMITS.embedding_inputs_max) {
    const most = LIMITS.embedding_inputs_max;
    complain(to, 'input', `Invalid 'input': expected at most ${most} inputs, but got ${input.length} instead.`);
    return [];
  }
  return input.map((entry, at) => readInput(to, entry, `input[${at}]`));
}

const EMPTY: EmbeddingInput = { type: 'content', parts: [] };

function readInput(to: Complaints, entry: Json, path: string): EmbeddingInput {
  if (typeof entry === 'string') {
    if (entry === '') complain(to, path, `Invalid '${path}': an input cannot be an empty string.`);
    return { type: 'content', parts: [{ type: 'text', text: entry }] };
  }
  if (Array.isArray(entry)) {
    if (entry.length > 0 && entry.every(isToken)) return { type: 'tokens', tokens: entry as number[] };
    complain(to, path, `Invalid '${path}': expected a list of token ids.`);
    return EMPTY;
  }
  if (isObject(entry)) return { type: 'content', parts: readParts(to, entry.content, `${path}.content`) };
  wrongType(to, path, 'a string, a list of token ids or an object with content', entry);
  return EMPTY;
}

const isToken = (value: Json): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0;
