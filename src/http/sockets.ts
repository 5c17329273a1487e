import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type Fault, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import { envelope } from './faults.ts';

/** A client that announces a body waits for our word: it comes when the caller is admitted, or a refusal does. */
export function askBeforeBodies(server: Server): void {
  server.on('checkContinue', (request, response) => server.emit('request', request, response));
}

/**
 * A connection over which nothing ever comes is closed: Node's own deadlines begin with the first byte of a request
 * (nodejs.org/api/http.html, `headersTimeout`; of 5,000 silent ones it kept all, seen with 26.10). And there are so many at most.
 */
export function boundConnections(server: Server, firstByteMs: number): void {
  server.maxConnections = LIMITS.connections_max;
  server.on('connection', (socket) => {
    const silent = setTimeout(() => {
      if (socket.bytesRead === 0) socket.destroy();
    }, firstByteMs);
    silent.unref();
    socket.once('close', () => clearTimeout(silent));
  });
}

/** Answers what is not HTTP, or too slow, or too long, where nothing else has been answered; then hangs up. */
export function refuseSocket(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code !== 'ECONNRESET' && socket.writable && !isAnswering(socket)) {
    const { error: body } = envelope(faultOf(error));
    const text = JSON.stringify({ error: body });
    socket.write(
      `HTTP/1.1 ${body.code} Refused\r\ncontent-type: application/json; charset=utf-8\r\n` +
        `content-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
    );
  }
  socket.destroy(error);
}

/** Part of an answer is out: another one in its middle would be read as its text. */
const isAnswering = (socket: Socket & { readonly _httpMessage?: { readonly headersSent: boolean } | null }): boolean =>
  socket._httpMessage?.headersSent === true;

function faultOf({ code }: NodeJS.ErrnoException): Fault {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return fault('request_timeout', 'The request did not arrive in time.');
    case 'HPE_HEADER_OVERFLOW':
      return fault('headers_too_large', 'The request headers are too large.');
    default:
      return fault('invalid_request', 'This is not a valid HTTP/1.1 request.');
  }
}
