import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { readToEnd } from './read-to-end.ts';

test('what a host has sent before it hung up is read, though a write meets its end first', async (context) => {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const buffer = Buffer.alloc(1_000);
  for (const isRead of [false, true]) {
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    let heard = '';
    const callback = (count: number): boolean => {
      heard += buffer.toString('latin1', 0, count);
      return true;
    };
    const socket = connect({ port, host: '127.0.0.1', onread: { buffer, callback } });
    await once(socket, 'connect');
    const [peer] = await accepted;
    const errors: string[] = [];
    socket.on('error', (error) => errors.push(error.message));
    const closed = new Promise((done) => socket.once('close', done));
    if (isRead) readToEnd(socket);
    // What the host leaves unread makes its end a reset.
    socket.write('the beginning of a request');
    // All in one turn of the loop, so that nothing is read in between.
    peer.write('HTTP/1.1 413 Payload Too Large');
    peer.destroy();
    socket.write('more of it');
    socket.write('and more');
    await closed;
    // The first round shows what Node does by itself.
    assert.equal(heard, isRead ? 'HTTP/1.1 413 Payload Too Large' : '');
    assert.match(errors.join(), /^(write|read) (ECONNRESET|EPIPE)$/);
  }
});
