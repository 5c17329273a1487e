import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { after, test } from 'node:test';
import type { WireError } from '../base/world.ts';
import { Pool } from './pool.ts';

const closers: (() => void)[] = [];
after(() => {
  for (const close of closers) close();
});

/** What the host does with the n-th request of the m-th connection, both from 0. */
type Script = (socket: Socket, request: number, connection: number, text: string) => void;
type Host = { readonly url: string; readonly connections: () => number; readonly server: Server };

/** Speaks to sockets: one request is one `data` that ends as a body of ours does. */
async function host(script: Script): Promise<Host> {
  let connections = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = connections++;
    let requests = 0;
    let text = '';
    socket.on('error', () => {});
    closers.push(() => socket.destroy());
    socket.on('data', (bytes) => {
      text += bytes;
      if (!text.endsWith('$')) return;
      const whole = text;
      text = '';
      script(socket, requests++, connection, whole);
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  closers.push(() => server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`,
    connections: () => connections,
    server,
  };
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

function pool(connectionsMax = 100): Pool {
  const made = new Pool({ connectTimeoutMs: 2_000, connectionsMax });
  closers.push(() => made.close());
  return made;
}

function ask(from: Pool, url: string, body: string | readonly Uint8Array[] = 'ask $'): Promise<string | WireError> {
  return new Promise((resolve) => {
    let text = '';
    from.request(
      { method: 'POST', url, headers: {}, body, reach: 'operator' },
      {
        head: (status) => {
          text += `${status} `;
        },
        data: (bytes) => {
          text += Buffer.from(bytes).toString();
        },
        end: () => resolve(text),
        error: resolve,
      },
    );
  });
}

const unheard = (): void => assert.fail('nobody waits for this any more');
const kindOf = (outcome: string | WireError): string => (typeof outcome === 'string' ? outcome : outcome.kind);

const WAYS: { readonly [name: string]: (socket: Socket) => unknown } = {
  reset: (socket) => socket.resetAndDestroy(),
  close: (socket) => socket.destroy(),
  'end of stream': (socket) => socket.end(),
};

test('a request that crosses the end of a kept connection goes out once more, over a fresh one', async () => {
  for (const [name, leave] of Object.entries(WAYS)) {
    for (const body of ['ask $', [Buffer.from('ask '), Buffer.from('$')]]) {
      // However many lie idle: all of them end at the next request.
      const { url, connections } = await host((socket, request) => (request === 0 ? socket.write(OK) : leave(socket)));
      const mine = pool();
      await Promise.all(Array.from({ length: 5 }, () => ask(mine, url)));
      assert.equal(connections(), 5);
      for (let at = 0; at < 5; at++) assert.equal(kindOf(await ask(mine, url, body)), '200 ok', name);
    }
  }
});

test('what a fresh connection ends with is told, and so is what the host has begun to answer', async () => {
  for (const [name, leave] of Object.entries(WAYS)) {
    const never = await host((socket, _request, connection) => {
      if (connection === 0 && _request === 0) socket.write(OK);
      else leave(socket);
    });
    const mine = pool();
    assert.equal(await ask(mine, never.url), '200 ok');
    assert.equal(kindOf(await ask(mine, never.url)), 'reset', name);
    assert.equal(never.connections(), 2, `${name}: once more and no oftener`);
    assert.equal(kindOf(await ask(mine, never.url)), 'reset', name);
    assert.equal(never.connections(), 3, `${name}: a fresh connection is no kept one`);

    const begun = await host((socket, request) => {
      if (request === 0) return socket.write(OK);
      return socket.write('HTTP/1.1 2', () => setImmediate(() => leave(socket)));
    });
    assert.equal(await ask(mine, begun.url), '200 ok');
    assert.equal(kindOf(await ask(mine, begun.url)), 'reset', name);
    assert.equal(begun.connections(), 1, `${name}: an answer that began may have been paid for`);
  }
});

test('a request that was given up is not sent anew', async () => {
  const second = Promise.withResolvers<Socket>();
  const { url, connections } = await host((socket, request) =>
    request === 0 ? socket.write(OK) : second.resolve(socket),
  );
  const mine = pool();
  await ask(mine, url);
  const wire = mine.request(
    { method: 'POST', url, headers: {}, body: 'ask $', reach: 'operator' },
    { head: unheard, data: unheard, end: unheard, error: unheard },
  );
  const socket = await second.promise;
  wire.abort();
  await new Promise((done) => socket.once('close', done));
  assert.equal(connections(), 1);
});

test('those that wait for a place get one when kept connections end under their requests', async () => {
  const { url } = await host((socket, request) => (request === 0 ? socket.write(OK) : socket.resetAndDestroy()));
  const mine = pool(2);
  const outcomes = await Promise.all(Array.from({ length: 40 }, () => ask(mine, url)));
  assert.deepEqual(outcomes.map(kindOf), Array(40).fill('200 ok'));
});
