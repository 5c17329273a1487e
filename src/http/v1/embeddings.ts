import { assert } from '../../base/assert.ts';
import type { Fault } from '../../base/fault.ts';
import { PRODUCT } from '../../base/product.ts';
import { openaiEmbeddingsClient } from '../../dialects/openai-embeddings/index.ts';
import type { Receipt } from '../../facts/receipt.ts';
import { embed } from '../../gateway/embed.ts';
import { appOf, wantsLosses } from '../headers.ts';
import type { Route, RouteAnswer } from '../route.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** `POST /embeddings`: vectors for texts, token ids and other things to embed. */
export const embeddingsRoute: Route = {
  method: 'POST',
  path: '/embeddings',
  auth: 'inference',
  handle: async ({ body, headers, caller, query: { deployment } }, gateway) => {
    const receivedAt = gateway.world.now();
    const begunAt = gateway.world.elapsed();
    assert(caller, 'the route needs a key');
    const named = deployment === undefined ? body : { ...body, model: deployment };
    const call = openaiEmbeddingsClient.decodeCall(named, { headers });
    if (!call.ok) return refused(call.error, null);
    const id = gateway.world.newId('gen');
    const result = await embed(gateway, {
      id,
      call: call.value,
      clientDialect: openaiEmbeddingsClient.id,
      caller,
      app: appOf(headers),
      userAgent: headers['user-agent'] ?? null,
      receivedAt,
      begunAt,
    });
    if (result.kind === 'failed') return refused(result.fault, id);
    const { model, endpoint } = result.target;
    const json = openaiEmbeddingsClient.encodeReply(result.reply, {
      id,
      model: model.id,
      provider: endpoint.provider.name,
      call: call.value,
      ...(wantsLosses(headers) && { extra: lossesOf(result.receipt) }),
    });
    return { status: 200, text: JSON.stringify(json), contentType: JSON_TYPE, headers: { 'x-generation-id': id } };
  },
};

const lossesOf = ({ losses }: Receipt) => ({
  [PRODUCT.slug]: { losses: losses.map(({ field, reason }) => ({ field, reason })) },
});

function refused(value: Fault, id: string | null): RouteAnswer {
  const { status, body, headers } = openaiEmbeddingsClient.encodeFault(value, { id });
  const more = { ...headers, ...(id !== null && { 'x-generation-id': id }) };
  return { status, text: JSON.stringify(body), contentType: JSON_TYPE, headers: more };
}
