/** Presets: kept by a request's body, used in every dialect of chats, through OpenRouter's own client and plain requests. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import { startInstance, type Who } from './rights/instance.ts';

const COMPLETION = {
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4.1-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
};
const RESPONSE = {
  id: 'resp_x',
  object: 'response',
  created_at: 1,
  status: 'completed',
  model: 'gpt-4.1-mini',
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
};

type Body = { readonly [field: string]: unknown };
/** What the provider was asked, the latest last. */
const asked: Body[] = [];
const host = createServer(async (request, response) => {
  let text = '';
  for await (const bytes of request) text += bytes;
  asked.push(JSON.parse(text));
  const isResponses = request.url?.endsWith('/responses');
  response.setHeader('content-type', 'application/json').end(JSON.stringify(isResponses ? RESPONSE : COMPLETION));
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

async function send(method: string, path: string, body?: unknown, who: Who = 'caller') {
  const answer = await fetch(`${instance.origin}/api/v1${path}`, {
    method,
    headers: { ...instance.headersOf(who), 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests look at
  const json: any = await answer.json();
  return { status: answer.status, json, headers: answer.headers };
}

/** Asks for an answer and says what the provider was asked for it. */
async function upstream(path: string, body: Body): Promise<Body> {
  const before = asked.length;
  const { status, json } = await send('POST', path, body);
  assert.equal(status, 200, JSON.stringify(json));
  assert.equal(asked.length, before + 1);
  return asked.at(-1) ?? {};
}

const USER = { role: 'user', content: 'Hi' };
const MODEL = 'openai/gpt-4.1-mini';
const tool = (name: string, description: string) => ({
  type: 'function',
  function: { name, description, parameters: { type: 'object', properties: {} } },
});

test('a preset is kept, read, versioned and listed through the official client', async () => {
  const authorization = instance.headersOf('caller').authorization ?? '';
  const client = new OpenRouter({ apiKey: authorization.slice(7), serverURL: `${instance.origin}/api/v1` });
  const { data: made } = await client.presets.createPresetsChatCompletions({
    slug: 'clerk',
    chatRequest: {
      model: MODEL,
      temperature: 0.25,
      stream: true,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello!' },
      ],
    },
  });
  assert.deepEqual(made.designatedVersion?.config, { model: MODEL, temperature: 0.25 });
  assert.equal(made.designatedVersion?.systemPrompt, 'Be brief.');
  const { data: second } = await client.presets.createPresetsMessages({
    slug: 'clerk',
    messagesRequest: { model: MODEL, maxTokens: 300, system: 'Be kind.', messages: [{ role: 'user', content: 'Hi' }] },
  });
  assert.deepEqual([second.id, second.designatedVersion?.version], [made.id, 2]);
  assert.deepEqual(second.designatedVersion?.config, { model: MODEL, max_tokens: 300 });
  const { data: third } = await client.presets.createPresetsResponses({
    slug: 'clerk',
    responsesRequest: { model: MODEL, input: 'Hello!', instructions: 'Be exact.', maxOutputTokens: 200 },
  });
  assert.equal(third.designatedVersion?.systemPrompt, 'Be exact.');
  const { data: versions } = (await client.presets.listVersions({ slug: 'clerk' })).result;
  assert.deepEqual(
    versions.map((version) => version?.version),
    [1, 2, 3],
  );
  const { data: first } = await client.presets.getVersion({ slug: 'clerk', version: '1' });
  assert.equal(first?.systemPrompt, 'Be brief.');
  const listed = (await client.presets.list({})).result;
  assert.ok(listed.data.some(({ slug }) => slug === 'clerk'));
  const { data: found } = await client.presets.get({ slug: 'clerk' });
  assert.deepEqual(found, third);
});

test('what the request does not say the preset says, in every way to name it and in every dialect of chats', async () => {
  const config = {
    model: MODEL,
    temperature: 0.5,
    max_tokens: 77,
    tools: [tool('look', 'kept'), tool('write', 'kept')],
  };
  const system = { role: 'system', content: 'From the preset.' };
  assert.equal((await send('POST', '/presets/full/chat/completions', { ...config, messages: [system] })).status, 200);
  for (const named of [{ model: '@preset/full' }, { model: `${MODEL}@preset/full` }, { preset: 'full' }]) {
    const body = await upstream('/chat/completions', { ...named, messages: [USER] });
    assert.equal(body.model, 'gpt-4.1-mini');
    assert.equal(body.temperature, 0.5);
    assert.equal(body.max_tokens ?? body.max_completion_tokens, 77);
    assert.deepEqual(body.messages, [system, USER]);
  }
  const own = { role: 'system', content: 'My own.' };
  const body = await upstream('/chat/completions', {
    model: '@preset/full',
    temperature: 0.9,
    top_p: 0.3,
    tools: [tool('look', 'asked')],
    messages: [own, USER],
  });
  assert.deepEqual([body.temperature, body.top_p], [0.9, 0.3]);
  assert.deepEqual(body.messages, [own, USER], 'the request has a system message of its own');
  const tools = body.tools as { function: { name: string; description: string } }[];
  assert.deepEqual(
    tools.map(({ function: { name, description } }) => [name, description]),
    [
      ['look', 'asked'],
      ['write', 'kept'],
    ],
  );
  const messages = await upstream('/messages', { model: '@preset/full', max_tokens: 9, messages: [USER] });
  assert.deepEqual([messages.temperature, messages.max_tokens ?? messages.max_completion_tokens], [0.5, 9]);
  const responses = await upstream('/responses', { model: '@preset/full', input: 'Hi' });
  assert.equal(responses.temperature, 0.5);
});

test('a preset written as Messages sets no limit that it does not name', async () => {
  const made = { model: MODEL, system: [{ type: 'text', text: 'Kind.' }], stop_sequences: ['END'], messages: [USER] };
  assert.equal((await send('POST', '/presets/open/messages', made)).status, 200);
  const body = await upstream('/chat/completions', { model: '@preset/open', messages: [USER] });
  assert.deepEqual([body.max_tokens, body.max_completion_tokens, body.stop], [undefined, undefined, ['END']]);
  assert.deepEqual(body.messages, [{ role: 'system', content: 'Kind.' }, USER]);
});

test('calls follow the designated version at once, and the receipt tells the preset', async () => {
  const temperatureOf = async () =>
    (await upstream('/chat/completions', { model: '@preset/turning', messages: [USER] })).temperature;
  for (const temperature of [0.1, 0.2])
    assert.equal((await send('POST', '/presets/turning/chat/completions', { model: MODEL, temperature })).status, 200);
  assert.equal(await temperatureOf(), 0.2);
  assert.equal((await send('PATCH', '/presets/turning', { version: 1 })).status, 200);
  assert.equal(await temperatureOf(), 0.1);
  const { json, headers } = await send('POST', '/chat/completions', { model: '@preset/turning', messages: [USER] });
  assert.equal(json.model, MODEL);
  const { json: kept } = await send('GET', `/generation?id=${headers.get('x-generation-id')}`);
  const { json: preset } = await send('GET', '/presets/turning');
  assert.equal(kept.data.preset_id, preset.data.id);
  assert.equal((await send('PATCH', '/presets/turning', { status: 'disabled' })).status, 200);
  const refused = await send('POST', '/chat/completions', { model: '@preset/turning', messages: [USER] });
  assert.deepEqual([refused.status, refused.json.error.message], [400, "The preset 'turning' is disabled"]);
  assert.equal((await send('DELETE', '/presets/turning')).status, 200);
  assert.equal((await send('POST', '/chat/completions', { model: '@preset/turning', messages: [USER] })).status, 404);
});

test('a preset may have answers kept', async () => {
  const made = { model: MODEL, cache_enabled: true, cache_ttl_seconds: 60 };
  assert.equal((await send('POST', '/presets/kept/chat/completions', made)).status, 200);
  const body = { model: '@preset/kept', messages: [USER] };
  const states = [];
  for (let at = 0; at < 2; at++)
    states.push((await send('POST', '/chat/completions', body)).headers.get('x-openrouter-cache-status'));
  assert.deepEqual(states, ['MISS', 'HIT']);
  assert.equal((await send('POST', '/presets/kept/chat/completions', { ...made, top_p: 0.5 })).status, 200);
  const { headers } = await send('POST', '/chat/completions', body);
  assert.equal(headers.get('x-openrouter-cache-status'), 'MISS', 'another version makes other answers');
});

test('what is wrong is refused in words, and what another account keeps is not there', async () => {
  const wrong: readonly (readonly [path: string, body: Body, status: number])[] = [
    ['/presets/Upper/chat/completions', {}, 400],
    [`/presets/${'a'.repeat(65)}/chat/completions`, {}, 400],
    ['/presets/x/chat/completions', { temperature: 'warm' }, 400],
    ['/presets/x/chat/completions', { model: '@preset/full' }, 400],
    ['/presets/x/chat/completions', { cache_enabled: true, cache_ttl_seconds: 0 }, 400],
    ['/presets/x/chat/completions', { tools: [tool('long', 'y'.repeat(70_000))] }, 400],
    ['/presets/x/messages', { tools: 'none' }, 400],
  ];
  for (const [path, body, status] of wrong) {
    const answer = await send('POST', path, body);
    assert.equal(answer.status, status, `${path} ${JSON.stringify(answer.json).slice(0, 300)}`);
    assert.equal(typeof answer.json.error.message, 'string');
  }
  assert.equal((await send('GET', '/presets/x')).status, 404, 'nothing is left of what was refused');
  assert.equal((await send('PATCH', '/presets/full', { version: 99 })).status, 404);
  const theirs = { model: '@preset/full', messages: [USER] };
  assert.equal((await send('POST', '/chat/completions', theirs, 'other caller')).status, 404);
  const { json } = await send('POST', '/chat/completions', { model: '@preset/nowhere', messages: [USER] });
  assert.match(json.error.message, /no preset 'nowhere'/);
});

test('of two that make one preset at once each is a version or told to try again', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, seed) => send('POST', '/presets/raced/chat/completions', { model: MODEL, seed })),
  );
  const made = answers.filter(({ status }) => status === 200).length;
  assert.ok(answers.every(({ status }) => status === 200 || status === 409));
  const { json } = await send('GET', '/presets/raced/versions');
  assert.equal(json.total_count, made);
  const { json: preset } = await send('GET', '/presets/raced');
  assert.ok(preset.data.designated_version.version <= made);
});
