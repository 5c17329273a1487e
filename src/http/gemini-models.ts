import { fault } from '../base/fault.ts';
import { parseReceived } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { decodeCountTokens, encodeTokenCount, geminiClient, geminiListClient } from '../dialects/gemini/index.ts';
import { decodeEmbedding, EMBED_METHODS, encodeEmbedding } from '../dialects/gemini-embeddings/client.ts';
import { GEMINI_EMBEDDINGS } from '../dialects/gemini-embeddings/name.ts';
import { embed } from '../gateway/embed.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { KeptThoughts } from '../gateway/kept-thoughts.ts';
import type { Answering } from './answering.ts';
import { contain, refuseIn, sendJson } from './answers.ts';
import { countTokensHandler } from './count-tokens.ts';
import { appOf } from './headers.ts';
import { type InferenceHandler, type InferenceRequest, inferenceHandler } from './inference.ts';

/** Everything below `models/` that is posted, as Google's SDKs know it: the method stands behind the model's name. */
export function geminiModelsHandler(gateway: Gateway, thoughts: KeptThoughts): InferenceHandler {
  const generate = inferenceHandler(geminiClient, gateway, thoughts);
  const list = inferenceHandler(geminiListClient, gateway, thoughts);
  const count = countTokensHandler(
    { dialect: geminiClient, decode: decodeCountTokens, encode: (tokens) => encodeTokenCount(tokens) },
    gateway,
  );
  const embedding = embeddingHandler(gateway);
  return (request, response) => {
    const path = request.url.split('?')[0] ?? '';
    if (path.endsWith(':countTokens')) return count(request, response);
    if (EMBED_METHODS.some((method) => path.endsWith(`:${method}`))) return embedding(request, response);
    const isList = path.endsWith(':streamGenerateContent') && !/[?&]alt=sse(?:&|$)/.test(request.url);
    return isList ? list(request, response) : generate(request, response);
  };
}

function embeddingHandler(gateway: Gateway): InferenceHandler {
  return (request, response) => {
    const receivedAt = gateway.world.now();
    const begunAt = gateway.world.elapsed();
    contain({ gateway, dialect: geminiClient, response }, () => {
      answer({ gateway, request, response, receivedAt, begunAt }).catch((cause: unknown) => {
        gateway.log('a call failed inside', cause);
        refuseIn(geminiClient, response, fault('server', 'Internal Server Error'));
      });
    });
  };
}

type Exchange = {
  readonly gateway: Gateway;
  readonly request: InferenceRequest;
  readonly response: Answering;
  readonly receivedAt: number;
  readonly begunAt: number;
};

async function answer({ gateway, request, response, receivedAt, begunAt }: Exchange): Promise<void> {
  const { headers, params, caller } = request;
  const body = parseReceived(request.body, LIMITS.nesting_max);
  if (!body.ok) return refuseIn(geminiClient, response, body.error);
  const asked = decodeEmbedding(body.value.value, { headers, params });
  if (!asked.ok) return refuseIn(geminiClient, response, asked.error);
  const { method } = asked.value;
  const { blobs } = body.value;
  const call = blobs.length > 0 ? { ...asked.value.call, blobs } : asked.value.call;
  const id = gateway.world.newId('gen');
  const userAgent = headers['user-agent'] ?? null;
  const app = appOf(headers);
  const result = await embed(gateway, {
    id,
    call,
    clientDialect: GEMINI_EMBEDDINGS,
    caller,
    app,
    userAgent,
    receivedAt,
    begunAt,
  });
  if (result.kind === 'failed') return refuseIn(geminiClient, response, result.fault, { id });
  sendJson(response, JSON.stringify(encodeEmbedding(result.reply, method)), { 'x-generation-id': id });
}
