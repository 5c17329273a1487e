/** The Responses API over WebSockets: as OpenAI's library speaks it, and as nobody should. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as get } from 'node:http';
import { connect } from 'node:net';
import { after, beforeEach, test } from 'node:test';
import OpenAI from 'openai';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { WebSocket } from 'ws';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { catalogueOf, saidIn, startHost } from './host.ts';

const host = await startHost();
const gateway = await startGateway({ catalogue: catalogueOf(host.port) });
after(async () => {
  await gateway.stop();
  host.close();
});
beforeEach(() => {
  host.bodies.length = 0;
});
const model = 'my/memory';
const lastSaid = (): string[] => host.bodies.at(-1)?.messages.map(saidIn) ?? [];
const address = `${gateway.base.replace('http', 'ws')}/responses`;

type Event = {
  readonly type: string;
  readonly status?: number;
  readonly stream_id?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly param: string | null };
  readonly response?: {
    readonly id: string;
    readonly store: boolean;
    readonly output: { content: { text: string }[] }[];
  };
};
const ENDS = ['response.completed', 'response.failed', 'error'];

/** A connection that is asked one thing at a time; each answer is its events. */
async function opened(key = API_KEY, headers: { [name: string]: string } = {}) {
  const socket = new WebSocket(address, { headers: { authorization: `Bearer ${key}`, ...headers } });
  await once(socket, 'open');
  const events: Event[] = [];
  let heard = (): void => {};
  socket.on('message', (data) => {
    events.push(JSON.parse(String(data)));
    heard();
  });
  socket.on('close', () => heard());
  /** Events up to the end of an answer. */
  const answer = async (): Promise<Event[]> => {
    for (;;) {
      const end = events.findIndex(({ type }) => ENDS.includes(type));
      if (end !== -1) return events.splice(0, end + 1);
      assert.equal(socket.readyState, WebSocket.OPEN, 'it was closed');
      await new Promise<void>((done) => (heard = done));
    }
  };
  const ask = (body: object): Promise<Event[]> => {
    socket.send(JSON.stringify({ type: 'response.create', model, ...body }));
    return answer();
  };
  return { socket, ask, answer };
}
const last = (events: Event[]): Event => events.at(-1) as Event;
const idOf = (events: Event[]): string => last(events).response?.id ?? '';

test('OpenAI’s library goes on from the last answer by its id, though nothing is stored', async () => {
  const client = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY });
  const socket = new ResponsesWS(client);
  const ask = async (body: object): Promise<Event> => {
    const ended = new Promise<Event>((done, failed) => {
      socket.once('response.completed', (event) => done(event as unknown as Event));
      socket.once('error', failed);
    });
    socket.send({ type: 'response.create', model, ...body } as never);
    return ended;
  };
  const first = await ask({ input: 'One' });
  const second = await ask({ input: 'Two', previous_response_id: first.response?.id });
  assert.deepEqual(lastSaid(), ['One', '1 messages', 'Two']);
  assert.equal(second.response?.output[0]?.content[0]?.text, '3 messages');
  await ask({ input: 'Three', previous_response_id: second.response?.id });
  assert.deepEqual(lastSaid(), ['One', '1 messages', 'Two', '3 messages', 'Three']);
  socket.close();
});

