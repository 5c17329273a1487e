/** Ranking through the running gateway, as the clients' own libraries see it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, beforeEach, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { OpenRouter } from '@openrouter/sdk';
import { API_KEY, MANAGEMENT_KEY, skipReason, startGateway } from '../gateway-process.ts';
import { installPackage } from '../sdks/npm.ts';
import { pythonWithRankers } from '../sdks/python.ts';
import { catalogueOf, startUpstream } from './upstream.ts';

const upstream = await startUpstream();
const gateway = await startGateway({ catalogue: catalogueOf(upstream.port) });
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
  readonly results: readonly { index: number; relevance_score: number; document?: { text?: string; image?: string } }[];
  readonly usage: { readonly search_units?: number; readonly total_tokens?: number; readonly cost: number };
  readonly error?: { readonly code: number; readonly message: string; readonly param?: string };
  readonly switchwright?: { readonly losses: readonly { readonly field: string }[] };
};

async function post(body: object, path = '/rerank', headers: { [name: string]: string } = {}): Promise<[number, Told]> {
  const response = await fetch(gateway.base + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: 'long', documents: DOCUMENTS, ...body }),
  });
  return [response.status, (await response.json()) as Told];
}
const DOCUMENTS = ['short', 'the longest of them', 'longer one'];

async function generation(id: string): Promise<{ readonly [name: string]: unknown }> {
  const response = await fetch(`${gateway.base}/generation?id=${id}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  assert.equal(response.status, 200);
  return ((await response.json()) as { data: { [name: string]: unknown } }).data;
}

test('the best documents come first, each with its text, and tokens are paid for', async () => {
  const [status, told] = await post({ model: 'my/tokens', top_n: 2 });
  assert.equal(status, 200, JSON.stringify(told));
  const { id, ...rest } = told;
  assert.match(id, /^gen-/);
  assert.deepEqual(rest, {
    model: 'my/tokens',
    provider: 'jina',
    results: [
      { index: 1, relevance_score: 0.019, document: { text: 'the longest of them' } },
      { index: 2, relevance_score: 0.01, document: { text: 'longer one' } },
    ],
    usage: { total_tokens: 30, cost: 0.03, is_byok: false, cost_details: rest.usage && COSTS },
  });
  const record = await generation(id);
  assert.equal(record.api_type, 'rerank');
  assert.equal(record.total_cost, 0.03);
  assert.equal(record.tokens_prompt, 30);
});
const COSTS = {
  upstream_inference_cost: null,
  upstream_inference_prompt_cost: 0.03,
  upstream_inference_completions_cost: 0,
};

test('search units are paid for as the vendor counts them; documents are left out where they are not wanted', async () => {
  const [status, told] = await post({ model: 'my/units', return_documents: false });
  assert.equal(status, 200, JSON.stringify(told));
  assert.deepEqual(
    told.results.map(({ index, document }) => [index, document]),
    [
      [1, undefined],
      [2, undefined],
      [0, undefined],
    ],
  );
  assert.equal(told.usage.search_units, 3);
  assert.equal(told.usage.cost, 1.5);
});

test('where nobody counts, or counts what cannot be, our estimate is paid for: a unit for each hundred documents', async () => {
  for (const [model, count, cost] of [
    ['my/uncounted', 100, 0.5],
    ['my/uncounted', 101, 1],
    ['my/boastful', 3, 0.5],
  ] as const) {
    const [status, told] = await post({ model, documents: new Array(count).fill('one document') });
    assert.equal(status, 200, JSON.stringify(told));
    assert.equal(told.usage.cost, cost, `${model} with ${count}`);
  }
  const long = Array.from({ length: 60 }, () => 'many words in one document '.repeat(150));
  const [, told] = await post({ model: 'my/uncounted', documents: long });
  assert.equal(told.usage.cost, 1, 'a document of more than five hundred tokens counts as several');
});

test('more documents than a host takes at once go in several requests and are ranked together', async () => {
  const documents = Array.from({ length: 100 }, (_, at) => 'x'.repeat(1 + ((at * 37) % 101)));
  const [status, told] = await post({ model: 'my/batches', documents, top_n: 5 });
  assert.equal(status, 200, JSON.stringify(told));
  assert.deepEqual(
    upstream.seen.map(({ body }) => (body.texts as string[]).length),
    [32, 32, 32, 4],
  );
  const expected = documents
    .map((text, index) => ({ index, length: text.length }))
    .sort((one, other) => other.length - one.length)
    .slice(0, 5);
  assert.deepEqual(
    told.results.map(({ index, document }) => ({ index, length: document?.text?.length })),
    expected,
  );
});

test('2,049 documents are too many for a host that takes 32 at a time, and 10,001 for everybody', async () => {
  const [status, told] = await post({ model: 'my/batches', documents: new Array(2_049).fill('x') });
  assert.equal(status, 400);
  assert.match(told.error?.message ?? '', /takes 32 documents at a time: at most 2048 in one call/);
  const [refused, words] = await post({ model: 'my/units', documents: new Array(10_001).fill('x') });
  assert.equal(refused, 400);
  assert.match(words.error?.message ?? '', /at most 10000 documents, but got 10001/);
  assert.equal(upstream.seen.length, 0);
});

test('another host is asked where one is down or names documents there are not', async () => {
  for (const model of ['my/fallback', 'my/wild']) {
    const [status, told] = await post({ model });
    assert.equal(status, 200, JSON.stringify(told));
    assert.equal(told.provider, 'cohere');
  }
  const [status, told] = await post({ model: 'my/broken' });
  assert.equal(status, 503);
  assert.match(told.error?.message ?? '', /Out of order/);
});

test('hosts with a price by token and by search unit are compared by what the call will cost', async () => {
  for (const [model, provider] of [
    ['my/cheap-unit', 'cohere'],
    ['my/dear-unit', 'jina'],
  ] as const) {
    const [status, told] = await post({ model, provider: { sort: 'price' } });
    assert.equal(status, 200, JSON.stringify(told));
    assert.equal(told.provider, provider);
  }
});

test('a query that does not fit is refused before anything is sent; a long document is its host’s to cut', async () => {
  const [status, told] = await post({ model: 'my/tokens', query: 'word '.repeat(2_000) });
  assert.equal(status, 400, JSON.stringify(told));
  assert.match(told.error?.message ?? '', /maximum context length/);
  assert.equal(upstream.seen.length, 0);
  const [fits] = await post({ model: 'my/tokens', documents: ['word '.repeat(2_000)] });
  assert.equal(fits, 200);
});

test('texts that are set aside as a large body comes in are sent, counted and given back whole', async () => {
  const documents = ['x'.repeat(300_000), `ä"\\${'y'.repeat(400_000)}`];
  const [status, told] = await post({ model: 'my/tokens', documents });
  assert.equal(status, 200, JSON.stringify(told).slice(0, 300));
  assert.deepEqual(upstream.seen[0]?.body.documents, documents);
  assert.deepEqual(
    told.results.map(({ document }) => document?.text),
    [documents[1], documents[0]],
  );
});

test('pictures go to whoever takes them, and a model that takes none says so', async () => {
  const documents = [{ text: 'a', image: 'https://pictures.test/a.png' }, 'b'];
  const [status, told] = await post({ model: 'my/tokens', documents });
  assert.equal(status, 404, JSON.stringify(told));
  assert.match(told.error?.message ?? '', /image/);
});

test('what a dialect cannot carry is told, or refuses the endpoint where the caller insists', async () => {
  const body = { model: 'my/tokens', max_tokens_per_doc: 10 };
  const [, told] = await post(body, '/rerank', { 'x-switchwright-losses': '1' });
  assert.deepEqual(
    told.switchwright?.losses.map(({ field }) => field),
    ['max_tokens_per_doc'],
  );
  const [status] = await post({ ...body, provider: { require_parameters: true } });
  assert.notEqual(status, 200);
});

test('another operation’s model, and a model asked for another operation, are told where to go', async () => {
  const [status, told] = await post({ model: 'sandbox/echo' });
  assert.equal(status, 400);
  assert.match(told.error?.message ?? '', /it serves chat/);
  const answer = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}` },
    body: JSON.stringify({ model: 'my/units', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  assert.equal(answer.status, 400);
  assert.match(await answer.text(), /it serves rerank/);
});

test('a key’s limit holds before anything is sent', async () => {
  const manager = new OpenRouter({ serverURL: gateway.base, apiKey: MANAGEMENT_KEY });
  const { key } = await manager.apiKeys.create({ requestBody: { name: 'poor', limit: 0.4 } });
  const headers = { authorization: `Bearer ${key}` };
  const [status] = await post({ model: 'my/uncounted' }, '/rerank', headers);
  assert.equal(status, 402);
  assert.equal(upstream.seen.length, 0);
});

test('refusals speak the dialect of the path', async () => {
  const refused = async (path: string): Promise<unknown> => {
    const response = await fetch(`${gateway.base.replace('/api/v1', '')}${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-wrong', 'content-type': 'application/json' },
      body: '{}',
    });
    assert.equal(response.status, 401, path);
    return response.json();
  };
  assert.ok(((await refused('/v1/rerank')) as Told).error?.message);
  assert.equal(typeof ((await refused('/v2/rerank')) as { message: unknown }).message, 'string');
  const nowhere = await fetch(`${gateway.base.replace('/api/v1', '')}/v2/classify`, { method: 'POST', body: '{}' });
  assert.equal(nowhere.status, 404);
  assert.match(nowhere.headers.get('content-type') ?? '', /json/);
});

test('the sandbox ranks without any key', async () => {
  const documents = ['Berlin is in Germany.', 'Paris is the capital of France.'];
  const [status, told] = await post({ model: 'sandbox/rerank', query: 'the capital of France', documents });
  assert.equal(status, 200, JSON.stringify(told));
  assert.deepEqual(
    told.results.map(({ index }) => index),
    [1, 0],
  );
  assert.equal(told.usage.cost, 0);
});

test('@openrouter/sdk', async () => {
  const client = new OpenRouter({ serverURL: gateway.base, apiKey: API_KEY });
  const requestBody = { model: 'my/units', query: 'long', documents: ['a', { text: 'bcd' }], topN: 5 };
  const answer = await client.rerank.rerank({ requestBody });
  assert(typeof answer === 'object' && 'results' in answer);
  assert.deepEqual(
    answer.results.map(({ index, document }) => [index, document.text]),
    [
      [1, 'bcd'],
      [0, 'a'],
    ],
  );
  assert.equal(answer.usage?.searchUnits, 3);
});

const cohere = installPackage('cohere-ai', '8.1.0');
test('cohere-ai, with its second API and its first', {
  skip: skipReason('missing' in cohere ? cohere.missing : null),
}, async () => {
  assert('folder' in cohere);
  const { CohereClient, CohereClientV2 } = await import(pathToFileURL(join(cohere.folder, 'index.js')).href);
  const environment = gateway.base.replace('/v1', '');
  const asked = { model: 'my/units', query: 'long', documents: ['a', 'bcd'], topN: 1 };
  const second = await new CohereClientV2({ environment, token: API_KEY }).rerank(asked);
  assert.deepEqual(
    second.results.map((result: { index: number; relevanceScore: number }) => [result.index, result.relevanceScore]),
    [[1, 0.003]],
  );
  assert.equal(second.meta.billedUnits.searchUnits, 3);
  const first = await new CohereClient({ environment, token: API_KEY }).rerank({ ...asked, returnDocuments: true });
  assert.equal(first.results[0].document.text, 'bcd');
  await assert.rejects(
    new CohereClientV2({ environment, token: API_KEY }).rerank({ ...asked, model: 'my/none' }, { maxRetries: 0 }),
    /my\/none is not a valid model ID/,
  );
});

const ranking = pythonWithRankers();
test('openrouter and cohere for Python', {
  skip: skipReason('missing' in ranking ? ranking.missing : null),
}, async () => {
  assert('python' in ranking);
  const program = join(import.meta.dirname, 'rank.py');
  const child = spawn(ranking.python, [program, gateway.base, API_KEY, 'my/units'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [said, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.equal(said, 'openrouter ok\ncohere ok\ncohere error ok\n', complaints);
});
