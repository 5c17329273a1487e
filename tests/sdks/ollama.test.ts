import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Message, Ollama } from 'ollama';
import { API_KEY } from '../gateway-process.ts';
import { gatewayForClients, proveClient, RED_PNG, remembered, SEEN, UPSTREAMS } from './prove.ts';
import { pythonWithOllama } from './python.ts';

const gateway = await gatewayForClients();
const client = new Ollama({ host: gateway.origin, headers: { authorization: `Bearer ${API_KEY}` } });
const user = (content: string, more: Partial<Message> = {}): Message => ({ role: 'user', content, ...more });
const WEATHER = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather in a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const PERSON = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'age'],
};

proveClient('ollama', {
  text: async ({ model }) => {
    const answer = await client.chat({ model: model('echo'), messages: [user('Hello there')] });
    assert.deepEqual([answer.message.role, answer.message.content], ['assistant', 'Hello there']);
    assert.deepEqual([answer.done, answer.done_reason], [true, 'stop']);
    assert(answer.prompt_eval_count > 0 && answer.eval_count > 0 && answer.total_duration >= 0);
    const { response } = await client.generate({ model: model('echo'), prompt: 'Hello there' });
    assert.equal(response, 'Hello there');
  },
  stream: async ({ model }) => {
    let text = '';
    let counted = 0;
    for await (const part of await client.chat({
      model: `${model('echo')}:latest`,
      messages: [user('One two three')],
      stream: true,
    })) {
      text += part.message.content;
      counted = part.eval_count ?? counted;
    }
    assert.equal(text, 'One two three');
    assert(counted > 0);
    let response = '';
    for await (const part of await client.generate({ model: model('echo'), prompt: 'One two three', stream: true }))
      response += part.response;
    assert.equal(response, 'One two three');
  },
  tools: async ({ model }) => {
    const question = user('What is the weather in Paris?');
    const body = { model: model('tools'), tools: [WEATHER] };
    const { message } = await client.chat({ ...body, messages: [question] });
    const call = message.tool_calls?.[0]?.function;
    assert.deepEqual([call?.name, call?.arguments], ['get_weather', { city: 'Paris' }]);
    let text = '';
    const result = { role: 'tool', tool_name: 'get_weather', content: 'sunny, 21 degrees' };
    for await (const part of await client.chat({ ...body, messages: [question, message, result], stream: true }))
      text += part.message.content;
    assert.match(text, /get_weather returned .*sunny, 21 degrees/);
  },
  'structured output': async ({ model }) => {
    const answer = await client.chat({ model: model('json'), messages: [user('Describe a person.')], format: PERSON });
    assert.equal(JSON.parse(answer.message.content).name, 'Ada');
  },
  image: async ({ model }) => {
    const { message } = await client.chat({
      model: model('vision'),
      messages: [user('What is in this image?', { images: [RED_PNG] })],
    });
    assert.match(message.content, SEEN);
    const { response } = await client.generate({
      model: model('vision'),
      prompt: 'What is in this image?',
      images: [Buffer.from(RED_PNG, 'base64')],
    });
    assert.match(response ?? '', SEEN);
  },
  'reasoning replay': {
    cannot: 'thinking is plain text here, without signatures',
    over: ['cohere-chat', 'ollama'],
    proof: async ({ model, upstream }) => {
      const question = user('What is six times seven?');
      const body = { model: model('reasoner'), think: true };
      const first = await client.chat({ ...body, messages: [question] });
      assert.match(first.message.thinking ?? '', /First I read the question/);
      const second = await client.chat({ ...body, messages: [question, first.message, user('Again?')] });
      remembered(upstream, second.message.content);
    },
  },
  error: async ({ model }) => {
    const body = { model: model('error-429'), messages: [user('Hi')] };
    const isRateLimit = (error: unknown): boolean =>
      error instanceof Error && 'status_code' in error && error.status_code === 429 && error.message.length > 10;
    await assert.rejects(client.chat(body), isRateLimit);
    await assert.rejects(client.chat({ ...body, stream: true }), isRateLimit);
  },
});

for (const upstream of UPSTREAMS)
  test(`thinking is streamed apart from the answer, over ${upstream}`, async () => {
    let thinking = '';
    let content = '';
    for await (const { message } of await client.chat({
      model: `over-${upstream}/reasoner`,
      messages: [user('What is six times seven?')],
      think: 'high',
      stream: true,
    })) {
      thinking += message.thinking ?? '';
      content += message.content;
    }
    assert.match(thinking, /First I read the question/);
    assert.doesNotMatch(content, /First I read the question/);
  });

test('models are listed with tags, shown by any of their names, and loaded without a call', async () => {
  const { models } = await client.list();
  const names = models.map(({ name }) => name);
  assert(names.includes('over-ollama/echo:latest'));
  assert.equal(new Set(names).size, names.length);
  for (const model of models) {
    assert.match(model.name, /^[^:]+\/[^:]+:.+$/);
    assert.equal(model.model, model.name);
    assert.match(model.digest, /^[0-9a-f]{64}$/);
    assert(Number.isFinite(Date.parse(String(model.modified_at))) && Array.isArray(model.details.families));
  }
  for (const model of ['over-gemini/vision', 'over-gemini/vision:latest']) {
    const shown = await client.show({ model });
    assert.deepEqual(shown.capabilities, ['completion', 'tools', 'vision']);
    const info = shown.model_info as unknown as { readonly [name: string]: unknown };
    assert.equal(info[`${info['general.architecture']}.context_length`], 131_072);
  }
  const loaded = await client.chat({ model: 'over-gemini/echo', messages: [] });
  assert.deepEqual([loaded.done_reason, loaded.message.content], ['load', '']);
  assert.equal((await client.generate({ model: 'over-gemini/echo', prompt: '' })).done_reason, 'load');
  assert.deepEqual((await client.ps()).models, []);
  assert.match((await client.version()).version, /^\d+\.\d+\.\d+$/);
});

test('what is refused is told in Ollama’s words', async () => {
  const refused = (status: number, words: RegExp) => (error: unknown) =>
    error instanceof Error && 'status_code' in error && error.status_code === status && words.test(error.message);
  const messages = [user('Hi')];
  await assert.rejects(client.chat({ model: 'nobody/nothing', messages }), refused(404, /nobody\/nothing/));
  await assert.rejects(client.chat({ model: 'nobody/nothing', messages: [] }), refused(404, /not found/));
  await assert.rejects(client.show({ model: 'nobody/nothing' }), refused(404, /not found/));
  await assert.rejects(client.chat({ model: '', messages }), refused(400, /model is required/));
  const stranger = new Ollama({ host: gateway.origin });
  await assert.rejects(stranger.chat({ model: 'over-gemini/echo', messages }), refused(401, /Authentication/));
  await assert.rejects(client.pull({ model: 'over-gemini/echo' }), refused(404, /\/api\/pull/));
});

const python = pythonWithOllama();

test('the client for Python', { skip: 'missing' in python ? python.missing : false }, async () => {
  assert('python' in python);
  const child = spawn(python.python, [join(import.meta.dirname, 'ollama_program.py')], {
    env: { PATH: process.env.PATH, OLLAMA_HOST: gateway.origin, OLLAMA_API_KEY: API_KEY, RED_PNG },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  child.stdout.on('data', (bytes: Buffer) => {
    told += bytes;
  });
  child.stderr.on('data', (bytes: Buffer) => {
    told += bytes;
  });
  const [code] = await once(child, 'exit');
  assert.equal(code, 0, told);
  assert.match(told, /all 9 parts held/);
});
