/** A client that leaves takes its upstream call along; one that stops reading holds the upstream back, not our memory. */
import assert from 'node:assert/strict';
import { createServer, get, request, type ServerResponse } from 'node:http';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { LIMITS } from '#src/base/limits.ts';
import { API_KEY, startGateway } from '../gateway-process.ts';

const FLOOD_BYTES = 200 * 1024 * 1024;
const chunk = (text: string): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content: text }, finish_reason: null }] })}\n\n`;
const block = chunk('x'.repeat(16 * 1024));

/** Each of them fills the buffers of the system: 150 of them, 1.3 GB, took minutes on a busy machine. */
const STALLED = 40;
/** The buffers of the system hold about 9 MB of each between the two ends (Linux 6, measured 2026-11-25). */
const EACH_BYTES_MAX = 40 * 1024 * 1024;
let sent = 0;
let sentToAll = 0;
let closed = 0;
const upstream = createServer((call, response) => {
  response.on('close', () => closed++);
  call.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chunk('Hello'));
  if (call.url?.startsWith('/each')) return floodEach(response);
  if (!call.url?.startsWith('/flood')) return;
  const more = (): void => {
    while (sent < FLOOD_BYTES) {
      sent += block.length;
      if (!response.write(block)) return void response.once('drain', more);
    }
    response.end('data: [DONE]\n\n');
  };
  more();
});

function floodEach(response: ServerResponse): void {
  let mine = 0;
  const more = (): void => {
    while (mine < EACH_BYTES_MAX && !response.destroyed) {
      mine += block.length;
      sentToAll += block.length;
      if (!response.write(block)) return void response.once('drain', more);
    }
    response.end('data: [DONE]\n\n');
  };
  more();
}

await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done));
const address = upstream.address();
assert(typeof address === 'object' && address);
const provider = (name: string): string =>
  `name = "${name}"\nbase_url = "http://127.0.0.1:${address.port}/${name}"\nauth = { scheme = "none" }\n`;
const model = (name: string): string =>
  `name = "${name}"\n[endpoints.${name}]\nprice = { input = "1", output = "1" }\n`;
const catalogue = Object.fromEntries(
  ['silent', 'flood', 'each'].flatMap((name) => [
    [`providers/${name}.toml`, provider(name)],
    [`models/acme/${name}.toml`, model(name)],
  ]),
);
const gateway = await startGateway({ catalogue });
after(async () => {
  upstream.closeAllConnections();
  upstream.close();
  await gateway.stop();
});

/** A streamed call up to its first bytes; the response is left paused. */
function open(model: string): Promise<{ readonly leave: () => void }> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${gateway.base}/chat/completions`,
      {
        method: 'POST',
        agent: false,
        headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      },
      (response) => response.once('readable', () => resolve({ leave: () => call.destroy() })),
    );
    call.on('error', reject);
    call.end(JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hi' }] }));
  });
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(10);
}

test('a client that leaves in mid-stream ends the upstream call; it is settled and on record', async () => {
  const before = closed;
  const { leave } = await open('acme/silent');
  leave();
  await until(() => closed === before + 1);
});

test('a client that stops reading stops the upstream, and memory stays where it was', async () => {
  const start = await gateway.kept();
  const { leave } = await open('acme/flood');
  let last = -1;
  for (let still = 0; still < 10; last = sent) {
    await wait(50);
    still = sent === last ? still + 1 : 0;
  }
  assert(sent < FLOOD_BYTES / 4, `the upstream was held back after ${Math.round(sent / 1024 / 1024)} MB`);
  const more = (await gateway.kept()) - start;
  assert(more < 20, `${Math.round(more)} MiB more are held`);
  leave();
  await until(() => closed >= 2);
  await new Promise<void>(
    (done) => void get(`${gateway.origin}/healthz`, (response) => response.resume().on('end', done)),
  );
});

test(`${STALLED} clients that stop reading cost little each, and others are served meanwhile`, async () => {
  const start = await gateway.kept();
  const stalled = await Promise.all(Array.from({ length: STALLED }, () => open('acme/each')));
  let last = -1;
  for (let still = 0; still < 10; last = sentToAll) {
    await wait(50);
    still = sentToAll === last ? still + 1 : 0;
  }
  assert(sentToAll < (STALLED * EACH_BYTES_MAX) / 2, `the upstreams sent ${Math.round(sentToAll / 1024 / 1024)} MB`);
  const kept = (((await gateway.kept()) - start) * 1024 * 1024) / STALLED;
  assert(kept < LIMITS.client_buffer_bytes_max, `${Math.round(kept / 1024)} kB are kept of each`);
  const served = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sandbox/echo', messages: [{ role: 'user', content: 'Hi' }] }),
  });
  assert.equal(served.status, 200, await served.text());
  const before = closed;
  for (const { leave } of stalled) leave();
  await until(() => closed >= before + STALLED);
});
