import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type ClientDeadlines, LIMITS } from '../../base/limits.ts';
import { refuseSocket } from '../sockets.ts';
import { LaneConnection, type LaneOwner, type Taker } from './connection.ts';

/** As Node's server has it: its heads, and how long a connection may lie between two requests. */
const HEAD_BYTES_MAX = 16 * 1024;
const IDLE_MS_MAX = 75_000;

/**
 * Puts a lane before Node's server: a connection's plain POSTs that `take` wants are read and answered straight on its
 * socket. With the first thing that is anything else the connection goes to Node's server, from that byte on and for
 * good, so whatever is unusual, refused or broken is looked at by nobody but it (decisions/0018).
 */
export function addLane(server: Server, take: Taker, deadlines: ClientDeadlines): void {
  const connections = new Set<LaneConnection>();
  const ordinary = server.listeners('connection') as ((this: Server, socket: Socket) => void)[];
  const owner: LaneOwner = {
    take,
    headBytesMax: HEAD_BYTES_MAX,
    // Larger bodies go the other way, where each is asked for, counted and held back.
    bodyBytesMax: LIMITS.small_body_bytes,
    now: () => performance.now(),
    handOn: (connection, socket, bytes) => {
      connections.delete(connection);
      for (const listener of ordinary) listener.call(server, socket);
      socket.unshift(bytes);
    },
    over: (connection) => void connections.delete(connection),
  };
  server.removeAllListeners('connection');
  server.on('connection', (socket) => void connections.add(new LaneConnection(socket, owner)));

  const sweep = (): void => {
    const now = performance.now();
    for (const connection of connections) {
      const waited = now - connection.since;
      if (connection.isReading) {
        if (waited > deadlines.request_ms) refuseSocket(TOO_SLOW, connection.socket);
      } else if (connection.isIdle && connection.hasServed && waited > IDLE_MS_MAX) connection.socket.destroy();
    }
  };
  const sweeper = setInterval(sweep, Math.ceil(deadlines.request_head_ms / 10)).unref();
  server.once('close', () => clearInterval(sweeper));

  // Who closes the server's connections means these too.
  const { closeIdleConnections, closeAllConnections } = server;
  server.closeIdleConnections = () => {
    closeIdleConnections.call(server);
    for (const { isIdle, socket } of connections) if (isIdle) socket.destroy();
  };
  server.closeAllConnections = () => {
    closeAllConnections.call(server);
    for (const { socket } of connections) socket.destroy();
  };
}

const TOO_SLOW = Object.assign(new Error('too slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
