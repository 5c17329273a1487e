import type { FastifyReply, FastifyRequest } from 'fastify';
import { assert } from '../base/assert.ts';
import { fault } from '../base/fault.ts';
import { parseBody } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import type { WireHeaders } from '../base/world.ts';
import { decodeCountTokens, encodeTokenCount, geminiClient, geminiListClient } from '../dialects/gemini/index.ts';
import { decodeEmbedding, EMBED_METHODS, encodeEmbedding } from '../dialects/gemini-embeddings/client.ts';
import { GEMINI_EMBEDDINGS } from '../dialects/gemini-embeddings/name.ts';
import type { Caller } from '../facts/caller.ts';
import { embed } from '../gateway/embed.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { contain, refuseIn, sendJson } from './answers.ts';
import { countTokensHandler } from './count-tokens.ts';
import { appOf } from './headers.ts';
import { inferenceHandler } from './inference.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => void;

/** Everything below `models/` that is posted, as Google's SDKs know it: the method stands behind the model's name. */
export function geminiModelsHandler(gateway: Gateway): Handler {
  const generate = inferenceHandler(geminiClient, gateway);
  const list = inferenceHandler(geminiListClient, gateway);
  const count = countTokensHandler(
    { dialect: geminiClient, decode: decodeCountTokens, encode: (tokens) => encodeTokenCount(tokens) },
    gateway,
  );
  const embedding = embeddingHandler(gateway);
  return (request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    if (path.endsWith(':countTokens')) return count(request, reply);
    if (EMBED_METHODS.some((method) => path.endsWith(`:${method}`))) return embedding(request, reply);
    const isList = path.endsWith(':streamGenerateContent') && !/[?&]alt=sse(?:&|$)/.test(request.url);
    return isList ? list(request, reply) : generate(request, reply);
  };
}

function embeddingHandler(gateway: Gateway): Handler {
  return (request, reply) => {
    const receivedAt = gateway.world.now();
    reply.hijack();
    contain({ gateway, dialect: geminiClient, reply }, () => {
      const { caller } = request;
      assert(caller, 'an inference route admits callers only');
      answer({ gateway, request, reply, caller, receivedAt }).catch((cause: unknown) => {
        gateway.log('a call failed inside', cause);
        refuseIn(geminiClient, reply, fault('server', 'Internal Server Error'));
      });
    });
  };
}

type Exchange = {
  readonly gateway: Gateway;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly caller: Caller;
  readonly receivedAt: number;
};

async function answer({ gateway, request, reply, caller, receivedAt }: Exchange): Promise<void> {
  const headers = request.headers as WireHeaders;
  const body = parseBody((request.body as Buffer | undefined) ?? Buffer.alloc(0), LIMITS.nesting_max);
  if (!body.ok) return refuseIn(geminiClient, reply, body.error);
  const asked = decodeEmbedding(body.value, { headers, params: request.params as { [name: string]: string } });
  if (!asked.ok) return refuseIn(geminiClient, reply, asked.error);
  const { call, method } = asked.value;
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
  });
  if (result.kind === 'failed') return refuseIn(geminiClient, reply, result.fault, { id });
  sendJson(reply, JSON.stringify(encodeEmbedding(result.reply, method)), { 'x-generation-id': id });
}
