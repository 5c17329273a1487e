/** Router models through a whole gateway: in every dialect of chats, with fallbacks, on receipts, in lists and on pages. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import { startInstance } from '../rights/instance.ts';

type Body = { readonly [field: string]: unknown };
/** What the provider was asked, the latest last. */
const asked: Body[] = [];
/** Models that the provider has no room for now. */
const full = new Set<unknown>();

const completion = (model: unknown) => ({
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model,
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
});
const response = (model: unknown) => ({
  id: 'resp_x',
  object: 'response',
  created_at: 1,
  status: 'completed',
  model,
  output: [
    {
      id: 'msg_x',
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
    },
  ],
  usage: { input_tokens: 3, output_tokens: 1, total_tokens: 4 },
});

const host = createServer(async (request, answer) => {
  let text = '';
  for await (const bytes of request) text += bytes;
  const body = JSON.parse(text) as Body;
  asked.push(body);
  const { model } = body;
  if (full.has(model)) return void answer.writeHead(503).end('{"error":{"message":"no room"}}');
  if (body.stream === true && request.url?.endsWith('/chat/completions')) {
    const chunk = (delta: object, finish_reason: string | null) =>
      `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model, choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    answer.setHeader('content-type', 'text/event-stream');
    return void answer.end(
      `${chunk({ role: 'assistant', content: 'Hello' }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`,
    );
  }
  const whole = request.url?.endsWith('/responses') ? response(model) : completion(model);
  answer.setHeader('content-type', 'application/json').end(JSON.stringify(whole));
});
await new Promise<void>((ready) => host.listen(0, '127.0.0.1', ready));
const instance = await startInstance({
  OPENAI_API_KEY: 'sk-test',
  OPENAI_BASE_URL: `http://127.0.0.1:${(host.address() as AddressInfo).port}/v1`,
});
after(async () => {
  await instance.close();
  host.close();
});

async function send(path: string, body?: unknown, headers: { readonly [name: string]: string } = {}) {
  const answer = await fetch(`${instance.origin}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...instance.headersOf('caller'), 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests look at
  const json: any = text.startsWith('{') ? JSON.parse(text) : null;
  return { status: answer.status, json, text, headers: answer.headers };
}
const chat = (body: Body, headers?: { readonly [name: string]: string }) =>
  send('/api/v1/chat/completions', { messages: [USER], ...body }, headers);
const USER = { role: 'user', content: 'What is the capital of Mongolia?' };
const HARD = {
  role: 'user',
  content: 'Design a distributed, lock-free job queue in Rust step by step; prove it correct and discuss trade-offs.',
};

test('the answer names the model chosen, in every dialect, and the provider is asked for that one', async () => {
  const google = '/v1beta/models/openrouter/auto:generateContent';
  for (const [what, path, body, modelIn] of [
    ['chat', '/api/v1/chat/completions', { model: 'openrouter/auto', messages: [USER] }, 'model'],
    ['Responses', '/api/v1/responses', { model: 'openrouter/auto', input: USER.content }, 'model'],
    ['Messages', '/api/v1/messages', { model: 'openrouter/auto', max_tokens: 50, messages: [USER] }, 'model'],
    ['Gemini', google, { contents: [{ role: 'user', parts: [{ text: USER.content }] }] }, 'modelVersion'],
    ['Ollama', '/api/chat', { model: 'switchwright/auto', stream: false, messages: [USER] }, 'model'],
    ['completions', '/api/v1/completions', { model: 'openrouter/auto', prompt: 'Once upon a time' }, 'model'],
  ] as const) {
    const { status, json, text } = await send(path, body);
    assert.equal(status, 200, `${what}: ${text}`);
    const upstream = String(asked.at(-1)?.model);
    assert.match(upstream, /^[a-z0-9.-]+$/, what);
    if (what !== 'Ollama')
      assert.match(String(json[modelIn]), new RegExp(`^(openai/)?${upstream}$`), `${what}: ${text}`);
  }
});

test('a stream names the model chosen too', async () => {
  const { text } = await chat({ model: 'openrouter/auto', stream: true });
  const named = new Set([...text.matchAll(/"model":"([^"]+)"/g)].map((match) => match[1]));
  assert.deepEqual([...named], [`openai/${asked.at(-1)?.model}`]);
});

test('receipt, page and metadata tell what was chosen among how many, and why', async () => {
  const { json, headers } = await chat(
    { model: 'openrouter/auto', messages: [{ role: 'user', content: 'What is the capital of Peru?' }] },
    { 'x-openrouter-metadata': 'enabled' },
  );
  const { strategy, summary, requested, endpoints } = json.openrouter_metadata;
  assert.deepEqual([requested, strategy], ['openrouter/auto', 'auto']);
  assert.match(summary, /, task=knowledge, difficulty=easy, pool=\d+$/);
  assert(endpoints.available.length >= 3);
  const id = headers.get('x-generation-id');
  const { json: generation } = await send(`/api/v1/generation?id=${id}`);
  assert.equal(generation.data.model, json.model);
  const page = await send(`/generation/${id}`, undefined, instance.headersOf('owner'));
  assert.match(
    page.text,
    /openrouter\/auto took the request for easy work of the kind knowledge; \d+ models could take it\./,
  );
  assert.match(page.text, /the strongest of \d+ for knowledge, the cheapest 20 % as it seems easy/);
});

test('options of the plugin are heard, wrong ones are told with their path', async () => {
  const allowed = [{ id: 'auto-router', allowed_models: ['openai/gpt-4.1*'], excluded_models: ['*-nano'] }];
  for (let turn = 0; turn < 3; turn++) {
    const { json } = await chat({
      model: 'openrouter/auto',
      messages: [{ role: 'user', content: `Hi ${turn}` }],
      plugins: allowed,
    });
    assert.match(json.model, /^openai\/gpt-4\.1(-mini)?$/);
  }
  const other = await chat({
    model: 'openrouter/auto-beta',
    plugins: [{ id: 'auto-router', allowed_models: ['nobody/*'] }],
  });
  assert.equal(other.status, 200, 'said to another router');
  const off = await chat({
    model: 'openrouter/auto',
    plugins: [{ id: 'auto-router', enabled: false, allowed_models: ['nobody/*'] }],
  });
  assert.equal(off.status, 200, 'turned off');
  for (const [wrong, param] of [
    [{ cost_tier: 'cheap' }, 'plugins[0].cost_tier'],
    [{ cost_quality_tradeoff: 11 }, 'plugins[0].cost_quality_tradeoff'],
    [{ allowed_models: 'openai/*' }, 'plugins[0].allowed_models'],
    [{ allowed_models: Array.from({ length: 1_025 }, (_, at) => `a/${at}`) }, 'plugins[0].allowed_models'],
    [{ excluded_models: ['*'.repeat(1_025)] }, 'plugins[0].excluded_models'],
  ] as const) {
    const { status, json } = await chat({ model: 'openrouter/auto', plugins: [{ id: 'auto-router', ...wrong }] });
    assert.deepEqual(
      [status, json.error.metadata?.param ?? json.error.param],
      [400, param],
      JSON.stringify(json).slice(0, 300),
    );
  }
});

test('where no model is left: 404 in the contract’s words', async () => {
  const { status, json } = await chat({
    model: 'openrouter/auto',
    plugins: [{ id: 'auto-router', allowed_models: ['nobody/*'] }],
  });
  assert.equal(status, 404);
  assert.match(json.error.message, /^No models match your request and model restrictions\./);
  assert.equal(
    (await chat({ model: 'openrouter/free', provider: { only: ['openai'] } })).status,
    404,
    'none of them is free',
  );
});

test('the second model stands in for the first, and models named behind the router for all of them', async () => {
  const messages = [{ role: 'user', content: 'Hello number one' }];
  const { json } = await chat({ model: 'openrouter/auto', messages });
  const first = String(json.model).replace('openai/', '');
  full.add(first);
  const second = await chat({ model: 'openrouter/auto', messages });
  assert.equal(second.status, 200, second.text);
  assert.notEqual(second.json.model, json.model);
  full.clear();
});

test('a conversation stays with its model, whatever the later turns ask', async () => {
  const session = { session_id: 'tale-1' };
  const { json: first } = await chat({ model: 'openrouter/auto', ...session });
  const { json: alone } = await chat({ model: 'openrouter/auto', messages: [HARD] });
  assert.notEqual(alone.model, first.model, 'by itself the second turn would go elsewhere');
  const answered = { role: 'assistant', content: 'Ulaanbaatar' };
  const { json: next } = await chat({ model: 'openrouter/auto', messages: [USER, answered, HARD], ...session });
  assert.equal(next.model, first.model);
  const begun = { role: 'user', content: 'What is the capital of Laos?' };
  const { json: unnamed } = await chat({ model: 'openrouter/auto', messages: [begun] });
  const { json: later } = await chat({ model: 'openrouter/auto', messages: [begun, answered, HARD] });
  assert.equal(later.model, unnamed.model, 'known by how it began');
});

test('the model that gave the last answer may be pinned', async () => {
  const messages = [
    HARD,
    { role: 'assistant', content: 'Well.', model: 'openai/gpt-4o-mini' },
    { role: 'user', content: 'More' },
  ];
  const { json } = await chat({
    model: 'openrouter/auto',
    messages,
    plugins: [{ id: 'auto-router', pin_model: true }],
  });
  assert.equal(json.model, 'openai/gpt-4o-mini');
});

test('a coders’ router takes the cheapest that is good enough, and tells it', async () => {
  const { json } = await chat({ model: 'openrouter/pareto-code' }, { 'x-openrouter-metadata': 'enabled' });
  assert.equal(json.openrouter_metadata.strategy, 'pareto');
  const capped = await chat({ model: 'openrouter/pareto-code', plugins: [{ id: 'pareto-router', max_price: 0 }] });
  assert.equal(capped.status, 404);
});

test('lists have the routers as OpenRouter lists them, and each has a page', async () => {
  const { json } = await send('/api/v1/models');
  const routers = json.data.filter(({ id }: { id: string }) => id.startsWith('openrouter/'));
  assert.deepEqual(
    routers.map(({ id }: { id: string }) => id).sort(),
    ['auto', 'auto-beta', 'auto-code', 'free', 'pareto-code'].map((slug) => `openrouter/${slug}`),
  );
  for (const { id, pricing, callable, architecture } of routers) {
    assert.deepEqual(
      [pricing, callable, architecture.tokenizer],
      [{ prompt: '-1', completion: '-1' }, true, 'Router'],
      id,
    );
    const page = await send(`/${id}`);
    assert.equal(page.status, 200);
    assert.match(page.text, /It has no endpoint of its own: it chooses among \d+ models that answer here/);
    assert.match(page.text, /Priced as the model chosen/);
    assert.doesNotMatch(page.text, /Not served by any provider/);
  }
  const { json: one } = await send('/api/v1/models/switchwright/auto/endpoints');
  assert.deepEqual([one.data.id, one.data.endpoints], ['openrouter/auto', []]);
});

test('OpenRouter’s own client asks and reads it', async () => {
  const client = new OpenRouter({
    serverURL: `${instance.origin}/api/v1`,
    apiKey: instance.headersOf('caller').authorization?.replace('Bearer ', '') ?? '',
  });
  const answer = await client.chat.send({
    chatRequest: {
      model: 'openrouter/auto',
      messages: [{ role: 'user', content: 'Hi' }],
      plugins: [{ id: 'auto-router', allowedModels: ['openai/gpt-4o-mini'] }],
    },
  });
  assert('model' in answer && answer.model === 'openai/gpt-4o-mini');
});

test('POST /plan shows the choice without sending anything', async () => {
  const before = asked.length;
  const { json } = await send('/api/v1/plan', { model: 'openrouter/auto', messages: [HARD], seed: 1 });
  const [routed] = json.data.routed;
  assert.deepEqual([routed.router, routed.task, routed.difficulty], ['openrouter/auto', 'code', 'hard']);
  assert.equal(routed.chosen[0].model, json.data.candidates[0].model);
  assert.equal(asked.length, before);
});
