import type { Fault } from '../../base/fault.ts';
import { type Json, type JsonObject, objectOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { type EmbeddingCall, type EmbeddingInput, type EmbeddingReply, textOf } from '../../call/embedding.ts';
import type { UserPart } from '../../call/message.ts';
import {
  type Complaints,
  complain,
  newComplaints,
  present,
  readArray,
  readNumber,
  readString,
  readStrings,
} from '../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../call/read-gateway.ts';
import { promptTokens } from '../../call/usage.ts';
import { encodeBill } from '../bill.ts';
import { encodeFault } from '../cohere-client-fault.ts';
import type { AnswerContext, ClientRequest, OperationClient } from '../dialect.ts';
import { nativeFields } from '../openai-options.ts';
import { sourceOfUrl } from '../source-url.ts';
import { base64Of, numbersOf } from '../vectors.ts';
import { COHERE_EMBEDDINGS } from './name.ts';

const KNOWN: ReadonlySet<string> = new Set([
  ...COMMON_FIELDS,
  ...['texts', 'images', 'inputs', 'input_type', 'embedding_types', 'output_dimension'],
]);

/** Those that any host's vectors can be written in; the others are roundings that only Cohere makes. */
const TYPES: ReadonlySet<string> = new Set(['float', 'base64']);

/** `POST /v2/embed` as Cohere's SDKs speak it (Embed reference and cohere-ai 8.1, read 2026-11-29). */
export const cohereEmbedClient: OperationClient<'embeddings'> = {
  id: COHERE_EMBEDDINGS,
  decodeCall,
  encodeReply,
  encodeFault,
};

function decodeCall(body: JsonObject, { headers }: ClientRequest): Result<EmbeddingCall, Fault> {
  const to = newComplaints();
  const native = nativeFields(body, KNOWN);
  const { model, models, gateway, user, sessionId } = readCommon(to, body, headers);
  const types = readStrings(to, body, 'embedding_types') ?? ['float'];
  const unknown = types.find((type) => !TYPES.has(type));
  if (unknown !== undefined || types.length !== 1)
    complain(
      to,
      'embedding_types',
      `Invalid value for 'embedding_types': one of 'float' and 'base64' is supported, not ${JSON.stringify(types).slice(0, 100)}.`,
    );
  const call: EmbeddingCall = {
    model,
    models,
    gateway,
    inputs: readInputs(to, body),
    encoding: types[0] === 'base64' ? 'base64' : 'float',
    ...present({
      dimensions: readNumber(to, body, 'output_dimension', { min: 1, whole: true }),
      inputType: readString(to, body, 'input_type'),
      user,
      sessionId,
      native: native && { dialect: COHERE_EMBEDDINGS, fields: native },
    }),
  };
  return to.first ? failed(to.first) : ok(call);
}

/** Texts, images by their data URLs, or inputs of several parts: one of the three. */
function readInputs(to: Complaints, body: JsonObject): EmbeddingInput[] {
  const texts = readStrings(to, body, 'texts') ?? [];
  const images = readStrings(to, body, 'images') ?? [];
  const inputs = readArray(to, body, 'inputs') ?? [];
  if ([texts, images, inputs].filter(({ length }) => length > 0).length !== 1)
    complain(to, 'texts', "Exactly one of 'texts', 'images' and 'inputs' must be given.");
  const most = LIMITS.embedding_inputs_max;
  if (texts.length + images.length + inputs.length > most) {
    complain(to, 'texts', `At most ${most} inputs are supported.`);
    return [];
  }
  return [
    ...texts.map((text, at) => {
      if (text === '') complain(to, `texts[${at}]`, `Invalid 'texts[${at}]': an input cannot be an empty string.`);
      return content([{ type: 'text', text }]);
    }),
    ...images.map((url) => content([{ type: 'image', source: sourceOfUrl(url) }])),
    ...inputs.map((entry, at) => content(readParts(to, objectOf(entry), `inputs[${at}].content`))),
  ];
}

const content = (parts: readonly UserPart[]): EmbeddingInput => ({ type: 'content', parts });

function readParts(to: Complaints, input: JsonObject, path: string): UserPart[] {
  const parts = (readArray(to, input, 'content', path) ?? []).map(objectOf).flatMap((entry, at): UserPart[] => {
    const { url } = objectOf(entry.image_url);
    if (entry.type === 'text' && typeof entry.text === 'string') return [{ type: 'text', text: entry.text }];
    if (entry.type === 'image_url' && typeof url === 'string') return [{ type: 'image', source: sourceOfUrl(url) }];
    complain(to, `${path}[${at}].type`, `Invalid '${path}[${at}]': expected a text or an image_url.`);
    return [];
  });
  if (parts.length === 0) complain(to, path, `Missing required parameter: '${path}'.`);
  return parts;
}

function encodeReply({ vectors, usage, bill }: EmbeddingReply, answer: AnswerContext<'embeddings'>): Json {
  const { encoding, inputs } = answer.call;
  const texts = inputs.map(textOf);
  return {
    id: answer.id,
    response_type: 'embeddings_by_type',
    embeddings: encoding === 'base64' ? { base64: vectors.map(base64Of) } : { float: vectors.map(numbersOf) },
    texts: texts.every((text) => text !== undefined) ? texts : [],
    meta: {
      api_version: { version: '2' },
      ...(usage && {
        billed_units: { input_tokens: promptTokens(usage) },
        tokens: { input_tokens: promptTokens(usage) },
      }),
      ...(bill && encodeBill(bill)),
    },
    model: answer.model,
    provider: answer.provider,
    ...answer.extra,
  };
}
