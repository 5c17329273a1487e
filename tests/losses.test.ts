/** Where a program of each dialect learns what its call lost on the way, and how it can refuse to lose anything. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { JsonObject } from '../src/base/json.ts';
import { API_KEY, startGateway } from './gateway-process.ts';
import { SPEAKERS, speak } from './speakers.ts';

/** The Responses API has no `top_k`; Ollama caches without breakpoints, which is no parameter. */
const LOSING = { provider: { only: ['sandbox/responses'] } };
const BREAKPOINT = { cache_control: { type: 'ephemeral' } };
const servedBy = (...tags: string[]): JsonObject => ({ provider: { only: tags, order: tags } });

const gateway = await startGateway();
after(() => gateway.stop());

const lossesIn = (text: string): string[] =>
  [...text.matchAll(/"losses":(\[[^\]]*\])/g)].map(([, list]) => String(list));

async function receiptOf(
  id: string | null,
): Promise<{ losses: { field: string }[]; provider_name: string; model: string }> {
  const response = await fetch(`${gateway.base}/generation?id=${id}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  return ((await response.json()) as { data: { losses: { field: string }[]; provider_name: string; model: string } })
    .data;
}

for (const speaker of SPEAKERS)
  for (const stream of [false, true])
    describe(`${speaker.client.dialect.id}, ${stream ? 'streamed' : 'whole'}`, () => {
      const model = 'sandbox/echo';
      const ask = (body: JsonObject, headers = {}) =>
        speak(gateway.origin, speaker, model, stream, { body: { generationConfig: undefined, ...body }, headers });
      const { model: _, ...topK } = speaker.client.ask('sampling: top_k') ?? {};
      const askTopK = (body: JsonObject, headers = {}) => ask({ ...topK, ...body }, headers);

      test('who does not ask is not told in the answer, but the receipt knows', async () => {
        const { status, text, told, id } = await askTopK(LOSING);
        assert.equal(status, 200);
        assert.equal(told.choices[0]?.text, 'Hello');
        assert.deepEqual(lossesIn(text), []);
        assert.deepEqual(
          (await receiptOf(id)).losses.map(({ field }) => field),
          ['top_k'],
        );
      });

      test('by header or by debug the losses stand in the answer, once', async () => {
        for (const [body, headers] of [
          [LOSING, { 'X-Switchwright-Losses': '1' }],
          [{ ...LOSING, debug: {} }, {}],
        ] as const) {
          const { text } = await askTopK(body, headers);
          const [told = '', ...others] = lossesIn(text);
          assert.deepEqual(others, []);
          assert.deepEqual(JSON.parse(told), [{ field: 'top_k', reason: 'the Responses API has no such parameter' }]);
        }
      });

      test('with require_parameters the endpoint is passed over, and none is an error that names the parameter', async () => {
        const both = servedBy('sandbox/responses', 'sandbox/cohere').provider as JsonObject;
        const elsewhere = await askTopK({ provider: { ...both, require_parameters: true } });
        assert.equal(elsewhere.status, 200);
        assert.deepEqual((await receiptOf(elsewhere.id)).losses, []);
        const nowhere = await askTopK({ provider: { only: ['sandbox/responses'], require_parameters: true } });
        assert.equal(nowhere.status >= 400 && nowhere.status < 500, true);
        assert.match(nowhere.told.error?.message ?? '', /top_k/);
      });

      test('a strict call loses nothing: what is no parameter refuses an endpoint too', async () => {
        const lenient = await ask({ ...servedBy('sandbox/ollama'), ...BREAKPOINT });
        assert.equal(lenient.status, 200);
        const strict = { 'X-Switchwright-Strict': '1' };
        const elsewhere = await ask({ ...servedBy('sandbox/ollama', 'sandbox/anthropic'), ...BREAKPOINT }, strict);
        assert.equal(elsewhere.status, 200);
        assert.deepEqual((await receiptOf(elsewhere.id)).losses, []);
        const nowhere = await ask({ ...servedBy('sandbox/ollama'), ...BREAKPOINT }, strict);
        assert.equal(nowhere.status, 400);
        assert.match(nowhere.told.error?.message ?? '', /cache_control/);
      });
    });
