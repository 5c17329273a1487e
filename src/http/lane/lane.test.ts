import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { CLIENT_DEADLINES } from '../../base/limits.ts';
import type { Taker } from './connection.ts';
import { addLane } from './lane.ts';

const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that tells how each request came to it: by the lane or Node's way. */
async function serve(take: Taker, deadlines = CLIENT_DEADLINES): Promise<{ port: number; server: Server }> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (bytes) => {
      body += bytes;
    });
    request.on('end', () => response.end(`node ${request.method} ${request.url} ${body}`));
  });
  addLane(server, take, deadlines);
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return { port: (server.address() as AddressInfo).port, server };
}

/** Takes what is posted to a path that begins with `/lane`. */
const ECHO: Taker = ({ target }) =>
  target.startsWith('/lane')
    ? ({ chunks }, answer) => {
        const text = `lane ${target} ${Buffer.concat(chunks)}`;
        answer.writeHead(200, { 'content-length': Buffer.byteLength(text) });
        answer.end(text);
      }
    : null;

const post = (path: string, body: string, more = ''): string =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\n${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

type Dialog = {
  readonly socket: Socket;
  readonly heard: () => string;
  readonly until: (text: string) => Promise<void>;
  readonly closed: Promise<void>;
};

function dial(port: number): Dialog {
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  socket.setEncoding('utf8').on('data', (text) => {
    heard += text;
  });
  socket.on('error', () => {});
  const closed = new Promise<void>((done) => socket.once('close', () => done()));
  const until = async (text: string): Promise<void> => {
    while (!heard.includes(text))
      await Promise.race([new Promise((turn) => socket.once('data', turn)), closed.then(() => assert.fail(heard))]);
  };
  return { socket, heard: () => heard, until, closed };
}

test('plain POSTs go by the lane however their bytes come; from the first other request on Node answers', async () => {
  const { port } = await serve(ECHO);
  const { socket, heard, until } = dial(port);
  socket.write(post('/lane/1', 'ä'));
  await until('lane /lane/1 ä');
  const second = Buffer.from(post('/lane/2', 'hello'));
  const bodyAt = second.length - 5;
  for (let at = bodyAt; at <= second.length; at++) {
    socket.write(second.subarray(at === bodyAt ? 0 : at - 1, at));
    await new Promise((turn) => setImmediate(turn));
  }
  await until('lane /lane/2 hello');
  socket.write(post('/other', 'x'));
  await until('node POST /other x');
  socket.write(post('/lane/3', 'y'));
  await until('node POST /lane/3 y');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  await until('node GET / ');
  assert.equal(heard().match(/HTTP\/1.1 200 OK/g)?.length, 5);
  socket.destroy();
});

test('what is not plain goes to Node from its first byte on', async () => {
  const { port } = await serve(ECHO);
  const body = 'hello';
  for (const text of [
    post('/lane', body, 'expect: 100-continue\r\n'),
    post('/lane', body, 'connection: close\r\n'),
    post('/lane', body, 'te: trailers\r\n'),
    `POST /lane HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    `PUT /lane HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello`,
  ]) {
    for (const first of [9, text.length]) {
      const { socket, until } = dial(port);
      socket.write(text.slice(0, first));
      await new Promise((turn) => setImmediate(turn));
      socket.write(text.slice(first));
      await until(`node ${text.slice(0, text.indexOf(' '))} /lane ${body}`);
      socket.destroy();
    }
  }
});

test('requests sent ahead are answered one after the other, in their order', async () => {
  const { port } = await serve(ECHO);
  const { socket, heard, until } = dial(port);
  socket.write(Array.from({ length: 50 }, (_, at) => post(`/lane/${at}`, `body ${at}`)).join(''));
  await until('lane /lane/49 body 49');
  assert.deepEqual(
    [...heard().matchAll(/lane \/lane\/(\d+) body \1/g)].map(([, at]) => Number(at)),
    Array.from({ length: 50 }, (_, at) => at),
  );
  socket.write(post('/lane/a', '') + post('/other', ''));
  await until('node POST /other');
  socket.destroy();
});

test('what comes while a request waits its turn lies behind it', async () => {
  const held = Promise.withResolvers<() => void>();
  const { port, server } = await serve((post) =>
    post.target === '/held'
      ? (_request, answer) =>
          held.resolve(() => {
            answer.writeHead(200, { 'content-length': 4 });
            answer.end('held');
          })
      : ECHO(post, () => {}),
  );
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  const { socket, heard, until } = dial(port);
  const second = post('/lane/2', 'second');
  socket.write(post('/held', '') + second.slice(0, -3));
  const finish = await held.promise;
  // The rest arrives in the very turn in which the answer before it has ended.
  finish();
  (await accepted).push(Buffer.from(second.slice(-3) + post('/lane/3', 'third')));
  await until('lane /lane/3 third');
  assert.deepEqual(heard().match(/held|lane \S+ \S+$|lane \S+ [a-z]+(?=HTTP)/g), [
    'held',
    'lane /lane/2 second',
    'lane /lane/3 third',
  ]);
  socket.destroy();
});

test('what comes behind an answer that ends the connection is not served', async () => {
  const served: string[] = [];
  const { port } = await serve(({ target }) => (_request, answer) => {
    served.push(target);
    answer.writeHead(200, { 'content-length': 2, connection: 'close' });
    answer.end('ok');
  });
  const { socket, until, closed } = dial(port);
  socket.removeAllListeners('end');
  socket.write(post('/lane/1', ''));
  await until('ok');
  socket.write(post('/lane/2', ''));
  await closed;
  assert.deepEqual(served, ['/lane/1']);
});

test('many slow answers over one connection leave nothing behind on it', async () => {
  const { port, server } = await serve(() => (_request, answer) => {
    answer.setTimeout(60_000, () => assert.fail('an answer that is over was called late'));
    answer.writeHead(200, { 'content-length': 2 });
    answer.end('ok');
  });
  const sockets: Socket[] = [];
  server.on('connection', (socket) => sockets.push(socket));
  const { socket, heard } = dial(port);
  for (let at = 1; at <= 20; at++) {
    socket.write(post('/', ''));
    while (heard().split('\r\n\r\nok').length <= at) await new Promise((turn) => socket.once('data', turn));
  }
  const mine = sockets[0];
  assert.ok(mine);
  assert.equal(mine.listenerCount('timeout'), 1);
  mine.emit('timeout');
  socket.destroy();
});

test('a stream goes out in one piece a turn, waits for a slow client, and its end for everything before it', async () => {
  const drained = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const block = 'x'.repeat(64 * 1024);
  let blocks = 0;
  const { port } = await serve(() => (_request, answer) => {
    answer.on('drain', drained.resolve);
    answer.on('close', closed.resolve);
    answer.writeHead(200, { 'content-type': 'text/plain' });
    while (answer.write(block)) blocks++;
    blocks++;
    void drained.promise.then(() => {
      answer.write('the');
      answer.end(' end');
    });
  });
  const { socket, heard, until } = dial(port);
  socket.write(post('/', ''));
  await until('\r\n0\r\n\r\n');
  await closed.promise;
  const [head = '', ...rest] = heard().split('\r\n\r\n');
  assert.match(head, /transfer-encoding: chunked/);
  const chunks = rest.join('\r\n\r\n').split('\r\n');
  const text = chunks.filter((_, at) => at % 2 === 1).join('');
  assert.equal(text.length, blocks * block.length + 7);
  assert.ok(text.endsWith('the end'));
  // The connection is as good as new.
  socket.write(post('/', ''));
  await until('xxx');
  socket.destroy();
});

test('an answer hears that its client has gone, once, and writes no more', async () => {
  let closes = 0;
  const gone = Promise.withResolvers<void>();
  const { port } = await serve(() => (_request, answer) => {
    answer.on('close', () => {
      closes++;
      assert.equal(answer.destroyed, true);
      assert.equal(answer.write('more'), false);
      answer.end('more');
      gone.resolve();
    });
    answer.writeHead(200, {});
    answer.write('begun');
  });
  for (const leave of [(socket: Socket) => socket.end(), (socket: Socket) => socket.resetAndDestroy()]) {
    const { socket, until } = dial(port);
    socket.write(post('/', ''));
    await until('begun');
    leave(socket);
    await gone.promise;
  }
  assert.ok(closes >= 1 && closes <= 2);
});

test('a body that does not come is waited for so long and no longer', async () => {
  const { port } = await serve(ECHO, { ...CLIENT_DEADLINES, request_head_ms: 30, request_ms: 60 });
  const slow = dial(port);
  slow.socket.write(post('/lane', 'hello').slice(0, -1));
  await slow.closed;
  assert.match(slow.heard(), /^HTTP\/1.1 408 /);
});

test('a server that closes answers what still comes as the last of its connection, and ends what lies idle', async () => {
  const held = Promise.withResolvers<() => void>();
  const deadlines = { ...CLIENT_DEADLINES, last_request_ms: 300 };
  const { port, server } = await serve(({ target }) => {
    if (target === '/node') return null;
    return (_request, answer) => {
      const finish = (): void => {
        answer.writeHead(200, { 'content-length': 2 });
        answer.end('ok');
      };
      if (target === '/later') held.resolve(finish);
      else finish();
    };
  }, deadlines);
  const [idle, busy, begun, late, lateAtNode, idleAtNode] = [0, 1, 2, 3, 4, 5].map(() => dial(port));
  assert.ok(idle && busy && begun && late && lateAtNode && idleAtNode);
  for (const one of [idle, late]) {
    one.socket.write(post('/', ''));
    await one.until('ok');
  }
  for (const one of [lateAtNode, idleAtNode]) {
    one.socket.write(post('/node', ''));
    await one.until('node POST');
  }
  busy.socket.write(post('/later', ''));
  begun.socket.write(post('/', 'body').slice(0, -1));
  const finish = await held.promise;
  const closed = new Promise<void>((done) => server.close(() => done()));
  late.socket.write(post('/', ''));
  lateAtNode.socket.write(post('/node', ''));
  await Promise.all([late.closed, lateAtNode.closed]);
  for (const one of [late, lateAtNode]) assert.equal(one.heard().split('200 OK').length, 3);
  await Promise.all([idle.closed, idleAtNode.closed]);
  finish();
  begun.socket.write('y');
  await Promise.all([busy.closed, begun.closed, closed]);
  for (const one of [late, lateAtNode, busy, begun])
    assert.equal(one.heard().match(/^connection: close\r$/gim)?.length, 1, one.heard());
  for (const one of [idle, idleAtNode]) assert.doesNotMatch(one.heard(), /connection: close/i);
});
