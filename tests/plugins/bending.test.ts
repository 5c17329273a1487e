/** Plugins that bend one request or one answer, through a whole gateway. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { startInstance } from '../rights/instance.ts';

type Message = { readonly role: string; readonly content: string };
type Body = { readonly messages: readonly Message[]; readonly [field: string]: unknown };
const asked: Body[] = [];
let content = 'Hello';

const host = createServer(async (request, answer) => {
  let text = '';
  for await (const bytes of request) text += bytes;
  const body = JSON.parse(text) as Body;
  asked.push(body);
  answer.setHeader('content-type', 'application/json').end(
    JSON.stringify({
      id: 'x',
      object: 'chat.completion',
      created: 1,
      model: body.model,
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
    }),
  );
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

async function send(path: string, body: object) {
  const answer = await fetch(`${instance.origin}/api/v1${path}`, {
    method: 'POST',
    headers: { ...instance.headersOf('caller'), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests look at
  const json: any = await answer.json();
  return { status: answer.status, json, headers: answer.headers };
}
const chat = (body: object) => send('/chat/completions', body);

/** A conversation of so many turns of some two hundred tokens each. */
const turns = (count: number): Message[] => [
  { role: 'system', content: 'Be kind.' },
  ...Array.from({ length: count }, (_, at) => ({
    role: at % 2 === 0 ? 'user' : 'assistant',
    content: `turn ${at}: ${'the quick brown fox jumps over the lazy dog '.repeat(22)}`,
  })),
];
const SMALL = 'openai/gpt-4';
const LARGER = 'openai/gpt-3.5-turbo';
const COMPRESS = { plugins: [{ id: 'context-compression' }] };

test('a model with a small window shortens by itself, and the receipt says what went', async () => {
  const messages = turns(59);
  const { status, json, headers } = await chat({ model: SMALL, messages });
  assert.equal(status, 200, JSON.stringify(json));
  const sent = asked.at(-1)?.messages ?? [];
  assert(sent.length > 20 && sent.length < 50, `${sent.length} of ${messages.length}`);
  assert.deepEqual([sent[0], sent[1], sent.at(-1)], [messages[0], messages[1], messages.at(-1)]);
  const page = await fetch(`${instance.origin}/generation/${headers.get('x-generation-id')}`, {
    headers: instance.headersOf('owner'),
  });
  assert.match(await page.text(), /\d+ of 60 messages left out from the middle, to fit a window of 8192 tokens/);
});

test('in another dialect too', async () => {
  const [, ...messages] = turns(59);
  const { status, json } = await send('/messages', { model: SMALL, max_tokens: 100, system: 'Be kind.', messages });
  assert.equal(status, 200, JSON.stringify(json));
  assert((asked.at(-1)?.messages.length ?? 0) < 50);
});

test('an empty list, or the plugin turned off, leaves the prompt as it is, and it is refused', async () => {
  for (const off of [{ transforms: [] }, { plugins: [{ id: 'context-compression', enabled: false }] }]) {
    const { status, json } = await chat({ model: SMALL, messages: turns(59), ...off });
    assert.equal(status, 400);
    assert.match(json.error.message, /maximum context length/);
  }
});

test('models with larger windows shorten where they are asked to, by either name', async () => {
  const messages = turns(119);
  assert.equal((await chat({ model: LARGER, messages })).status, 400);
  for (const on of [COMPRESS, { transforms: ['middle-out'] }]) {
    const before = asked.length;
    const { status, json } = await chat({ model: LARGER, messages, ...on });
    assert.equal(status, 200, JSON.stringify(json));
    assert.equal(asked.length, before + 1);
    assert((asked.at(-1)?.messages.length ?? 0) < 90);
    assert.equal(asked.at(-1)?.plugins, undefined);
  }
});

test('nothing goes where the prompt fits', async () => {
  const messages = turns(9);
  await chat({ model: LARGER, messages, ...COMPRESS });
  assert.deepEqual(asked.at(-1)?.messages, messages);
});

test('a wrong option is told', async () => {
  const { status, json } = await chat({
    model: LARGER,
    messages: turns(1),
    plugins: [{ id: 'context-compression', engine: 'inside-out' }],
  });
  assert.equal(status, 400);
  assert.match(json.error.message, /plugins\[0\]\.engine/);
});

const JSON_WANTED = { response_format: { type: 'json_object' } };
const HEAL = { plugins: [{ id: 'response-healing' }] };
const asksJson = (more: object) => chat({ model: LARGER, messages: turns(1), ...more });

test('broken JSON of an answer is put right where JSON was asked for and healing too', async () => {
  content = 'Here you are:\n```json\n{"name": "Bob", "tags": ["a", "b",],}\n```';
  const { json } = await asksJson({ ...JSON_WANTED, ...HEAL });
  assert.equal(json.choices[0].message.content, '{"name":"Bob","tags":["a","b"]}');
  for (const more of [JSON_WANTED, HEAL]) {
    const { json: left } = await asksJson(more);
    assert.equal(left.choices[0].message.content, content);
  }
});

test('what no JSON can be made of is handed on as it came', async () => {
  content = 'I would rather not.';
  const { status, json } = await asksJson({ ...JSON_WANTED, ...HEAL });
  assert.deepEqual([status, json.choices[0].message.content], [200, content]);
});
