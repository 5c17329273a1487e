/** Text completions over hosts that complete texts and hosts that only chat, as OpenAI's client asks for them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import OpenAI from 'openai';
import { API_KEY, MANAGEMENT_KEY, startGateway } from './gateway-process.ts';

type Asked = { readonly path: string; readonly body: { [field: string]: unknown } };
const asked: Asked[] = [];

/** A host that answers every prompt with itself in capitals, in either format. */
const host = createServer(async (request, response) => {
  const body = JSON.parse(await text(request));
  const path = request.url ?? '';
  asked.push({ path, body });
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  const isChat = path.endsWith('/chat/completions');
  const prompts: unknown[] = isChat
    ? [body.messages[0].content]
    : Array.isArray(body.prompt) && typeof body.prompt[0] !== 'number'
      ? body.prompt
      : [body.prompt];
  const said = prompts.map((prompt) => String(prompt).toUpperCase());
  if (body.stream) {
    response.setHeader('content-type', 'text/event-stream');
    said.forEach((words, index) => {
      for (const finish_reason of [null, 'stop']) {
        const choice = { index, text: finish_reason ? '!' : words, finish_reason, logprobs: null };
        response.write(`data: ${JSON.stringify({ id: 'c', object: 'text_completion', choices: [choice] })}\n\n`);
      }
    });
    response.end(`data: ${JSON.stringify({ id: 'c', choices: [], usage })}\n\ndata: [DONE]\n\n`);
    return;
  }
  const choices = said.map((words, index) => ({
    index,
    finish_reason: 'stop',
    ...(isChat ? { message: { role: 'assistant', content: words } } : { text: words, logprobs: null }),
  }));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ id: 'c', model: 'm', choices, usage }));
});
host.listen(0, '127.0.0.1');
await once(host, 'listening');
const provider = (name: string, more: string): string =>
  `name = "${name}"\nbase_url = "http://127.0.0.1:${(host.address() as AddressInfo).port}/v1"\nauth = { scheme = "none" }\n${more}`;
const model = (endpoint: string): string => `name = "M"\n${endpoint}price = { input = "1", output = "2" }\n`;
const gateway = await startGateway({
  catalogue: {
    'providers/both.toml': provider(
      'Both',
      '[dialects.openai-chat]\n[dialects.openai-completions]\ntakes = [{ calls = ["text"], models = ["*"], must = true }]\n',
    ),
    'providers/talker.toml': provider('Talker', ''),
    'models/acme/both.toml': model('[endpoints.both]\n'),
    'models/acme/base.toml': model('[endpoints.both]\ndialect = "openai-completions"\n'),
    'models/acme/talks.toml': model('[endpoints.talker]\n'),
  },
});
after(async () => {
  await gateway.stop();
  host.closeAllConnections();
  host.close();
});
const client = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY, maxRetries: 0 });
const last = (): Asked => asked.at(-1) ?? assert.fail();

test('a base model is asked for texts, and for nothing else', async () => {
  const { choices } = await client.completions.create({ model: 'acme/base', prompt: 'once' });
  assert.deepEqual([choices[0]?.text, last().path, last().body.prompt], ['ONCE', '/v1/completions', 'once']);
  const chat = client.chat.completions.create({ model: 'acme/base', messages: [{ role: 'user', content: 'Hi' }] });
  await assert.rejects(chat, { status: 400, message: /knows no conversations/ });
});

test('what no chat can hold goes to a host that completes texts', async () => {
  for (const more of [{ suffix: 'end' }, { echo: true }, { best_of: 2 }, { prompt: [1, 2] }, { prompt: [[1], [2]] }]) {
    await client.completions.create({ model: 'acme/both', prompt: 'once', ...more });
    const { path, body } = last();
    assert.equal(path, '/v1/completions', JSON.stringify(more));
    for (const [field, value] of Object.entries(more)) assert.deepEqual(body[field], value);
  }
  await client.completions.create({ model: 'acme/both', prompt: 'once' });
  assert.equal(last().path, '/v1/chat/completions', 'a plain prompt stays a chat');
});

test('several prompts are answered in their order, in one exchange or in several', async () => {
  const prompts = ['a', 'b', 'c'];
  for (const [id, exchanges] of [
    ['acme/base', 1],
    ['acme/talks', 3],
  ] as const) {
    const before = asked.length;
    const { choices, usage } = await client.completions.create({ model: id, prompt: prompts });
    assert.deepEqual(
      choices.map((choice) => [choice.index, choice.text]),
      [
        [0, 'A'],
        [1, 'B'],
        [2, 'C'],
      ],
      id,
    );
    assert.equal(asked.length - before, exchanges);
    assert.equal(usage?.total_tokens, 5 * exchanges);
  }
  const heard = ['', '', ''];
  for await (const { choices } of await client.completions.create({
    model: 'acme/base',
    prompt: prompts,
    stream: true,
  }))
    for (const choice of choices) heard[choice.index] += choice.text;
  assert.deepEqual(heard, ['A!', 'B!', 'C!']);
});

test('where no host completes texts, that is said', async () => {
  for (const more of [{ suffix: 'x' }, { prompt: [1] }, { prompt: ['a', 'b'], stream: true as const }]) {
    const asking = client.completions.create({ model: 'acme/talks', prompt: 'once', ...more });
    await assert.rejects(asking, { status: 400, message: /No endpoint of acme\/talks completes texts/ });
  }
});

test('every answer is on the bill', async () => {
  const answer = await client.completions.create({ model: 'acme/talks', prompt: ['a', 'b'] }).withResponse();
  const id = answer.response.headers.get('x-generation-id');
  const receipt = await fetch(`${gateway.base}/generation?id=${id}`, {
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}` },
  });
  const { data } = (await receipt.json()) as { data?: { tokens_prompt: number; tokens_completion: number } };
  assert.deepEqual([data?.tokens_prompt, data?.tokens_completion], [6, 4]);
});
