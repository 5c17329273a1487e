import { type Fault, fault } from '../../base/fault.ts';
import { arrayOf, isObject, type Json, type JsonObject, objectOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { EmbeddingCall, EmbeddingInput, EmbeddingReply } from '../../call/embedding.ts';
import type { UserPart } from '../../call/message.ts';
import { type Complaints, complain, newComplaints, present, readNumber, readString } from '../../call/read.ts';
import { promptTokens } from '../../call/usage.ts';
import { camelKeys } from '../camel-keys.ts';
import type { ClientRequest, OperationClient } from '../dialect.ts';
import { encodeGeminiFault } from '../gemini-fault.ts';
import { readMedia } from '../gemini-media.ts';
import { numbersOf } from '../vectors.ts';
import { GEMINI_EMBEDDINGS } from './name.ts';

type Method = 'embedContent' | 'batchEmbedContents';

/** `models/{model}:embedContent`, as Google's SDKs speak it: one input, one vector. */
export const geminiEmbedContentClient = clientOf('embedContent');
/** `models/{model}:batchEmbedContents`. */
export const geminiBatchEmbedContentsClient = clientOf('batchEmbedContents');

function clientOf(method: Method): OperationClient<'embeddings'> {
  return {
    id: GEMINI_EMBEDDINGS,
    decodeCall: (body, request) => decodeEmbedding(body, request, method),
    encodeReply: (reply) => encodeEmbedding(reply, method),
    encodeFault: encodeGeminiFault,
  };
}

/** The model stands in the path, before the method. */
function decodeEmbedding(body: JsonObject, { params }: ClientRequest, method: Method): Result<EmbeddingCall, Fault> {
  const tail = params['*'] ?? '';
  const at = tail.lastIndexOf(':');
  if (at < 1) return failed(fault('not_found', `Use models/{model}:${method}.`));
  const to = newComplaints();
  const requests = method === 'embedContent' ? [camelKeys(body)] : arrayOf(body.requests).map(objectOf).map(camelKeys);
  if (requests.length === 0 || requests.length > LIMITS.embedding_inputs_max)
    complain(to, 'requests', `Send between 1 and ${LIMITS.embedding_inputs_max} requests.`);
  const inputs = requests.map((request, place) => readInput(to, request.content, `requests[${place}].content`));
  const options = readOptions(to, requests);
  if (to.first) return failed(to.first);
  return ok({ model: tail.slice(0, at), models: [], inputs, encoding: 'float', gateway: {}, ...options });
}

/** Our calls have one purpose and one length for all their inputs. */
function readOptions(to: Complaints, requests: readonly JsonObject[]): Partial<EmbeddingCall> {
  const [first = {}, ...others] = requests.map((request) => ({ ...request, ...objectOf(request.embedContentConfig) }));
  for (const field of ['taskType', 'outputDimensionality'] as const)
    if (others.some((other: JsonObject) => other[field] !== (first as JsonObject)[field]))
      complain(to, `requests[].${field}`, `'${field}' must be the same in all requests.`);
  return present({
    inputType: readString(to, first, 'taskType'),
    dimensions: readNumber(to, first, 'outputDimensionality', { min: 1, whole: true }),
  });
}

function readInput(to: Complaints, content: Json | undefined, path: string): EmbeddingInput {
  const parts: UserPart[] = [];
  for (const entry of arrayOf(objectOf(content).parts)) {
    const part = isObject(entry) ? camelKeys(entry) : {};
    if (typeof part.text === 'string') {
      if (part.text !== '') parts.push({ type: 'text', text: part.text });
      continue;
    }
    const media = readMedia(withCamelMedia(part));
    if (media) parts.push(media);
    else complain(to, path, `'${path}' holds a part that cannot be embedded.`);
  }
  if (parts.length === 0) complain(to, path, `'${path}' must have parts that are not empty.`);
  return { type: 'content', parts };
}

const withCamelMedia = (part: JsonObject): JsonObject => ({
  ...part,
  ...(isObject(part.inlineData) && { inlineData: camelKeys(part.inlineData) }),
  ...(isObject(part.fileData) && { fileData: camelKeys(part.fileData) }),
});

/** `{embedding}` or `{embeddings}`, with what was counted. */
function encodeEmbedding({ vectors, usage }: EmbeddingReply, method: Method): Json {
  const counted = usage && { usageMetadata: { promptTokenCount: promptTokens(usage) } };
  const embeddings = vectors.map((vector) => ({
    get values() {
      return numbersOf(vector);
    },
  }));
  return method === 'embedContent' ? { embedding: embeddings[0] ?? null, ...counted } : { embeddings, ...counted };
}
