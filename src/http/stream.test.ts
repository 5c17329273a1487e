import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { realWorld } from '../upstream/world.ts';
import { createEventStream, type EventStream } from './stream.ts';

const world = realWorld();
const BLOCK = 'x'.repeat(1024 * 1024);
/** More than the kernel keeps of a connection for its two ends. */
const BLOCKS = 64;

let opened: (pair: { stream: EventStream; response: ServerResponse }) => void = () => {};
const server = createServer((_, response) => {
  const options = { contentType: 'text/plain', keepAlive: ': \n\n', headers: {}, headWaitMs: 10, stalledMs: 1_000 };
  const nothing = { pause: () => {}, resume: () => {}, gone: () => {} };
  opened({ stream: createEventStream(response, world, options, nothing), response });
});
before(() => new Promise<void>((ready) => void server.listen(0, '127.0.0.1', ready)));
after(() => {
  server.closeAllConnections();
  server.close();
});

/** A client that has seen the head and reads nothing, and an answer that has ended. */
async function answered(): Promise<{ readonly got: IncomingMessage; readonly response: ServerResponse }> {
  const pair = new Promise<{ stream: EventStream; response: ServerResponse }>((resolve) => {
    opened = resolve;
  });
  const { port } = server.address() as AddressInfo;
  const call = get({ port, host: '127.0.0.1', agent: false });
  const { stream, response } = await pair;
  for (let sent = 0; sent < BLOCKS; sent++) stream.write(BLOCK);
  stream.end();
  const [got] = (await once(call, 'response')) as [IncomingMessage];
  got.on('error', () => {});
  return { got, response };
}

test('an answer that ended is not kept for ever for a client that takes nothing of it', async () => {
  const { response } = await answered();
  if (!response.closed) await once(response, 'close');
  assert.equal(response.writableFinished, false);
});

test('a client that only begins late gets everything', async () => {
  const { got } = await answered();
  let bytes = 0;
  for await (const part of got) bytes += (part as Buffer).length;
  assert.equal(bytes, BLOCKS * BLOCK.length);
});
