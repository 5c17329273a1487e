/** Embeddings through the running gateway, as the clients' own libraries see them. */
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { GoogleGenAI } from '@google/genai';
import { OpenRouter } from '@openrouter/sdk';
import OpenAI from 'openai';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { catalogueOf, startUpstream, vectorOf } from './upstream.ts';

const upstream = await startUpstream();
const gateway = await startGateway({ catalogue: catalogueOf(upstream.port) });
const client = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY, maxRetries: 0 });
after(async () => {
  await gateway.stop();
  upstream.close();
});
beforeEach(() => {
  upstream.seen.length = 0;
});

type Told = {
  readonly id: string;
  readonly model: string;
  readonly provider: string;
  readonly data: readonly { readonly index: number; readonly embedding: number[] }[];
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number; readonly cost: number };
  readonly error?: { readonly code: number; readonly message: string; readonly metadata: { readonly class: string } };
  readonly switchwright?: { readonly losses: readonly { readonly field: string }[] };
};

async function post(body: object, headers: { [name: string]: string } = {}): Promise<[number, Told]> {
  const response = await fetch(`${gateway.base}/embeddings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return [response.status, (await response.json()) as Told];
}

async function generation(id: string): Promise<{ readonly [name: string]: unknown }> {
  const response = await fetch(`${gateway.base}/generation?id=${id}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { data: { [name: string]: unknown } }).data;
}

const texts = (count: number): string[] => Array.from({ length: count }, (_, at) => 'x'.repeat(1 + (at % 50)));

test('the OpenAI client gets numbers out of the base64 that it asks for by default', async () => {
  const answer = await client.embeddings.create({ model: 'my/plain', input: ['a', 'bcd'] });
  assert.deepEqual(
    answer.data.map(({ embedding }) => [...embedding]),
    [vectorOf('a'), vectorOf('bcd')],
  );
  assert.equal(answer.model, 'my/plain');
  assert.deepEqual([answer.usage.prompt_tokens, answer.usage.total_tokens], [20, 20]);
  assert.deepEqual(upstream.seen[0], {
    path: '/embeddings',
    body: { model: 'plain', input: ['a', 'bcd'], encoding_format: 'base64' },
  });
});

test('the OpenAI client gets both forms from a vendor that knows only numbers', async () => {
  for (const encoding_format of [undefined, 'float', 'base64'] as const) {
    const answer = await client.embeddings.create({
      model: 'my/batches',
      input: 'abcd',
      dimensions: 3,
      ...(encoding_format && { encoding_format }),
    });
    const [first] = answer.data;
    assert(first);
    const text: unknown = first.embedding;
    const numbers =
      typeof text === 'string' ? new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer) : first.embedding;
    assert.deepEqual([...numbers], vectorOf('abcd'), encoding_format ?? 'by default');
    assert.equal(typeof text === 'string', encoding_format === 'base64');
  }
  assert.equal(upstream.seen[0]?.body.output_dimension, 3);
});

test('OpenRouter’s validating client accepts the answer, its usage and its cost', async () => {
  const router = new OpenRouter({ serverURL: gateway.base, apiKey: API_KEY });
  const answer = await router.embeddings.generate({ requestBody: { model: 'my/plain', input: ['a', 'b'] } });
  assert(typeof answer === 'object');
  assert.deepEqual(answer.data[1]?.embedding, vectorOf('b'));
  assert.equal(answer.usage?.cost, 20 * 0.001);
});

test('a call is settled and recorded like any other', async () => {
  const [status, told] = await post(
    { model: 'my/plain', input: ['a'], user: 'u-1', session_id: 's-1' },
    { 'http-referer': 'https://app.example', 'x-title': 'App' },
  );
  assert.equal(status, 200);
  assert.equal(told.provider, 'good');
  assert.equal(told.usage.cost, 0.01);
  const recorded = await generation(told.id);
  assert.equal(recorded.api_type, 'embeddings');
  assert.equal(recorded.total_cost, 0.01);
  assert.equal(recorded.tokens_prompt, 10);
  assert.equal(recorded.tokens_completion, 0);
  assert.equal(recorded.origin, 'https://app.example');
  assert.deepEqual([recorded.external_user, recorded.session_id], ['u-1', 's-1']);
});

