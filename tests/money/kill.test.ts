/** The real process, killed without warning while calls run: after a restart every call is settled exactly once. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { API_KEY, startGateway } from '../gateway-process.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'switchwright-kill-'));
let upstreamUrl = '';

const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

async function answer(response: ServerResponse, streamed: boolean): Promise<void> {
  const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
  if (!streamed) {
    await wait(Math.random() * 60);
    response.setHeader('content-type', 'application/json');
    const choices = [{ index: 0, message: { role: 'assistant', content: 'whole' }, finish_reason: 'stop' }];
    response.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage }));
    return;
  }
  response.setHeader('content-type', 'text/event-stream');
  for (let at = 0; at < 20; at++) {
    response.write(chunk({ content: ` word${at}` }));
    await wait(Math.random() * 12);
  }
  response.write(chunk({}, 'stop'));
  response.end(
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage })}\n\ndata: [DONE]\n\n`,
  );
}

let arrived = 0;
const upstream = createServer((request, response) => {
  arrived++;
  let text = '';
  request.on('data', (bytes) => (text += bytes));
  request.on('end', () => void answer(response, JSON.parse(text).stream === true));
});

const catalogue = (): { [path: string]: string } => ({
  'providers/host.toml': `name = "Host"\nbase_url = "${upstreamUrl}"\nauth = { scheme = "none" }\n`,
  'models/acme/one.toml': 'name = "One"\n[endpoints.host]\nprice = { input = "1", output = "2" }\n',
});

before(async () => {
  await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done));
  const address = upstream.address();
  assert(typeof address === 'object' && address);
  upstreamUrl = `http://127.0.0.1:${address.port}/v1`;
});
after(() => {
  upstream.closeAllConnections();
  upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

type Seen = { readonly id: string; readonly finished: boolean };

/** One call; what of it a client saw before the line went dead. */
async function call(base: string, stream: boolean, seen: Seen[]): Promise<void> {
  const response = await fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'acme/one', stream, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  const id = response.headers.get('x-generation-id') ?? '';
  try {
    const text = await response.text();
    seen.push({ id, finished: stream ? text.includes('[DONE]') : text.includes('"usage"') });
  } catch {
    seen.push({ id, finished: false });
  }
}

function audit(): void {
  const environment = { PATH: process.env.PATH, HOME: folder, SWITCHWRIGHT_DATA_DIR: join(folder, 'data') };
  const done = spawnSync(process.execPath, [main, 'audit'], { env: environment, encoding: 'utf8' });
  assert.equal(done.status, 0, done.stdout + done.stderr);
}

for (const [round, workers] of ['1', '1', '1', '2'].entries())
  test(`kill -9 in round ${round + 1} with ${workers} process${workers === '1' ? '' : 'es'}`, async () => {
    const options = { folder, catalogue: catalogue(), environment: { SWITCHWRIGHT_WORKERS: workers } };
    const gateway = await startGateway(options);
    const seen: Seen[] = [];
    const calls = Array.from({ length: 60 }, (_, at) => call(gateway.base, at % 2 === 0, seen).catch(() => {}));
    await wait(40 + Math.random() * 160);
    await gateway.stop('SIGKILL');
    await Promise.all(calls);

    const again = await startGateway(options);
    for (const { id, finished } of seen.filter((entry) => entry.id !== '')) {
      const response = await fetch(`${again.base}/generation?id=${id}`, {
        headers: { authorization: `Bearer ${API_KEY}` },
      });
      assert.equal(response.status, 200, `${id}, of which a client saw something, is on record`);
      const { data } = (await response.json()) as { data: { total_cost: number; usage: number } };
      if (finished) assert.equal(data.total_cost, 0.00005, 'what was seen whole is charged whole');
      else assert(data.total_cost >= 0 && data.total_cost < 0.02, `${data.total_cost} is within what was held`);
    }
    const { data } = (await (
      await fetch(`${again.base}/key`, { headers: { authorization: `Bearer ${API_KEY}` } })
    ).json()) as { data: { usage: number } };
    assert(data.usage >= seen.filter((entry) => entry.finished).length * 0.00005 - 1e-9);
    assert.equal(await again.stop(), 0, 'SIGTERM stops cleanly');
    audit();
  });

test('SIGTERM lets calls in flight end', async () => {
  const gateway = await startGateway({ folder, catalogue: catalogue() });
  const seen: Seen[] = [];
  arrived = 0;
  const calls = Array.from({ length: 10 }, (_, at) => call(gateway.base, at % 2 === 0, seen));
  while (arrived < 10) await wait(5);
  const stopped = gateway.stop();
  await Promise.all(calls);
  assert.equal(await stopped, 0);
  assert.equal(seen.filter((entry) => entry.finished).length, 10);
  audit();
});
