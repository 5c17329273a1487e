/** `simulate`: other policies over the calls of the past, and over made-up ones. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { runCommand } from '../../src/cli/commands.ts';
import { API_KEY, startGateway } from '../gateway-process.ts';

/** The cheap one is slow and fails every third time, the dear one is neither; a quarter of the calls ask for that one. */
let asked = 0;
const server = createServer((request, response) => {
  const host = request.url?.split('/')[1] ?? '';
  request.resume().on('end', async () => {
    response.setHeader('content-type', 'application/json');
    if (host === 'cheap') {
      await wait(60);
      if (++asked % 3 === 0) return response.writeHead(500).end('{"error":{"message":"no"}}');
    }
    const usage = { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 };
    const choices = [{ index: 0, message: { role: 'assistant', content: host }, finish_reason: 'stop' }];
    response.end(JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'm', choices, usage }));
  });
});
await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
const host = (name: string): string =>
  `name = "${name}"\nbase_url = "http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}"\nauth = { scheme = "none" }\n`;
const gateway = await startGateway({
  catalogue: {
    'providers/cheap.toml': host('cheap'),
    'providers/dear.toml': host('dear'),
    'models/acme/one.toml':
      '[endpoints.cheap]\nprice = { input = "1", output = "1" }\n[endpoints.dear]\nprice = { input = "4", output = "4" }\n',
    'policies/today.toml': '[when]\nmodels = ["acme/one"]\n[defaults]\nprovider = { order = ["cheap"] }\n',
  },
});
after(async () => {
  await gateway.stop();
  server.close();
});

async function typed(context: TestContext, ...words: string[]) {
  let out = '';
  let err = '';
  const log = context.mock.method(console, 'log', (line: string) => {
    out += `${line}\n`;
  });
  const error = context.mock.method(console, 'error', (line: string) => {
    err += `${line}\n`;
  });
  const code = await runCommand(['simulate', ...words], {
    SWITCHWRIGHT_LOCAL_SERVERS: '0',
    SWITCHWRIGHT_DATA_DIR: join(gateway.folder, 'data'),
    SWITCHWRIGHT_CATALOG: join(gateway.folder, 'catalogue'),
  });
  log.mock.restore();
  error.mock.restore();
  return { out, err, code };
}

const file = (name: string, text: string): string => {
  const path = join(gateway.folder, `${name}.toml`);
  writeFileSync(path, text);
  return path;
};

const CALLS = 40;
for (let time = 0; time < CALLS; time++) {
  const answer = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'acme/one',
      messages: [{ role: 'user', content: 'Hello' }],
      ...(time % 4 === 0 && { provider: { order: ['dear'] } }),
    }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

test('calls of the past are routed again as they were, and as another policy would have it', async (context) => {
  const path = file('today', '[when]\nmodels = ["acme/one"]\n[defaults]\nprovider = { order = ["dear"] }\n');
  let told: Awaited<ReturnType<typeof typed>>;
  do told = await typed(context, '--policy', path, '--json');
  while (JSON.parse(told.out).calls < CALLS);
  const { recorded, before, after: then, moved } = JSON.parse(told.out);
  assert.equal(recorded.calls, CALLS);
  // Today's policies come to about what happened: the cheap host, asked again where it failed.
  assert.deepEqual(before.answered_by, { 'acme/one@dear': 10, 'acme/one@cheap': 30 });
  assert.equal(before.cost, recorded.cost);
  assert(before.attemptsPerCall > 1);
  assert.deepEqual(then.answered_by, { 'acme/one@dear': CALLS });
  assert.equal(Number(then.cost.toFixed(6)), CALLS * 0.008);
  assert.equal(then.failed, 0);
  assert.equal(then.attemptsPerCall, 1);
  assert(then.totalMs[0] < before.totalMs[0], 'the dear host is faster');
  assert.equal(moved, before.answered_by['acme/one@cheap']);
  const table = await typed(context, '--policy', path);
  assert.match(table.out, /cost +\$0\.\d+ +\$0\.32 +\+/);
  assert.match(table.out, /acme\/one@dear +\d+ → +40/);
  assert.match(table.out, /▒.*█/);
});

test('a policy can be left out, and an experiment tells its arms', async (context) => {
  const { out, code } = await typed(context, '--without', 'today', '--json');
  assert.equal(code, 0);
  assert(JSON.parse(out).after.answered_by['acme/one@cheap'] > 0);
  const arm = (name: string): string => `[[split.arms]]\nname = "${name}"\nweight = 1\n`;
  const path = file('halves', `[split]\nby = "call"\n${arm('a')}${arm('b')}`);
  const { arms } = JSON.parse((await typed(context, '--policy', path, '--json')).out).after;
  assert.equal(arms['halves: a'] + arms['halves: b'], CALLS);
  assert(arms['halves: a'] > 5 && arms['halves: b'] > 5, JSON.stringify(arms));
});

test('made-up calls are the same for the same seed, and a sort by price makes them cheaper', async (context) => {
  const path = file('thrift', '[defaults]\nprovider = { sort = "price" }\n');
  const run = async (...words: string[]) =>
    JSON.parse((await typed(context, '--policy', path, '--synthetic', '1500', '--json', ...words)).out);
  const first = await run();
  const { before, after: then } = first;
  assert.equal(first.calls, 1_500);
  assert(then.cost < before.cost, `${then.cost} ${before.cost}`);
  assert(before.cacheShare > 0.2 && before.failed < 20, JSON.stringify(before));
  const again = await run();
  assert.deepEqual([again.before.totalMs, again.after.attemptsPerCall], [before.totalMs, then.attemptsPerCall]);
});

test('what cannot be simulated is refused in words', async (context) => {
  assert.match((await typed(context)).err, /Which policy\?/);
  assert.match((await typed(context, '--without', 'nobody')).err, /There is no policy nobody/);
  assert.match((await typed(context, '--without', 'today', '--since', 'ever')).err, /--since takes a time/);
  const wrong = await typed(context, '--policy', file('wrong', '[rules]\nonly = ["nobody"]\n'));
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /wrong\.toml:2 rules\.only: there is no provider nobody/);
  const none = await typed(context, '--without', 'today', '--account', 'stranger');
  assert.equal(none.code, 1);
  assert.match(none.err, /There is no call since 7d/);
});