test('a failure falls back to the next endpoint, then to the next model', async () => {
  const provider = { order: ['down', 'good'] };
  const [status, told] = await post({ model: 'my/fallback', input: 'abc', provider });
  assert.equal(status, 200);
  assert.deepEqual(told.data[0]?.embedding, vectorOf('abc'));
  assert.equal(told.provider, 'good');
  const [, next] = await post({ model: 'my/broken', models: ['my/plain'], input: 'abc' });
  assert.equal(next.model, 'my/plain');
  const attempts = (await generation(next.id)).provider_responses as { status: number }[];
  assert.equal(attempts.at(0)?.status, 503);
  assert.equal(attempts.at(-1)?.status, 200);
});

test('more inputs than a vendor takes at once become several requests and one bill', async () => {
  const input = texts(200);
  const [status, told] = await post({ model: 'my/batches', input });
  assert.equal(status, 200);
  assert.deepEqual(
    upstream.seen.map(({ body }) => (body.texts as string[]).length),
    [96, 96, 8],
  );
  assert.deepEqual(
    told.data.map(({ embedding }) => embedding),
    input.map(vectorOf),
  );
  assert.equal(told.usage.prompt_tokens, 200);
  assert.equal(told.usage.cost, 0.2);
  assert.equal(((await generation(told.id)).provider_responses as unknown[]).length, 3);

  upstream.seen.length = 0;
  const [, one] = await post({ model: 'my/titan', input: ['a', 'bc', 'def'] });
  assert.deepEqual(
    upstream.seen.map(({ body }) => body),
    [{ inputText: 'a' }, { inputText: 'bc' }, { inputText: 'def' }],
  );
  assert.deepEqual(
    one.data.map(({ index, embedding }) => [index, embedding[0]]),
    [0, 1, 2].map((at) => [at, at + 1]),
  );
  assert.equal(one.usage.prompt_tokens, 21);
});

test('what breaks off half way is begun anew elsewhere: vectors of two endpoints never mix', async () => {
  const input = texts(100);
  const [status, told] = await post({ model: 'my/half', input, provider: { order: ['half', 'good'] } });
  assert.equal(status, 200);
  assert.equal(told.provider, 'good');
  assert.deepEqual(
    upstream.seen.map(({ body }) => ((body.texts ?? body.input) as string[]).length),
    [96, 4, 4, 100],
  );
  assert.equal(told.data.length, 100);
  assert.equal(told.usage.prompt_tokens, 1000);
});

test('a request that answers with a vector too few spoils a call of several', async () => {
  const [status, told] = await post({ model: 'my/short', input: texts(100) });
  assert.equal(status, 502);
  assert.match(told.error?.message ?? '', /95 vectors for 96 inputs/);
});

test('nor is a single answer with a vector too few taken for one: nobody knows whose is missing', async () => {
  const [status, told] = await post({ model: 'my/short', input: texts(2) });
  assert.equal(status, 502);
  assert.match(told.error?.message ?? '', /1 vectors for 2 inputs/);
});

test('too many inputs for a vendor that takes one at a time are refused before anything is sent', async () => {
  const [status, told] = await post({ model: 'my/titan', input: texts(65) });
  assert.equal(status, 400);
  assert.match(told.error?.message ?? '', /at most 64 in one call/);
  assert.equal(upstream.seen.length, 0);
});

test('tokens that nobody counted are estimated, and the record says so', async () => {
  const [, told] = await post({ model: 'my/uncounted', input: ['x'.repeat(400), 'y'.repeat(40)] });
  assert.equal(told.usage.prompt_tokens, 97);
  assert.equal((await generation(told.id)).usage_source, 'estimate');
  const [, counted] = await post({ model: 'my/plain', input: 'a' });
  assert.equal((await generation(counted.id)).usage_source, 'provider');
});

test('what a dialect cannot carry is told, or refuses the endpoint where the caller insists', async () => {
  const body = { model: 'my/titan', input: 'a', input_type: 'search_query', normalize: false };
  const [status, told] = await post(body, { 'x-switchwright-losses': '1' });
  assert.equal(status, 200);
  assert.deepEqual(told.switchwright?.losses.map(({ field }) => field).sort(), ['input_type', 'normalize']);
  const [refused] = await post({ ...body, provider: { require_parameters: true } });
  assert.equal(refused, 400);
});

