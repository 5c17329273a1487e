/**
 * What users of other gateways have complained of in public, and what was reported against them, asked of the real
 * process. Each title names the report: `owner/repository#number` is github.com/owner/repository/issues/number.
 */
import assert from 'node:assert/strict';
import { request as open } from 'node:http';
import { after, beforeEach, test } from 'node:test';
import { apiRoutes } from '#src/http/v1/routes.ts';
import { answers, type Behaviour, refuses, sends, startHostileServer } from '../faults/hostile-server.ts';
import { API_KEY, MANAGEMENT_KEY } from '../gateway-process.ts';
import { getData } from '../money/bench.ts';
import { isChat, type Json, PATHS, post } from './inference.ts';
import { PROVIDER_KEY, startSubject } from './subject.ts';

const first = await startHostileServer();
const second = await startHostileServer();
const elsewhere = await startHostileServer();
const provider = (origin: string): string =>
  `name = "Host"\nbase_url = "${origin}/v1"\nauth = { scheme = "bearer", env = "HOSTILE_API_KEY" }\n`;
const PRICE = 'price = { input = "10", output = "20", input_cache_read = "1" }\n';
const DOLLARS = { input: 10e-6, output: 20e-6, cached: 1e-6 };

const subject = await startSubject({
  catalogue: {
    'providers/first.toml': provider(first.origin),
    'providers/second.toml': provider(second.origin),
    'models/my/one.toml': `[endpoints.first]\n${PRICE}`,
    'models/my/both.toml': `[endpoints.first]\n${PRICE}[endpoints.second]\nprice = { input = "11", output = "22" }\n`,
  },
});
after(async () => {
  await subject.proveUnharmed();
  for (const server of [first, second, elsewhere]) server.close();
});
beforeEach(() => {
  for (const server of [first, second, elsewhere]) server.script(answers());
});

const chat = (more: Json, headers: { readonly [name: string]: string } = {}) => {
  const body = { model: 'my/one', messages: [{ role: 'user', content: 'hello' }], ...more };
  return post(`${subject.gateway.base}/chat/completions`, JSON.stringify(body), headers);
};
/** A whole answer of a provider that counts like this. */
const counting =
  (usage: Json, content = 'four words of text'): Behaviour =>
  (response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        id: 'c',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
        usage,
      }),
    );
const receiptOf = (id: string | null) => getData(subject.gateway.base, `/generation?id=${id}`);
const close = (is: unknown, wanted: number): void =>
  assert(Math.abs(Number(is) - wanted) < 1e-9, `${is} is not ${wanted}`);

test('BerriAI/litellm/pull/37924: a provider that says its answer cost nothing is not believed', async () => {
  first.script(counting({ prompt_tokens: 100, completion_tokens: 50, total_tokens: 150, cost: 0 }));
  const answer = await chat({});
  const { usage } = JSON.parse(answer.text);
  close(usage.cost, 100 * DOLLARS.input + 50 * DOLLARS.output);
});

test('QuantumNous/new-api#6883, decolua/9router#2873: reply, receipt and charge are one count, the cache at its own price', async () => {
  const before = Number((await getData(subject.gateway.base, '/key')).usage);
  first.script(counting({ prompt_tokens: 1000, completion_tokens: 10, prompt_tokens_details: { cached_tokens: 900 } }));
  const answer = await chat({});
  const { usage } = JSON.parse(answer.text);
  const cost = 100 * DOLLARS.input + 900 * DOLLARS.cached + 10 * DOLLARS.output;
  assert.deepEqual([usage.prompt_tokens, usage.prompt_tokens_details.cached_tokens], [1000, 900]);
  close(usage.cost, cost);
  const receipt = await receiptOf(answer.headers.get('x-generation-id'));
  close(receipt.total_cost, cost);
  assert.deepEqual([receipt.native_tokens_prompt, receipt.native_tokens_cached], [1000, 900]);
  close(Number((await getData(subject.gateway.base, '/key')).usage) - before, cost);
});

test('yvgude/lean-ctx#746: the parts of a cost add up to it, and what a vendor says it took is not added', async () => {
  const said = { cost: 5, cost_details: { upstream_inference_cost: 7 }, upstream_inference_cost: 9 };
  first.script(counting({ prompt_tokens: 100, completion_tokens: 50, ...said }));
  const { usage } = JSON.parse((await chat({})).text);
  const { upstream_inference_prompt_cost: prompt, upstream_inference_completions_cost: completion } =
    usage.cost_details;
  close(prompt + completion, usage.cost);
  close(usage.cost, 100 * DOLLARS.input + 50 * DOLLARS.output);
  assert.equal(usage.cost_details.upstream_inference_cost, null);
});

