/** HTTP by hand: requests that no client library writes. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export async function open(origin: string): Promise<Socket> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Sends these bytes and returns all that comes back until the other side closes, or `until` matches. */
export async function exchange(origin: string, bytes: string, until?: RegExp): Promise<string> {
  const socket = await open(origin);
  let got = '';
  socket.on('data', (part) => {
    got += part;
    if (until?.test(got)) socket.destroy();
  });
  socket.write(bytes, 'latin1');
  await new Promise((done) => socket.once('close', done));
  return got;
}

/** A whole request with a body, after which the connection is to be closed. */
export const raw = (path: string, body: string, ...headers: readonly string[]): string =>
  [
    `POST ${path} HTTP/1.1`,
    'host: gateway',
    `content-length: ${body.length}`,
    'connection: close',
    ...headers,
    '',
    body,
  ].join('\r\n');

/** The parts of one answer as it came over the socket. */
export function parsed(text: string): { readonly status: number; readonly head: string; readonly body: string } {
  const end = text.indexOf('\r\n\r\n');
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]),
    head: text.slice(0, end).toLowerCase(),
    body: text.slice(end + 4),
  };
}
