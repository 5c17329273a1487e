import { type Fault, fault } from '../../base/fault.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { EmbeddingCall, EmbeddingInput, EmbeddingReply } from '../../call/embedding.ts';
import { type Complaints, complain, newComplaints, present, readNumber, wrongType } from '../../call/read.ts';
import { COMMON_FIELDS, readCommon } from '../../call/read-gateway.ts';
import { promptTokens } from '../../call/usage.ts';
import type { AnswerContext, ClientRequest, OperationClient } from '../dialect.ts';
import { encodeFault } from '../ollama-client-fault.ts';
import { encodeUsage } from '../openai-client-usage.ts';
import { numbersOf } from '../vectors.ts';

/** As receipts name it. */
const OLLAMA_EMBEDDINGS = 'ollama-embeddings';

/** What a route calls its input, and how it answers. */
type Route = {
  readonly field: 'input' | 'prompt';
  readonly write: (vectors: readonly (readonly number[])[]) => JsonObject;
};

/** `POST /api/embed`: a text or a list of texts, and as many vectors (docs/api.md of ollama/ollama, read 2026-11-29). */
export const ollamaEmbedClient = clientOf({ field: 'input', write: (vectors) => ({ embeddings: vectors }) });
/** `POST /api/embeddings`, its predecessor: one text, one vector. */
export const ollamaEmbeddingsClient = clientOf({ field: 'prompt', write: ([first = []]) => ({ embedding: first }) });

function clientOf(route: Route): OperationClient<'embeddings'> {
  return {
    id: OLLAMA_EMBEDDINGS,
    decodeCall: (body, request) => decodeCall(body, request, route),
    encodeReply: (reply, answer) => encodeReply(reply, answer, route),
    encodeFault,
    // No input only loads the model into Ollama's memory.
    unasked: ({ inputs }, answer) => (inputs.length > 0 ? null : { model: answer.model, ...route.write([]) }),
  };
}

/** Not told to any vendor: models are not kept in memory here, and every vendor cuts off what is too long, or refuses it. */
const UNTOLD = ['keep_alive'];

function decodeCall(body: JsonObject, { headers }: ClientRequest, { field }: Route): Result<EmbeddingCall, Fault> {
  const to = newComplaints();
  const { model, models, gateway, user, sessionId } = readCommon(to, body, headers);
  if (model === null || model === '') to.first ??= fault('invalid_request', 'model is required', { param: 'model' });
  const modelled = new Set([...COMMON_FIELDS, ...UNTOLD, field, 'dimensions']);
  const native = Object.entries(body).filter(([name, value]) => !modelled.has(name) && value !== null);
  const dimensions = readNumber(to, body, 'dimensions', { min: 0, whole: true });
  const call: EmbeddingCall = {
    model,
    models,
    gateway,
    inputs: readInputs(to, body[field], field),
    encoding: 'float',
    ...present({
      // Ollama's programs write 0 where nobody set it.
      dimensions: dimensions === 0 ? undefined : dimensions,
      user,
      sessionId,
      native: native.length === 0 ? undefined : { dialect: OLLAMA_EMBEDDINGS, fields: Object.fromEntries(native) },
    }),
  };
  return to.first ? failed(to.first) : ok(call);
}

function readInputs(to: Complaints, input: Json | undefined, field: string): EmbeddingInput[] {
  if (input === undefined || input === null || input === '') return [];
  const list = field === 'input' && Array.isArray(input) ? input : [input];
  if (list.length > LIMITS.embedding_inputs_max)
    complain(to, field, `${field} holds more than ${LIMITS.embedding_inputs_max} texts.`);
  return list.map((entry, at) => {
    const path = list === input ? `${field}[${at}]` : field;
    if (typeof entry !== 'string') wrongType(to, path, 'a string', entry);
    else if (entry === '') complain(to, path, `${path} is an empty text.`);
    return { type: 'content', parts: [{ type: 'text', text: typeof entry === 'string' ? entry : '' }] };
  });
}

function encodeReply(reply: EmbeddingReply, answer: AnswerContext<'embeddings'>, { field, write }: Route): Json {
  const vectors = write(reply.vectors.map(numbersOf));
  const { usage, bill } = reply;
  const counted = usage && { usage: encodeUsage(usage, bill) };
  if (field === 'prompt') return { ...vectors, ...counted, ...answer.extra };
  const spent = Math.max(0, (answer.now?.() ?? 0) - (answer.receivedAt ?? 0)) * 1_000_000;
  return {
    model: answer.model,
    ...vectors,
    total_duration: spent,
    load_duration: 0,
    ...(usage && { prompt_eval_count: promptTokens(usage) }),
    ...counted,
    ...answer.extra,
  };
}