test('each event is a message; calls have receipts, lanes and the errors that they would have by HTTP', async () => {
  const { socket, ask } = await opened();
  const events = await ask({ input: 'Hello', stream_id: 'lane' });
  assert.equal(events[0]?.type, 'response.created');
  assert.ok(events.some(({ type }) => type === 'response.output_text.delta'));
  assert.deepEqual([...new Set(events.map(({ stream_id }) => stream_id))], ['lane']);
  assert.equal(last(events).response?.store, false);
  const receipt = await fetch(`${gateway.base}/generation?id=${idOf(events)}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  assert.equal(receipt.status, 200);

  const wrong: [object, number, string | null][] = [
    [{ input: 'x', previous_response_id: 'gen-nobodys' }, 400, 'previous_response_id'],
    [{ input: 'x', store: true }, 400, 'store'],
    [{ input: 7 }, 400, 'input'],
    [{ input: 'x', model: 'no/such' }, 400, null],
    [{ type: 'response.steer', input: 'x' }, 400, 'type'],
    [{ input: 'x', background: true }, 400, 'background'],
    [{ input: 'x', previous_response_id: idOf(events), generate: false }, 400, 'generate'],
  ];
  for (const [body, status, param] of wrong) {
    const error = last(await ask(body));
    assert.deepEqual([error.type, error.status], ['error', status], JSON.stringify(error));
    if (param !== null) assert.equal(error.error?.param, param);
  }
  const unknown = last(await ask({ input: 'x', previous_response_id: 'gen-nobodys' }));
  assert.equal(unknown.error?.code, 'previous_response_not_found');
  assert.equal(socket.readyState, WebSocket.OPEN, 'none of them ends the connection');
  assert.equal(last(await ask({ input: 'Still here' })).type, 'response.completed');
  socket.close();
});

test('a call that generates nothing costs nothing and is gone on from', async () => {
  const { socket, ask } = await opened();
  const events = await ask({ input: [{ role: 'user', content: 'Be ready.' }], generate: false });
  assert.deepEqual(
    events.map(({ type }) => type),
    ['response.created', 'response.completed'],
  );
  assert.equal(host.bodies.length, 0);
  await ask({ input: 'Now', previous_response_id: idOf(events) });
  assert.deepEqual(lastSaid(), ['Be ready.', 'Now']);
  socket.close();
});

test('only the last answer is remembered, by its own connection, and calls wait for each other', async () => {
  const { socket, ask, answer } = await opened();
  const first = await ask({ input: 'One' });
  const other = await opened();
  const theirs = last(await other.ask({ input: 'x', previous_response_id: idOf(first) }));
  assert.equal(theirs.error?.code, 'previous_response_not_found');
  const second = await ask({ input: 'Two' });
  const gone = last(await ask({ input: 'x', previous_response_id: idOf(first) }));
  assert.equal(gone.error?.code, 'previous_response_not_found');
  for (const at of [1, 2, 3]) socket.send(JSON.stringify({ type: 'response.create', model, input: `At ${at}` }));
  for (const at of [1, 2, 3]) {
    assert.equal(last(await answer()).type, 'response.completed');
    assert.ok(host.bodies.some(({ messages }) => saidIn(messages[0] as never) === `At ${at}`));
  }
  assert.ok(idOf(second) !== idOf(first));
  for (let at = 0; at < 40; at++) socket.send(JSON.stringify({ type: 'response.create', model, input: 'x' }));
  const ends = [];
  for (let at = 0; at < 40; at++) ends.push(last(await answer()));
  assert.ok(
    ends.some(({ status }) => status === 429),
    'so many do not wait',
  );
  assert.ok(ends.filter(({ type }) => type === 'response.completed').length >= 16);
  other.socket.close();
  socket.close();
});

test('a large message is read in turns, and gone on from as it was', async () => {
  const { socket, ask } = await opened();
  const url = `data:image/png;base64,${Buffer.alloc(2_000_000, 7).toString('base64')}`;
  const content = [
    { type: 'input_text', text: `${'word '.repeat(60_000)}"end"\n` },
    { type: 'input_image', image_url: url },
  ];
  const first = await ask({ input: [{ role: 'user', content }] });
  assert.equal(last(first).type, 'response.completed', JSON.stringify(last(first)).slice(0, 300));
  const [before] = host.bodies.at(-1)?.messages ?? [];
  await ask({ input: 'And?', previous_response_id: idOf(first) });
  assert.deepEqual(host.bodies.at(-1)?.messages[0], before);
  socket.close();
});

test('who has no key for calls gets no connection; a key that is disabled makes no more calls', async () => {
  const refusedWith = (headers: { [name: string]: string }): Promise<number | undefined> =>
    new Promise((done) => {
      const socket = new WebSocket(address, { headers });
      socket.once('unexpected-response', (_request, response) => {
        done(response.statusCode);
        socket.terminate();
      });
      socket.once('open', () => done(101));
      socket.on('error', () => {});
    });
  assert.equal(await refusedWith({}), 401);
  assert.equal(await refusedWith({ authorization: 'Bearer sk-nobodys-key-of-all' }), 401);
  assert.equal(await refusedWith({ authorization: `Bearer ${MANAGEMENT_KEY}` }), 403);
  const manage = { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' };
  const made = await fetch(`${gateway.base}/keys`, { method: 'POST', headers: manage, body: '{"name":"short"}' });
  const { key, data } = (await made.json()) as { key: string; data: { hash: string } };
  const { socket, ask } = await opened(key);
  assert.equal(last(await ask({ input: 'Hi' })).type, 'response.completed');
  await fetch(`${gateway.base}/keys/${data.hash}`, { method: 'PATCH', headers: manage, body: '{"disabled":true}' });
  assert.equal(last(await ask({ input: 'Hi' })).status, 401);
  socket.close();
});

test('what is no WebSocket of ours is answered as ever, and noise ends only its own connection', async () => {
  const { host: name, port } = new URL(gateway.origin);
  const plain = await new Promise<number | undefined>((done) =>
    get(
      {
        port,
        path: '/healthz',
        headers: { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AA' },
      },
      (response) => done(response.resume().statusCode),
    ).end(),
  );
  assert.equal(plain, 200, 'an upgrade that nobody takes is ignored');
  assert.equal(
    (await fetch(`${gateway.base}/responses`, { headers: { authorization: `Bearer ${API_KEY}` } })).status,
    405,
  );

  const quiet = await opened();
  const closedWith = async (send: (socket: WebSocket) => void): Promise<number> => {
    const { socket } = await opened();
    socket.on('error', () => {});
    send(socket);
    const [code] = (await once(socket, 'close')) as [number];
    return code;
  };
  assert.equal(await closedWith((socket) => socket.send(Buffer.from('{}'))), 1003);
  const raw = connect(Number(port), '127.0.0.1');
  raw.write(
    `GET /v1/responses HTTP/1.1\r\nHost: ${name}\r\nAuthorization: Bearer ${API_KEY}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  const [head] = await once(raw, 'data');
  assert.match(String(head), /^HTTP\/1\.1 101 /);
  raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4]));
  await once(raw, 'close');
  const { ask, socket } = quiet;
  socket.send('{"type":');
  const error = last(await quiet.answer());
  assert.equal(error.status, 400);
  assert.equal(last(await ask({ input: 'Still here' })).type, 'response.completed');
  socket.close();
});

test('a client that asks and reads nothing is left', async () => {
  const raw = connect(Number(new URL(gateway.origin).port), '127.0.0.1');
  raw.on('error', () => {});
  raw.write(
    `GET /v1/responses HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${API_KEY}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  await once(raw, 'data');
  raw.pause();
  const closed = once(raw, 'close');
  // Four bytes of a mask that masks nothing, and one that is no JSON.
  const frames = Buffer.alloc(10_000 * 7, Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x78]));
  // It goes on asking until the connection is broken under it.
  while (!raw.destroyed) await Promise.race([new Promise((done) => raw.write(frames, done)), closed]);
});

test('a gateway that is stopped ends its connections behind their calls', async () => {
  const own = await startGateway({ catalogue: catalogueOf(host.port) });
  const socket = new WebSocket(`${own.base.replace('http', 'ws')}/responses`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  await once(socket, 'open');
  const stopped = own.stop();
  const [code] = await once(socket, 'close');
  assert.equal(code, 1001);
  assert.equal(await stopped, 0);
});
