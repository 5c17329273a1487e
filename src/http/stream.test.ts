import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { virtualClock } from '../base/testing/clock.ts';
import { realWorld } from '../upstream/world.ts';
import { createEventStream, type EventStream, type StreamOptions } from './stream.ts';

const BLOCK = 'x'.repeat(1024 * 1024);
/** More than the kernel keeps of a connection for its two ends. */
const BLOCKS = 64;
const OPTIONS: StreamOptions = {
  contentType: 'text/plain',
  keepAlive: ': still here\n\n',
  keepAliveMs: 10_000,
  headers: {},
  headWaitMs: 2_000,
  stalledMs: 1_000,
};

let opened: (response: ServerResponse) => void = () => {};
const server = createServer((_, response) => opened(response));
before(() => new Promise<void>((ready) => void server.listen(0, '127.0.0.1', ready)));
after(() => {
  server.closeAllConnections();
  server.close();
});

type Pair = {
  readonly stream: EventStream;
  readonly response: ServerResponse;
  readonly answer: Promise<IncomingMessage>;
};

/** A stream to a client that has asked, and what it will have been answered. */
async function connect(world = realWorld(), options: Partial<StreamOptions> = {}): Promise<Pair> {
  const asked = new Promise<ServerResponse>((resolve) => {
    opened = resolve;
  });
  const { port } = server.address() as AddressInfo;
  const call = get({ port, host: '127.0.0.1', agent: false });
  const answer = once(call, 'response').then(([got]) => got as IncomingMessage);
  const response = await asked;
  const nothing = { pause: () => {}, resume: () => {}, gone: () => {} };
  return { stream: createEventStream(response, world, { ...OPTIONS, ...options }, nothing), response, answer };
}

async function textOf(answer: Promise<IncomingMessage>): Promise<string> {
  let text = '';
  for await (const part of (await answer).setEncoding('utf8')) text += part;
  return text;
}

test('an answer that ended is not kept for ever for a client that takes nothing of it', async () => {
  const { stream, response, answer } = await connect();
  for (let sent = 0; sent < BLOCKS; sent++) stream.write(BLOCK);
  stream.end();
  (await answer).on('error', () => {});
  if (!response.closed) await once(response, 'close');
  assert.equal(response.writableFinished, false);
});

test('a client that only begins late gets everything, and nothing on top of what it has not taken', async () => {
  const { world, advance } = virtualClock();
  const { stream, response, answer } = await connect(world, { stalledMs: 600_000 });
  for (let sent = 0; sent < BLOCKS; sent++) stream.write(BLOCK);
  assert.ok(response.writableLength > 0);
  advance(60_000);
  stream.end();
  let bytes = 0;
  for await (const part of await answer) bytes += (part as Buffer).length;
  assert.equal(bytes, BLOCKS * BLOCK.length);
});

/** Lets the socket take what was written, so that the line is silent. */
const flushed = async (response: ServerResponse): Promise<void> => {
  while (response.writableLength > 0) await new Promise((resolve) => setImmediate(resolve));
};

test('a silent stream is kept alive before its first frame and between any two', async () => {
  const { world, advance } = virtualClock();
  const { stream, response, answer } = await connect(world);
  const at = async (ms: number): Promise<void> => {
    await flushed(response);
    advance(ms);
  };
  await at(1_999);
  assert.equal(stream.opened(), false);
  await at(2_000);
  assert.equal(stream.opened(), true);
  stream.write('one ');
  await at(11_999);
  stream.write('two ');
  await at(21_998);
  stream.write('three ');
  await at(31_998);
  await at(41_998);
  stream.write('four');
  stream.end();
  const { keepAlive } = OPTIONS;
  assert.equal(await textOf(answer), `${keepAlive}one two three ${keepAlive}${keepAlive}four`);
});

test('frames touch no timer, and none is left behind', async () => {
  const { world, advance, timersSet, pending } = virtualClock();
  const { stream, answer } = await connect(world);
  for (let at = 0; at < 1_000; at++) stream.write('x');
  assert.equal(timersSet(), 1);
  for (let at = 0; at < 20_000; at += 10) {
    advance(at);
    stream.write('x');
  }
  assert.ok(timersSet() <= 4, `${timersSet()} timers in 20 seconds`);
  stream.end();
  assert.equal(pending(), 0);
  assert.match(await textOf(answer), /^x+$/);
});

test('a silence shorter than the wait for the first frame is noticed too', async () => {
  const { world, advance } = virtualClock();
  const { stream, response, answer } = await connect(world, { keepAliveMs: 20 });
  advance(5);
  stream.write('one ');
  await flushed(response);
  advance(25);
  stream.write('two');
  stream.end();
  assert.equal(await textOf(answer), `one ${OPTIONS.keepAlive}two`);
});

test('a stream may be left silent', async () => {
  const { world, advance, pending } = virtualClock();
  const { stream, answer } = await connect(world, { keepAliveMs: Number.POSITIVE_INFINITY });
  advance(2_000);
  assert.equal((await answer).statusCode, 200, 'the head is out');
  advance(100_000);
  assert.equal(pending(), 0);
  stream.write('all');
  stream.end();
  assert.equal(await textOf(answer), 'all');
});
