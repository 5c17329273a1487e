import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type ClientDeadlines, LIMITS } from '../../base/limits.ts';
import { refuseSocket } from '../sockets.ts';
import { LaneConnection, type LaneOwner, type Taker } from './connection.ts';
import { NodeConnections } from './node-connections.ts';

/** As Node's server has it: its heads, and how long a connection may lie between two requests. */
const HEAD_BYTES_MAX = 16 * 1024;
const IDLE_MS_MAX = 75_000;
/** So long a client may take to close a connection whose last answer has gone out (nginx's `lingering_timeout`). */
const CLOSING_MS_MAX = 5_000;
/** Idle connections of a server that takes its leave are looked for so often. */
const LEAVING_SWEEP_MS = 20;

/**
 * Puts a lane before Node's server: a connection's plain POSTs that `take` wants are read and answered straight on its
 * socket. With the first thing that is anything else the connection goes to Node's server, from that byte on and for
 * good, so whatever is unusual, refused or broken is looked at by nobody but it (decisions/0018).
 */
export function addLane(server: Server, take: Taker, deadlines: ClientDeadlines): void {
  const now = (): number => performance.now();
  const connections = new Set<LaneConnection>();
  const ofNode = new NodeConnections(now);
  const ordinary = server.listeners('connection') as ((this: Server, socket: Socket) => void)[];
  let leavingSince: number | null = null;
  const owner: LaneOwner = {
    take,
    headBytesMax: HEAD_BYTES_MAX,
    // Larger bodies go the other way, where each is asked for, counted and held back.
    bodyBytesMax: LIMITS.small_body_bytes,
    now,
    isLeaving: () => leavingSince !== null,
    handOn: (connection, socket, bytes) => {
      connections.delete(connection);
      ofNode.add(socket);
      for (const listener of ordinary) listener.call(server, socket);
      socket.unshift(bytes);
    },
    over: (connection) => void connections.delete(connection),
  };
  server.removeAllListeners('connection');
  server.on('connection', (socket) => void connections.add(new LaneConnection(socket, owner)));
  server.prependListener('request', ofNode.begun);

  const sweep = (): void => {
    for (const connection of connections) {
      const waited = now() - connection.since;
      if (connection.isReading) {
        if (waited > deadlines.request_ms) refuseSocket(TOO_SLOW, connection.socket);
      } else if (connection.isClosing) {
        if (waited > CLOSING_MS_MAX) connection.socket.destroy();
      } else if (connection.isIdle && connection.hasServed && waited > IDLE_MS_MAX) connection.socket.destroy();
    }
  };
  const closeIdle = (since: number): void => {
    for (const { isIdle, isClosing, since: idleSince, socket } of connections)
      if (isIdle && !isClosing && idleSince <= since) socket.destroy();
    for (const socket of ofNode.idleSince(since)) socket.destroy();
  };
  const timers = [setInterval(sweep, Math.ceil(deadlines.request_head_ms / 10)).unref()];

  /**
   * A client that keeps connections may be sending on one right now that looks idle from here, and cannot know whether a
   * POST that met its end was served. So the leave is taken as nginx (`keepalive_min_timeout`) and Envoy (draining) take
   * it: nobody new is let in, each answer says that it is the connection's last, and what stays idle is closed after a
   * while (RFC 9112, 9.5 and 9.6).
   */
  const leave = (): void => {
    if (leavingSince !== null) return;
    const since = now();
    leavingSince = since;
    ofNode.leave();
    const looked = setInterval(() => {
      const moment = now() - deadlines.last_request_ms;
      if (moment >= since) closeIdle(moment);
      sweep();
    }, LEAVING_SWEEP_MS);
    timers.push(looked.unref());
  };
  server.once('close', () => timers.forEach(clearInterval));

  // Who closes the server's connections means these too.
  const { close, closeAllConnections } = server;
  server.close = (done) => {
    leave();
    // What the system has connected and nobody has taken would be reset: so it is taken first, in the turn that comes.
    setImmediate(() => setImmediate(() => close.call(server, done)));
    return server;
  };
  server.closeIdleConnections = () => {
    if (leavingSince === null) closeIdle(now());
  };
  server.closeAllConnections = () => {
    closeAllConnections.call(server);
    for (const { socket } of connections) socket.destroy();
  };
}

const TOO_SLOW = Object.assign(new Error('too slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