test('lingyuins/octopus#243, diegosouzapw/OmniRoute#9536: negative and absurd counts move no money but our own count’s', async () => {
  for (const usage of [
    { prompt_tokens: -1_000_000, completion_tokens: -5, total_tokens: -1_000_005 },
    { prompt_tokens: 1e15, completion_tokens: 1e15 },
    { prompt_tokens: 'many', completion_tokens: null },
    { prompt_tokens: 10, completion_tokens: 10, prompt_tokens_details: { cached_tokens: -1_000 } },
    { prompt_tokens: 10, completion_tokens: 10, completion_tokens_details: { reasoning_tokens: -1_000 } },
  ]) {
    first.script(counting(usage));
    const before = Number((await getData(subject.gateway.base, '/key')).usage);
    const answer = JSON.parse((await chat({})).text);
    const charged = Number((await getData(subject.gateway.base, '/key')).usage) - before;
    close(charged, answer.usage.cost);
    assert(charged > 0 && charged < 0.001, `${charged} for ${JSON.stringify(usage)}`);
  }
});

/** Reads the first piece of a streamed answer, then leaves. */
function leaveEarly(model: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' };
    const call = open(`${subject.gateway.base}/chat/completions`, { method: 'POST', agent: false, headers });
    call.on('response', (response) =>
      response.once('data', () => {
        call.destroy();
        resolve(String(response.headers['x-generation-id']));
      }),
    );
    call.on('error', reject);
    call.end(JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'hello' }] }));
  });
}

// https://github.com/theopenco/llmgateway/pull/3331, QuantumNous/new-api#5235, maximhq/bifrost/pull/4518
test('GHSA-724j-f2pf-phf7: who drops the line before the usage comes pays for what ran', async () => {
  first.script(answers({ words: 40, ending: 'silence' }));
  const id = await leaveEarly('my/one');
  let receipt: { [name: string]: unknown } | null = null;
  while (receipt === null) receipt = await receiptOf(id).catch(() => null);
  assert.deepEqual([receipt.state, receipt.cancelled, receipt.streamed], ['cancelled', true, true]);
  assert(Number(receipt.total_cost) > 30 * DOLLARS.output, `${receipt.total_cost}`);
  assert(Number(receipt.native_tokens_completion) > 30);
});

test('BerriAI/litellm#22296, #6957: a 429 inside a stream that began falls back, while nothing was shown', async () => {
  const error = 'data: {"error":{"message":"Rate limited","code":429,"type":"rate_limit_error"}}\n\n';
  first.script(sends(error, 'text/event-stream'));
  const answer = await chat({ model: 'my/both', stream: true, provider: { order: ['first', 'second'] } });
  assert.match(answer.text, /word59/);
  assert(!answer.text.includes('Rate limited'));
  assert.equal(second.seen.length, 1);
});

test('BerriAI/litellm#26015: a 429 inside a stream with nowhere to go ends soon, and says so to programs', async () => {
  first.script(sends('data: {"error":{"message":"Rate limited","code":429}}\n\n', 'text/event-stream'));
  const answer = await chat({ stream: true });
  assert.equal(answer.status, 429);
  const { error } = JSON.parse(answer.text);
  assert.deepEqual([error.availability.code, error.availability.retryable], ['capacity_exhausted', true]);
  assert.deepEqual(error.availability.requested_models, ['my/one']);
  assert(first.seen.length <= 2, `${first.seen.length} attempts`);
});

test('BerriAI/litellm#19077, kwaroran/Risuai#781: who forbids fallbacks gets none', async () => {
  first.script(refuses(400, { message: 'No such thing' }));
  const only = { order: ['first'], allow_fallbacks: false };
  assert.equal((await chat({ model: 'my/both', provider: only })).status, 400);
  assert.equal((await chat({ model: 'my/both', provider: { ignore: ['second'] } })).status, 400);
  assert.equal(second.seen.length, 0);
  assert.equal((await chat({ model: 'my/both', provider: { order: ['first'] } })).status, 200);
  assert.equal(second.seen.length, 1);
});

