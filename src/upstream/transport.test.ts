import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import type { WireError, WireHeaders, WireRequest } from '../base/world.ts';
import { createTransport, type TransportOptions } from './transport.ts';

const closers: (() => void)[] = [];
after(() => {
  for (const close of closers) close();
});

async function serve(listener: RequestListener): Promise<{ origin: string; port: number; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, port, server };
}

async function serveSocket(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Outcome = { status: number; headers: WireHeaders; text: string } | WireError;

function exchange(url: string, more: Partial<WireRequest> = {}, options: TransportOptions = {}): Promise<Outcome> {
  const transport = createTransport(options);
  closers.push(() => void transport.close());
  return new Promise((resolve) => {
    let status = 0;
    let headers: WireHeaders = {};
    let text = '';
    transport.request(
      { method: 'GET', url, headers: {}, body: null, reach: 'operator', ...more },
      {
        head: (code, all) => {
          status = code;
          headers = all;
        },
        data: (bytes) => {
          text += Buffer.from(bytes).toString();
        },
        end: () => resolve({ status, headers, text }),
        error: resolve,
      },
    );
  });
}

const kindOf = (outcome: Outcome): string => ('kind' in outcome ? outcome.kind : `status ${outcome.status}`);

test('posts a body and reads the answer; no encoding is asked for', async () => {
  const { origin } = await serve((request, response) => {
    let text = '';
    request.on('data', (bytes) => {
      text += bytes;
    });
    request.on('end', () => {
      response.writeHead(201, { 'x-echo': String(request.headers['accept-encoding']) });
      response.end(`${request.method} ${request.url} ${text}`);
    });
  });
  const outcome = await exchange(`${origin}/a?b=c`, { method: 'POST', body: 'ünicode', headers: { 'x-a': 'b' } });
  assert.ok('status' in outcome);
  assert.equal(outcome.status, 201);
  assert.equal(outcome.text, 'POST /a?b=c ünicode');
  assert.equal(outcome.headers['x-echo'], 'undefined');
});

test('failures arrive at the handler, by kind', async () => {
  const reset = await serveSocket((socket) => socket.once('data', () => socket.resetAndDestroy()));
  const garbage = await serveSocket((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH\r\n\r\n')));
  const cut = await serveSocket((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n')),
  );
  const short = await serveSocket((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhello')),
  );
  assert.equal(kindOf(await exchange(reset)), 'reset');
  assert.equal(kindOf(await exchange(garbage)), 'malformed');
  assert.equal(kindOf(await exchange(cut)), 'reset');
  assert.equal(kindOf(await exchange(short)), 'reset');
  assert.equal(kindOf(await exchange('http://127.0.0.1:1/')), 'refused');
  assert.equal(kindOf(await exchange('http://name.invalid/')), 'refused');
  assert.equal(kindOf(await exchange('not a url')), 'malformed');
  assert.equal(kindOf(await exchange(reset, { headers: { 'bad name': 'x' } })), 'malformed');
  assert.equal(kindOf(await exchange(reset, { headers: { a: 'split\r\nx: y' } })), 'malformed');
});

test('public reach refuses every spelling of this machine and its neighbours', async () => {
  let hits = 0;
  const { port } = await serve((_, response) => {
    hits++;
    response.end();
  });
  const hosts = ['127.0.0.1', '127.1', '0x7f.1', '0x7f000001', '2130706433', '0177.0.0.1', '127.0.0.1.', '0', '0.0.0.0']
    .concat(['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', '[::1]', '[::]', '[::ffff:127.0.0.1]'])
    .concat(['[::127.0.0.1]', '[64:ff9b::127.0.0.1]', '[2002:7f00:1::]', '[::ffff:7f00:1]', '1.1.1.1@127.0.0.1'])
    .concat(['user:word@127.0.0.1', '①②⑦.0.0.1', '127。0。0。1', '%31%32%37.0.0.1']);
  for (const host of hosts) {
    const outcome = await exchange(`http://${host}:${port}/`, { reach: 'public' });
    assert.equal(kindOf(outcome), 'forbidden', host);
  }
  for (const url of ['file:///etc/passwd', 'ftp://1.1.1.1/', 'data:text/plain,hi', 'gopher://1.1.1.1', 'nonsense'])
    assert.equal(kindOf(await exchange(url, { reach: 'public' })), 'forbidden', url);
  assert.equal(hits, 0);
});

test('public reach goes where the operator allows it', async () => {
  const { port } = await serve((request, response) => response.end(request.headers.host));
  const byHost = await exchange(`http://127.0.0.1:${port}/`, { reach: 'public' }, { egressAllow: `127.0.0.1:${port}` });
  const byBlock = await exchange(`http://127.0.0.1:${port}/`, { reach: 'public' }, { egressAllow: '127.0.0.0/8' });
  const byName = await exchange(`http://localhost:${port}/`, { reach: 'public' }, { egressAllow: `localhost:${port}` });
  const wrongPort = await exchange(`http://127.0.0.1:${port}/`, { reach: 'public' }, { egressAllow: '127.0.0.1:1' });
  assert.equal(kindOf(byHost), 'status 200');
  assert.equal(kindOf(byBlock), 'status 200');
  assert.ok('text' in byName && byName.text === `localhost:${port}`);
  assert.equal(kindOf(wrongPort), 'forbidden');
});

test('an abort closes the connection at once and silences the handler', async () => {
  let isClosed = false;
  const { origin } = await serve((request, response) => {
    response.writeHead(200);
    const ticker = setInterval(() => response.write('x'.repeat(1000)), 1);
    request.socket.on('close', () => {
      isClosed = true;
      clearInterval(ticker);
    });
  });
  const { request } = createTransport();
  let calls = 0;
  await new Promise<void>((resolve) => {
    const count = () => void calls++;
    const wire = request(
      { method: 'GET', url: origin, headers: {}, body: null, reach: 'operator' },
      {
        head: count,
        data: () => {
          count();
          if (calls !== 10) return;
          wire.abort();
          wire.abort();
          resolve();
        },
        end: count,
        error: count,
      },
    );
  });
  while (!isClosed) await new Promise((turn) => setImmediate(turn));
  assert.equal(calls, 10);
});

test('an abort before the connection stands sends nothing', async () => {
  let hits = 0;
  const { origin } = await serve((_, response) => {
    hits++;
    response.end();
  });
  const { request } = createTransport();
  const call = () => assert.fail('no handler is called after an abort');
  const handler = { head: call, data: call, end: call, error: call };
  request({ method: 'GET', url: origin, headers: {}, body: null, reach: 'operator' }, handler).abort();
  assert.equal(kindOf(await exchange(origin)), 'status 200');
  assert.equal(hits, 1);
});

test('a paused exchange holds the sender back, a resumed one gets everything', async () => {
  const total = 64 * 1024 * 1024;
  let sent = 0;
  const { origin } = await serve((_, response) => {
    const block = Buffer.alloc(256 * 1024);
    const more = () => {
      while (sent < total) {
        sent += block.length;
        if (!response.write(block)) return void response.once('drain', more);
      }
      response.end();
    };
    more();
  });
  const { request } = createTransport();
  let received = 0;
  const done = Promise.withResolvers<void>();
  const wire = request(
    { method: 'GET', url: origin, headers: {}, body: null, reach: 'operator' },
    {
      head: () => wire.pause(),
      data: (bytes) => {
        received += bytes.length;
      },
      end: done.resolve,
      error: (error) => done.reject(new Error(error.message)),
    },
  );
  let before = -1;
  while (sent === 0 || sent !== before) {
    before = sent;
    await new Promise((turn) => setTimeout(turn, 50));
  }
  assert.ok(sent < total / 2, `the sender stopped at ${sent} of ${total} bytes`);
  wire.resume();
  await done.promise;
  assert.equal(received, total);
});

test('connections are kept alive and reused', async () => {
  const sockets = new Set<unknown>();
  const { origin } = await serve((request, response) => {
    sockets.add(request.socket);
    response.end('ok');
  });
  const { request } = createTransport();
  for (let count = 0; count < 5; count++) {
    await new Promise<void>((resolve) => {
      const ignore = () => undefined;
      request(
        { method: 'GET', url: origin, headers: {}, body: null, reach: 'operator' },
        { head: ignore, data: ignore, end: resolve, error: () => assert.fail() },
      );
    });
  }
  // A request made while the last one is just ending may open a second connection; never a third.
  assert.ok(sockets.size <= 2, `${sockets.size} connections for five exchanges in a row`);
});