test('refusals come in the API’s envelope', async () => {
  const cases: readonly (readonly [object, number, RegExp])[] = [
    [{ model: 'my/plain' }, 400, /Missing required parameter: 'input'/],
    [{ input: 'a' }, 400, /No model was given/],
    [{ input: 'a', model: ' ' }, 400, /No model was given/],
    [{ model: 'my/none', input: 'a' }, 400, /not a valid model ID/],
    [{ model: 'my/chat', input: 'a' }, 400, /my\/chat answers elsewhere/],
    [{ model: 'my/plain', input: 'x'.repeat(5_000) }, 400, /maximum context length/],
    [
      {
        model: 'my/plain',
        input: [{ content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] }],
      },
      404,
      /image input/,
    ],
    [{ model: 'my/broken', input: 'a' }, 503, /Out of order/],
    [{ model: 'my/strict', input: 'a' }, 400, /may not be embedded/],
  ];
  for (const [body, expected, message] of cases) {
    const [status, { error }] = await post(body);
    assert.equal(status, expected, JSON.stringify(body).slice(0, 100));
    assert.equal(error?.code, expected);
    assert.match(error?.message ?? '', message);
    assert(error?.metadata.class);
  }
  assert.equal((await post({ model: 'my/plain', input: 'a' }, { authorization: 'Bearer nobody' }))[0], 401);
  assert.equal((await post({ model: 'my/plain', input: 'a' }, { authorization: `Bearer ${MANAGEMENT_KEY}` }))[0], 403);
});

test('a key’s limit holds before anything is sent', async () => {
  const manager = new OpenRouter({ serverURL: gateway.base, apiKey: MANAGEMENT_KEY });
  const { key } = await manager.apiKeys.create({ requestBody: { name: 'small', limit: 0.1 } });
  const body = { model: 'my/plain', input: 'a text of forty letters, give or take' };
  assert.equal((await post(body, { authorization: `Bearer ${key}` }))[0], 200);
  assert.equal((await post({ ...body, input: 'x'.repeat(200) }, { authorization: `Bearer ${key}` }))[0], 402);
  assert.equal(upstream.seen.length, 1);
});

test('the sandbox embeds without any key', async () => {
  const [status, told] = await post({ model: 'sandbox/embed', input: ['a cat', 'a cat sat'], dimensions: 8 });
  assert.equal(status, 200);
  assert.equal(told.data[1]?.embedding.length, 8);
  assert.equal(told.usage.cost, 0);
});

test('Google’s client embeds lists and single things, under its own words for purpose and length', async () => {
  const origin = gateway.base.replace(/\/v1$/, '');
  const google = new GoogleGenAI({
    apiKey: API_KEY,
    httpOptions: { baseUrl: origin, retryOptions: { attempts: 1 } },
  });
  const many = await google.models.embedContent({
    model: 'my/plain',
    contents: ['a', 'bcd'],
    config: { outputDimensionality: 3 },
  });
  assert.deepEqual(
    many.embeddings?.map(({ values }) => values),
    [vectorOf('a'), vectorOf('bcd')],
  );
  assert.equal(upstream.seen[0]?.body.dimensions, 3);
  const single = (model: string, body: object): Promise<Response> =>
    fetch(`${origin}/v1beta/models/${model}:embedContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': API_KEY, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const one = await single('my/plain', { content: { parts: [{ text: 'ab' }] }, task_type: 'RETRIEVAL_QUERY' });
  const told = (await one.json()) as { embedding: { values: number[] }; usageMetadata: { promptTokenCount: number } };
  assert.deepEqual(told, { embedding: { values: vectorOf('ab') }, usageMetadata: { promptTokenCount: 10 } });
  assert.equal((await generation(one.headers.get('x-generation-id') ?? '')).native_tokens_prompt, 10);
  const empty = await single('my/plain', { content: { parts: [] } });
  assert.equal(empty.status, 400);
  assert.equal(((await empty.json()) as { error: { status: string } }).error.status, 'INVALID_ARGUMENT');
  await assert.rejects(google.models.embedContent({ model: 'my/nothing', contents: 'a' }), /not a valid model/);
});
