/** A stop asked for while calls run whose clients have gone: each still ends and is charged what it cost. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { API_KEY, startGateway } from '../gateway-process.ts';
import { audit, COST, getData } from './bench.ts';

const CALLS = 5;
const REPLY = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'whole' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 },
});

test('SIGTERM waits for calls that nobody waits for any more', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'switchwright-stop-'));
  const waiting: ServerResponse[] = [];
  const host = createServer((_request, response) => void waiting.push(response)).listen(0, '127.0.0.1');
  await once(host, 'listening');
  context.after(() => {
    host.closeAllConnections();
    host.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const address = host.address();
  assert.ok(typeof address === 'object' && address);
  const catalogue = {
    'providers/host.toml': `name = "Host"\nbase_url = "http://127.0.0.1:${address.port}/v1"\nauth = { scheme = "none" }\n`,
    'models/acme/one.toml': 'name = "One"\n[endpoints.host]\nprice = { input = "1", output = "2" }\n',
  };
  // Only the calls decide when it ends, not how busy the machine is.
  const environment = { SWITCHWRIGHT_DRAIN_MS: '600000' };
  const gateway = await startGateway({ folder, catalogue, environment });
  const leaving = new AbortController();
  const calls = Array.from({ length: CALLS }, () =>
    fetch(`${gateway.base}/chat/completions`, {
      method: 'POST',
      signal: leaving.signal,
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'acme/one', messages: [{ role: 'user', content: 'Hello' }] }),
    }).catch(() => null),
  );
  while (waiting.length < CALLS) await wait(5);
  leaving.abort();
  await Promise.all(calls);
  const stopped = gateway.stop();
  while (
    await fetch(`${gateway.origin}/healthz`).then(
      () => true,
      () => false,
    )
  )
    await wait(5);
  for (const response of waiting) response.setHeader('content-type', 'application/json').end(REPLY);
  assert.equal(await stopped, 0);
  assert.doesNotMatch(gateway.output(), /could not be/);
  const books = audit(folder);
  assert.match(books, / 0 open holds/);
  const again = await startGateway({ folder, catalogue });
  assert.equal(Number((await getData(again.base, '/key')).usage).toFixed(8), (CALLS * COST).toFixed(8));
  await again.stop();
});
