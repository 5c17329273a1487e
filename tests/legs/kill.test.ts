/** The real process, killed without warning in the middle of a tree of legs: after a restart it is settled once, and nothing is held. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { API_KEY, startGateway } from '../gateway-process.ts';
import { audit, getData } from '../money/bench.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchwright-legs-kill-'));
const waiting: ServerResponse[] = [];
let searches = 0;
let spent = 0;
/** Asks for a search in its first answer; its second, and every search, is kept waiting where the test says so. */
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (bytes) => {
    text += bytes;
  });
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    const { messages } = JSON.parse(text);
    if (!messages) {
      searches++;
      waiting.push(response);
      return;
    }
    const call = { id: 'c', type: 'function', function: { name: 'web_search', arguments: '{"query":"cats"}' } };
    const isFirst = messages.length === 1;
    if (!isFirst) return void waiting.push(response);
    const message = { role: 'assistant', content: null, tool_calls: [call] };
    const usage = { prompt_tokens: 1_000, completion_tokens: 1_000, total_tokens: 2_000 };
    response.end(JSON.stringify({ id: 'x', choices: [{ index: 0, message, finish_reason: 'tool_calls' }], usage }));
  });
});
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
const { port } = server.address() as { port: number };
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const live = () =>
  startGateway({
    folder,
    catalogue: {
      'providers/host.toml': `name = "Host"\nbase_url = "http://127.0.0.1:${port}/v1"\nauth = { scheme = "none" }\n`,
      'models/acme/one.toml':
        'name = "One"\n[endpoints.host]\nfeatures = ["tools"]\nprice = { input = "1", output = "2" }\n',
    },
    environment: { EXA_API_KEY: 'k', EXA_BASE_URL: `http://127.0.0.1:${port}/exa` },
  });

const until = async (isSo: () => boolean): Promise<void> => {
  for (let tries = 0; !isSo() && tries < 2_000; tries++) await wait(5);
  assert.ok(isSo());
};

for (const where of ['in a search', 'in the exchange after it'] as const)
  test(`kill -9 ${where}: one receipt, what was over is charged, nothing stays held`, {
    timeout: 120_000,
  }, async () => {
    const first = await live();
    const before = searches;
    const asking = fetch(`${first.base}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'acme/one',
        stream: true,
        max_tokens: 2_000,
        messages: [{ role: 'user', content: 'cats' }],
        tools: [{ type: 'openrouter:web_search' }],
      }),
    });
    await until(() => searches > before);
    if (where === 'in the exchange after it') {
      waiting.pop()?.end(JSON.stringify({ results: [{ url: 'https://a.test/', title: 'a', text: 'b' }] }));
      await until(() => waiting.length > 0 && searches === before + 1);
      await wait(300); // what the steps cost is written down
    }
    const response = await asking;
    await first.stop('SIGKILL');
    await assert.rejects(response.text());
    waiting.length = 0;
    const second = await live();
    const own = await getData(second.base, `/generation?id=${response.headers.get('x-generation-id')}`);
    assert.equal(own.state, 'interrupted');
    // The first exchange took $0.003; the search after it $0.007. Nothing that was not held is charged.
    const cost = Number(own.total_cost);
    const least = where === 'in a search' ? 0.003 : 0.01;
    assert.ok(cost >= least - 1e-9 && cost < least + 0.01, `${cost}`);
    spent += cost;
    const { usage } = await getData(second.base, '/key');
    assert.ok(Math.abs(Number(usage) - spent) < 1e-9, 'it is charged once');
    await second.stop();
    audit(folder);
  });