test('BerriAI/litellm#5231: tool calls of a stream are numbered from 0 without gaps, however the provider counts', async () => {
  const call = (index: number, id: string, text: string) => ({
    index,
    id,
    type: 'function',
    function: { name: 'f', arguments: text },
  });
  const frame = (delta: Json, finish: string | null = null) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const calls = [call(3, 'a', '{"x":1}'), call(7, 'b', '{"y":2}')].map((one) => frame({ tool_calls: [one] }));
  first.script(sends(`${calls.join('')}${frame({}, 'tool_calls')}data: [DONE]\n\n`, 'text/event-stream'));
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
  const { text } = await chat({ stream: true, tools });
  const indexes = [...text.matchAll(/"tool_calls":\[\{"index":(\d+)/g)].map((match) => Number(match[1]));
  assert.deepEqual([...new Set(indexes)], [0, 1], text);
});

test('OleksandrChekhovskyi/hax/pull/15: an answer that ended in an error is one, and costs nothing', async () => {
  for (const stream of [false, true]) {
    const delta = { role: 'assistant', content: '' };
    const choice = { index: 0, ...(stream ? { delta } : { message: delta }), finish_reason: 'error' };
    const body = JSON.stringify({
      id: 'c',
      created: 1,
      model: 'm',
      choices: [{ ...choice, native_finish_reason: 'X' }],
    });
    first.script(
      stream ? sends(`data: ${body}\n\ndata: [DONE]\n\n`, 'text/event-stream') : sends(body, 'application/json'),
    );
    const before = Number((await getData(subject.gateway.base, '/key')).usage);
    const answer = await chat({ stream });
    assert(answer.status >= 500 || /"error":\{/.test(answer.text), answer.text);
    assert(!answer.text.includes('"finish_reason":"stop"'));
    close((await getData(subject.gateway.base, '/key')).usage, before);
  }
});

test('Kong/kong#12680, #14425: a piece is shown before the next one is sent, in every dialect', async () => {
  for (const path of PATHS.filter(isChat)) {
    const piece = (content: string, finish: string | null = null) =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
    const asked = Promise.withResolvers<Parameters<Behaviour>[0]>();
    first.script((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(piece('piece-0 '));
      asked.resolve(response);
    });
    const url = path.url('my/one').replace(':generateContent', ':streamGenerateContent?alt=sse');
    const response = await fetch(subject.gateway.origin + url, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...path.body('my/one', 'hello'), ...(path.name !== 'gemini' && { stream: true }) }),
    });
    const upstream = await asked.promise;
    let text = '';
    let shown = 0;
    for await (const bytes of response.body ?? []) {
      text += Buffer.from(bytes).toString('utf8');
      if (shown === 5 || !text.includes(`piece-${shown} `)) continue;
      shown++;
      // The next is sent only now that this one has been seen: a gateway that collects never gets here.
      if (shown < 5) upstream.write(piece(`piece-${shown} `));
      else upstream.end(`${piece('', 'stop')}data: [DONE]\n\n`);
    }
    assert.equal(shown, 5, `${path.name}: ${text}`);
  }
});

// CVE-2024-6587 (litellm), CVE-2025-66405 and CVE-2026-110719 (Portkey's custom host), CVE-2026-75871 (GitLab AI gateway).
test('nothing that a caller names decides where a credential goes, or what travels beside it', async () => {
  const to = elsewhere.origin;
  const fields = { api_base: to, base_url: to, api_key: 'mine', api_host: to, custom_host: to, endpoint: to };
  const headers = {
    'x-portkey-custom-host': to,
    'x-portkey-provider': 'openai',
    // A key of the caller's own goes to its provider and nowhere else (`tests/byok`).
    'x-provider-api-keys': '{"openai":"mine-and-nobody-elses"}',
    'x-forwarded-host': new URL(to).host,
    'x-forwarded-for': '10.0.0.1',
    'x-real-ip': '127.0.0.1',
    'x-goog-user-project': 'mine',
    'openai-organization': 'mine',
    forwarded: `host=${new URL(to).host}`,
    via: '1.1 mine',
    te: 'trailers',
    cookie: 'a=b',
    'proxy-authorization': 'Basic bWluZQ==',
    'http-referer': 'https://app.example',
  };
  const answer = await chat({ ...fields }, headers);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(elsewhere.seen.length, 0);
  assert.equal(first.seen.length, 1);
  const sent = first.seen[0]?.headers ?? {};
  assert.equal(sent.authorization, `Bearer ${PROVIDER_KEY}`);
  assert.equal(sent.host, new URL(first.origin).host);
  for (const name of Object.keys(headers)) assert.equal(sent[name], undefined, `${name} travelled on`);
  assert(!JSON.stringify(sent).includes(API_KEY));
});

