import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { fault } from '../../base/fault.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { readAbsoluteForm } from '../absolute-form.ts';
import { admission } from '../admit.ts';
import { ownUrl } from '../prefixes.ts';
import { pathOf, refuse } from '../refuse.ts';
import { PREFIXES } from '../route.ts';
import { ResponsesSocket } from './connection.ts';
import { sessionOfKey, withClientSecrets } from './realtime/client-secret.ts';
import { openingOf } from './realtime/opening.ts';
import { REALTIME_PROTOCOL, takeKeyFromProtocols } from './realtime/protocols.ts';
import { RealtimeSocket } from './realtime/relay.ts';

/** What is spoken at each path. */
const PATHS: ReadonlyMap<string, 'responses' | 'realtime'> = new Map(
  PREFIXES.flatMap((prefix) => [
    [`${prefix}/responses`, 'responses'] as const,
    [`${prefix}/realtime`, 'realtime'] as const,
  ]),
);

/** What is served on a WebSocket. */
type Served = { readonly leave: () => void; readonly destroy: () => void };

const TOO_MANY = fault('rate_limit_exceeded', 'Too many WebSockets are open with this key.', { retryAfterMs: 5_000 });
const FULL = fault('overloaded', 'Too many WebSockets are open.', { retryAfterMs: 5_000 });
const NO_REALTIME = fault('not_found', 'Realtime sessions are not relayed here.');
const NO_SESSION = fault('permission_denied', 'A WebSocket is opened with an API key, not from a browser session.');

/**
 * Is this request to become a WebSocket of ours? All other upgrades are ignored, as a server may: Java's client offers
 * HTTP/2 with every plain request.
 */
export function isOurs(request: IncomingMessage): boolean {
  if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket') return false;
  readAbsoluteForm(request);
  return spokenAt(request) !== undefined;
}

const spokenAt = ({ url = '' }: IncomingMessage) => PATHS.get(pathOf(ownUrl(url)).replace(/\/$/, ''));

const HANDSHAKE = { noServer: true, clientTracking: false, perMessageDeflate: false } as const;

/** WebSockets beside the plain requests of a server: admitted as they are, counted, and closed when it takes its leave. */
export function withWebSockets(server: Server, gateway: Gateway): Server {
  const handshakes = {
    responses: new WebSocketServer({ ...HANDSHAKE, maxPayload: LIMITS.body_bytes_max }),
    realtime: new WebSocketServer({
      ...HANDSHAKE,
      maxPayload: LIMITS.frame_bytes_max,
      // The others that browsers offer are their keys.
      handleProtocols: (offered) => offered.has(REALTIME_PROTOCOL) && REALTIME_PROTOCOL,
    }),
  };
  const admits = {
    responses: admission(gateway, 'call'),
    realtime: admission({ ...gateway, access: withClientSecrets(gateway) }, 'call'),
  };
  const open = new Set<Served>();
  const ofKey = createCounts();
  let isLeaving = false;

  server.on('upgrade', (request: IncomingMessage, stream: Socket, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const refusal = new ServerResponse(request);
    refusal.shouldKeepAlive = false;
    refusal.assignSocket(stream);
    refusal.once('finish', () => stream.end());
    const spoken = spokenAt(request) ?? 'responses';
    if (spoken === 'realtime') takeKeyFromProtocols(request);
    admits[spoken](request, refusal, (caller) => {
      if (caller === null) return;
      const { keyId } = caller;
      if (caller.kind !== 'key') return refuse(refusal, NO_SESSION);
      if (ofKey.of(keyId) >= LIMITS.web_sockets_each_max) return refuse(refusal, TOO_MANY);
      if (isLeaving || open.size >= LIMITS.web_sockets_max) return refuse(refusal, FULL);
      const { openVendorSocket } = gateway;
      if (spoken === 'realtime' && !openVendorSocket) return refuse(refusal, NO_REALTIME);
      const opening =
        spoken === 'realtime' ? openingOf(gateway, request, { caller, initial: sessionOfKey(gateway, request) }) : null;
      if (opening && !opening.ok) return refuse(refusal, opening.error);
      refusal.detachSocket(stream);
      stream.once('close', ofKey.add(keyId));
      handshakes[spoken].handleUpgrade(request, stream, head, (socket) => {
        const parts = { socket, request, gateway, caller };
        const served: Served =
          opening && openVendorSocket
            ? new RealtimeSocket({ ...parts, opening: opening.value, open: openVendorSocket })
            : new ResponsesSocket(parts);
        open.add(served);
        const beat = keepAlive(socket, () => served.destroy());
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

/** How many each key has; `add` returns what takes it away again. */
function createCounts(): { readonly of: (keyId: string) => number; readonly add: (keyId: string) => () => void } {
  const counts = new Map<string, number>();
  return {
    of: (keyId) => counts.get(keyId) ?? 0,
    add: (keyId) => {
      counts.set(keyId, (counts.get(keyId) ?? 0) + 1);
      return () => {
        const left = (counts.get(keyId) ?? 1) - 1;
        if (left > 0) counts.set(keyId, left);
        else counts.delete(keyId);
      };
    },
  };
}

/** A client that answers no ping is gone. */
function keepAlive(socket: WebSocket, gone: () => void): NodeJS.Timeout {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  return setInterval(() => {
    if (!isAlive) return gone();
    isAlive = false;
    socket.ping();
  }, LIMITS.web_socket_ping_ms);
}
