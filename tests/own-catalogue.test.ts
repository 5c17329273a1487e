/** The example of data/README.md, as a newcomer copies it: two files in a folder of one's own, and the model answers. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import OpenAI from 'openai';
import { API_KEY, startGateway } from './gateway-process.ts';

const readme = readFileSync(resolve(import.meta.dirname, '../data/README.md'), 'utf8');
const catalogue = Object.fromEntries(
  [...readme.matchAll(/```toml\n# (\S+\.toml)\n([\s\S]*?)```/g)].map(([, path, text]) => [path ?? '', text ?? '']),
);

type Heard = { url: string | undefined; headers: IncomingHttpHeaders; body: { [name: string]: unknown } };
const heard: Heard[] = [];
const host = createServer(async (request, response) => {
  heard.push({ url: request.url, headers: request.headers, body: (await json(request)) as Heard['body'] });
  const { messages, service_tier, stream } = heard.at(-1)?.body ?? {};
  // A crowded host serves a lower tier than was asked for, and says so.
  const tier = JSON.stringify(messages).includes('crowd') ? 'default' : service_tier;
  const head = { id: 'x', created: 1, model: 'parrot-1-instruct', ...(tier !== undefined && { service_tier: tier }) };
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 500_000, total_tokens: 1_500_000 };
  if (stream) {
    response.setHeader('content-type', 'text/event-stream');
    const choices = [{ index: 0, delta: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }];
    response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices })}\n\n`);
    response.end(`data: ${JSON.stringify({ ...head, choices: [], usage })}\n\ndata: [DONE]\n\n`);
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
      usage,
    }),
  );
});
await new Promise<void>((listening) => host.listen(0, '127.0.0.1', listening));
const gateway = await startGateway({
  catalogue: {
    ...catalogue,
    'models/example/tiers.toml': `[endpoints.example-host]
price = { input = "1", output = "2" }
[endpoints."example-host/priority"]
price = { input = "2", output = "4" }
[endpoints."example-host/flex"]
price = { input = "0.5", output = "1" }
`,
  },
  environment: {
    EXAMPLE_HOST_API_KEY: 'key-of-the-host',
    EXAMPLE_HOST_BASE_URL: `http://127.0.0.1:${(host.address() as AddressInfo).port}/v1`,
  },
});
after(async () => {
  await gateway.stop();
  host.close();
});
const client = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY, maxRetries: 0 });
const ask = () =>
  client.chat.completions.create({
    model: 'example/parrot-1',
    messages: [{ role: 'user', content: 'Hello' }],
    seed: 7,
    logit_bias: { '1': 5 },
  });

test('the two files of the README are enough: key, names, fields and price are those they say', async () => {
  assert.deepEqual(Object.keys(catalogue), ['providers/example-host.toml', 'models/example/parrot-1.toml']);
  const { choices, usage } = await ask();
  assert.equal(choices[0]?.message.content, 'Hello');
  const [call] = heard;
  assert.equal(call?.url, '/v1/chat/completions');
  assert.equal(call?.headers.authorization, 'Bearer key-of-the-host');
  assert.deepEqual(
    [call?.body.model, call?.body.random_seed, call?.body.seed, call?.body.logit_bias],
    ['parrot-1-instruct', 7, undefined, undefined],
  );
  assert.equal((usage as { cost?: number } | undefined)?.cost, 0.6);
  const { data } = (await (await fetch(`${gateway.base}/model/example/parrot-1`)).json()) as { data: { name: string } };
  assert.match(data.name, /Parrot 1$/);
});

test('a service tier is routed, sent, told and billed as it was served', async () => {
  const bill = async (model: string, tier: string | undefined, content: string) => {
    const body = {
      model,
      messages: [{ role: 'user' as const, content }],
      ...(tier && { service_tier: tier as 'flex' }),
    };
    const answer = await client.chat.completions.create(body);
    const sent = heard.at(-1)?.body.service_tier;
    let last: OpenAI.ChatCompletionChunk | undefined;
    for await (const chunk of await client.chat.completions.create({ ...body, stream: true })) last = chunk;
    const cost = ({ usage }: { usage?: unknown }) => (usage as { cost: number }).cost;
    assert.deepEqual([last?.service_tier, cost(last ?? {})], [answer.service_tier, cost(answer)]);
    const told = await fetch(`${gateway.base}/generation?id=${answer.id}`, {
      headers: { authorization: `Bearer ${API_KEY}` },
    });
    const { data } = (await told.json()) as { data: { service_tier: string | null } };
    assert.equal(data.service_tier, answer.service_tier ?? null);
    return [sent, answer.service_tier, cost(answer)];
  };
  assert.deepEqual(await bill('example/tiers', undefined, 'Hello'), [undefined, undefined, 2]);
  assert.deepEqual(await bill('example/tiers', 'priority', 'Hello'), ['priority', 'priority', 4]);
  assert.deepEqual(await bill('example/tiers', 'fast', 'a crowd'), ['priority', 'default', 2]);
  assert.deepEqual(await bill('example/tiers', 'flex', 'Hello'), ['flex', 'flex', 1]);
  assert.deepEqual(await bill('example/tiers:floor', undefined, 'Hello'), ['flex', 'flex', 1]);
  assert.deepEqual(await bill('example/parrot-1', 'priority', 'Hello'), ['priority', 'priority', 0.6]);
});

test('a reload with a mistake is refused by file, line and reason, and the model still answers', async () => {
  const file = join(gateway.folder, 'catalogue/models/example/parrot-1.toml');
  const said = async (pattern: RegExp) => {
    gateway.child.kill('SIGHUP');
    while (!pattern.test(gateway.output())) await wait(25);
  };
  writeFileSync(file, 'name = "Parrot 2"\ncolour = "green"\n');
  await said(/parrot-1\.toml:2:? colour: unknown key/);
  assert.equal((await ask()).choices[0]?.message.content, 'Hello');
  writeFileSync(file, String(catalogue['models/example/parrot-1.toml']).replace('Parrot 1', 'Parrot 2'));
  await said(/the catalogue was read again/);
  const { data } = (await (await fetch(`${gateway.base}/model/example/parrot-1`)).json()) as { data: { name: string } };
  assert.match(data.name, /Parrot 2$/);
});
