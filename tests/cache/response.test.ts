/** The response cache, as programs of every dialect see it: what is given again, to whom, for how long, and what it costs. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { API_KEY, type GatewayProcess, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { type Host, startHost } from '../money/bench.ts';

const MODEL = 'acme/one';
let host: Host;
let gateway: GatewayProcess;

before(async () => {
  host = await startHost();
  gateway = await startGateway({ catalogue: host.catalogue });
});
after(async () => {
  assert.equal(await gateway.stop(), 0);
  host.close();
});

type Asked = { readonly path?: string; readonly body?: object; readonly headers?: object; readonly key?: string };
type Answered = {
  readonly status: string | null;
  readonly age: string | null;
  readonly ttl: string | null;
  readonly source: string | null;
  readonly id: string;
  readonly text: string;
  /** Requests that the host has got for it. */
  readonly asked: number;
};

const messages = (content: string) => [{ role: 'user', content }];

async function ask(
  { path = '/chat/completions', body, headers, key = API_KEY }: Asked,
  { base } = gateway,
): Promise<Answered> {
  const before = host.arrived();
  const response = await fetch(base + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'x-openrouter-cache': 'true',
      connection: 'close',
      ...headers,
    },
    body: JSON.stringify({ model: MODEL, ...body }),
  });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const header = (name: string): string | null => response.headers.get(`x-openrouter-cache-${name}`);
  return {
    status: header('status'),
    age: header('age'),
    ttl: header('ttl'),
    source: header('source-id'),
    id: response.headers.get('x-generation-id') ?? '',
    text,
    asked: host.arrived() - before,
  };
}

const receiptOf = async (id: string): Promise<{ readonly [name: string]: unknown }> => {
  const response = await fetch(`${gateway.base}/generation?id=${id}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  return ((await response.json()) as { readonly data: { readonly [name: string]: unknown } }).data;
};

/** Without what differs from answer to answer, and what is counted. */
const said = (text: string): string =>
  text
    .replace(/"(?:id|response_id|item_id)":"[^"]*"/g, '')
    .replace(/"(?:created|created_at|completed_at)":[\d.]+/g, '')
    .replace(/"usage":\{.*?\}(?=[,}]*(?:\n|$))/gs, '')
    .replace(/gen-[\w]+|(?:msg|rs|resp|fc)_[\w-]+/g, '');

const DIALECTS: readonly (readonly [path: string, body: object])[] = [
  ['/chat/completions', { messages: messages('chat') }],
  ['/responses', { input: 'responses' }],
  ['/messages', { messages: messages('anthropic'), max_tokens: 100 }],
  ['/completions', { prompt: 'completions' }],
];

for (const [path, body] of DIALECTS)
  for (const stream of [false, true])
    test(`${path}${stream ? ', streamed' : ''}: the same request is answered again, at no cost and by nobody`, async () => {
      const first = await ask({ path, body: { ...body, stream } });
      assert.deepEqual([first.status, first.ttl, first.age, first.asked], ['MISS', '300', null, 1]);
      const second = await ask({ path, body: { ...body, stream } });
      assert.deepEqual([second.status, second.source, second.asked], ['HIT', first.id, 0]);
      assert.notEqual(second.id, first.id);
      assert.ok(Number(second.age) >= 0 && Number(second.ttl) <= 300 && Number(second.ttl) > 200);
      assert.equal(said(second.text), said(first.text));
      assert.ok(second.text.includes(stream ? 'word19' : 'whole'));
      const tokens = [...second.text.matchAll(/"(?:total_tokens|output_tokens|input_tokens)":(\d+)/g)];
      assert.ok(tokens.length > 0 && tokens.every(([, count]) => count === '0'), second.text);
      const receipt = await receiptOf(second.id);
      assert.deepEqual(
        [receipt.total_cost, receipt.tokens_completion, receipt.response_cache_source_id, receipt.streamed],
        [0, 0, first.id, stream],
      );
      assert.ok(Number((await receiptOf(first.id)).total_cost) > 0);
    });

test('another word, another order, another way to be answered: another answer', async () => {
  const body = { messages: messages('one'), temperature: 0.5 };
  assert.equal((await ask({ body })).status, 'MISS');
  assert.equal((await ask({ body: { ...body, temperature: 0.6 } })).status, 'MISS');
  assert.equal((await ask({ body: { temperature: 0.5, messages: messages('one') } })).status, 'MISS');
  assert.equal((await ask({ body: { ...body, stream: true } })).status, 'MISS');
  assert.equal((await ask({ body, headers: { 'http-referer': 'https://app.example' } })).status, 'HIT');
});

test('another key of the same account has its own answers', async () => {
  const made = await fetch(`${gateway.base}/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'other' }),
  });
  const { key } = (await made.json()) as { readonly key: string };
  const body = { messages: messages('whose') };
  await ask({ body });
  assert.equal((await ask({ body, key })).status, 'MISS');
});

test('who does not ask for it, or asks for less, is asked for anew', async () => {
  const body = { messages: messages('off') };
  await ask({ body });
  assert.deepEqual([(await ask({ body, headers: { 'x-openrouter-cache': 'false' } })).status], [null]);
  const cleared = await ask({ body, headers: { 'x-openrouter-cache-clear': 'true' } });
  assert.deepEqual([cleared.status, cleared.asked], ['MISS', 1]);
  const again = await ask({ body });
  assert.deepEqual([again.status, again.source], ['HIT', cleared.id]);
});

test('a time to live is read as far as it is one, and kept to', async () => {
  const ttl = async (text: string): Promise<string | null> =>
    (await ask({ body: { messages: messages(`ttl ${text}`) }, headers: { 'x-openrouter-cache-ttl': text } })).ttl;
  assert.deepEqual(
    [await ttl('60'), await ttl('60abc'), await ttl('1.5'), await ttl('0'), await ttl('999999'), await ttl('soon')],
    ['60', '60', '1', '1', '86400', '300'],
  );
});

test('what failed, and what was cut short, is not kept', async () => {
  const body = { model: 'sandbox/cut-stream', messages: messages('cut'), stream: true };
  for (let at = 0; at < 2; at++) {
    const response = await fetch(`${gateway.base}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', 'x-openrouter-cache': 'true' },
      body: JSON.stringify(body),
    });
    assert.equal(response.headers.get('x-openrouter-cache-status'), 'MISS');
    await response.text();
  }
});

test('what one worker has answered, every worker gives again', async () => {
  const both = await startGateway({ catalogue: host.catalogue, environment: { SWITCHWRIGHT_WORKERS: '2' } });
  const body = { messages: messages('two workers') };
  assert.equal((await ask({ body }, both)).status, 'MISS');
  // Each connection goes to either of them; the other one hears of an answer a moment later.
  for (let hits = 0; hits < 12; ) hits = (await ask({ body }, both)).status === 'HIT' ? hits + 1 : 0;
  assert.equal(await both.stop(), 0);
});