test('CVE-2026-49468: who may do what is decided on the path alone, never on the Host header', async () => {
  for (const host of ['api.example/api/v1/models?', 'x/healthz', 'localhost', '127.0.0.1@evil.example']) {
    const status = await new Promise((resolve, reject) => {
      const call = open(`${subject.gateway.base}/keys`, { agent: false, headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on('error', reject).end();
    });
    assert([400, 401].includes(Number(status)), `${host}: ${status}`);
  }
});

const OF_EVERY_KEY: ReadonlySet<string> = new Set(['look', 'use-presets']);

// CVE-2026-90898, CVE-2026-86242 (Bifrost), CVE-2026-88062 (OmniRoute), CVE-2026-59822 (litellm): open when login is off.
test('every route that is not for everyone asks for a key, and for the right kind', async () => {
  const closed = apiRoutes.filter(({ auth }) => auth !== 'none');
  assert(closed.length > 8);
  for (const { method, path, auth } of closed) {
    const url = subject.gateway.base + path.replace(/:\w+|\*/g, 'x');
    assert.equal((await fetch(url, { method })).status, 401, `${method} ${path}`);
    // What every key may do is no right of a kind (`tests/rights/matrix.test.ts` walks the rest).
    const wrong = auth === 'call' ? MANAGEMENT_KEY : OF_EVERY_KEY.has(auth) ? null : API_KEY;
    if (wrong === null) continue;
    const headers = { authorization: `Bearer ${wrong}` };
    assert.equal((await fetch(url, { method, headers })).status, 403, `${method} ${path}`);
  }
});

test('CVE-2026-116634 (OmniRoute): no answer of the management API holds a key, ours or a provider’s', async () => {
  const headers = { authorization: `Bearer ${MANAGEMENT_KEY}` };
  for (const path of ['/keys', '/key', '/providers', '/models', '/activity', '/credits']) {
    const text = await (await fetch(subject.gateway.base + path, { headers })).text();
    for (const secret of [API_KEY, MANAGEMENT_KEY, PROVIDER_KEY]) assert(!text.includes(secret), path);
  }
});

test('BerriAI/litellm#27735, #30776: what a key is shown to have left is what it can spend, and a raise counts at once', async () => {
  const headers = { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' };
  const keys = `${subject.gateway.base}/keys`;
  const made = await fetch(keys, { method: 'POST', headers, body: '{"name": "small", "limit": 0.003}' });
  const { key, data } = (await made.json()) as { key: string; data: { hash: string } };
  const spend = () => chat({ max_tokens: 10 }, { authorization: `Bearer ${key}` });
  // 100 tokens in and 50 out: $0.002.
  first.script(counting({ prompt_tokens: 100, completion_tokens: 50 }));
  assert.equal((await spend()).status, 200);
  assert.equal((await spend()).status, 200);
  const told = await getData(subject.gateway.base, '/key', key);
  close(told.usage, 0.004);
  assert(Number(told.limit_remaining) <= 0, `${told.limit_remaining}`);
  assert.equal((await spend()).status, 402);
  const raised = await fetch(`${keys}/${data.hash}`, { method: 'PATCH', headers, body: '{"limit": 0.02}' });
  assert.equal(raised.status, 200);
  assert.equal((await spend()).status, 200);
  close((await getData(subject.gateway.base, '/key', key)).limit_remaining, 0.014);
});

test('CVE-2026-25591 (new-api): signs of a pattern in a search are only signs', async () => {
  for (const wild of ['%', '_', '%_%_%_%_%', '*', '.*.*.*.*.*!', '\\', `'`]) {
    const response = await fetch(`${subject.gateway.base}/models?q=${encodeURIComponent(wild.repeat(200))}`);
    const { data } = (await response.json()) as { data?: unknown[] };
    if (response.status === 200) assert.equal(data?.length, 0, wild);
    else assert.equal(response.status, 400);
  }
});
