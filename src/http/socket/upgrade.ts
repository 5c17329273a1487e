import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { fault } from '../../base/fault.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { readAbsoluteForm } from '../absolute-form.ts';
import { admission } from '../admit.ts';
import { ownUrl } from '../prefixes.ts';
import { pathOf, refuse } from '../refuse.ts';
import { PREFIXES } from '../route.ts';
import { ResponsesSocket } from './connection.ts';

const PATHS: ReadonlySet<string> = new Set(PREFIXES.map((prefix) => `${prefix}/responses`));

const TOO_MANY = fault('rate_limit_exceeded', 'Too many WebSockets are open with this key.', { retryAfterMs: 5_000 });
const FULL = fault('overloaded', 'Too many WebSockets are open.', { retryAfterMs: 5_000 });
const NO_SESSION = fault('permission_denied', 'A WebSocket is opened with an API key, not from a browser session.');

/**
 * Is this request to become a WebSocket of ours? All other upgrades are ignored, as a server may: Java's client offers
 * HTTP/2 with every plain request.
 */
export function isOurs(request: IncomingMessage): boolean {
  if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket') return false;
  readAbsoluteForm(request);
  return PATHS.has(pathOf(ownUrl(request.url ?? '')).replace(/\/$/, ''));
}

/** WebSockets beside the plain requests of a server: admitted as they are, counted, and closed when it takes its leave. */
export function withWebSockets(server: Server, gateway: Gateway): Server {
  const handshake = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: LIMITS.body_bytes_max,
  });
  const admit = admission(gateway, 'call');
  const open = new Set<ResponsesSocket>();
  const ofKey = new Map<string, number>();
  let isLeaving = false;

  server.on('upgrade', (request: IncomingMessage, stream: Socket, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const refusal = new ServerResponse(request);
    refusal.shouldKeepAlive = false;
    refusal.assignSocket(stream);
    refusal.once('finish', () => stream.end());
    admit(request, refusal, (caller) => {
      if (caller === null) return;
      const { keyId } = caller;
      const own = ofKey.get(keyId) ?? 0;
      if (caller.kind !== 'key') return refuse(refusal, NO_SESSION);
      if (own >= LIMITS.web_sockets_each_max) return refuse(refusal, TOO_MANY);
      if (isLeaving || open.size >= LIMITS.web_sockets_max) return refuse(refusal, FULL);
      refusal.detachSocket(stream);
      ofKey.set(keyId, own + 1);
      stream.once('close', () => {
        const left = (ofKey.get(keyId) ?? 1) - 1;
        if (left > 0) ofKey.set(keyId, left);
        else ofKey.delete(keyId);
      });
      handshake.handleUpgrade(request, stream, head, (socket) => {
        const served = new ResponsesSocket({ socket, request, gateway, caller });
        open.add(served);
        let isAlive = true;
        const beat = setInterval(() => {
          if (!isAlive) return served.destroy();
          isAlive = false;
          socket.ping();
        }, LIMITS.web_socket_ping_ms);
        socket.on('pong', () => {
          isAlive = true;
        });
        socket.once('close', () => {
          clearInterval(beat);
          open.delete(served);
        });
      });
    });
  });

  const { close, closeAllConnections } = server;
  server.close = (done) => {
    isLeaving = true;
    for (const socket of open) socket.leave();
    return close.call(server, done);
  };
  server.closeAllConnections = () => {
    closeAllConnections.call(server);
    for (const socket of open) socket.destroy();
  };
  return server;
}
