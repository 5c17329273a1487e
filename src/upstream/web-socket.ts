import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { LIMITS } from '../base/limits.ts';
import { withoutPaths } from '../base/redact.ts';
import type { WireHeaders } from '../base/world.ts';

/** A connection to a provider on which both sides send messages of text. */
export type VendorSocket = {
  /** `sent`: it has left this process. */
  readonly send: (text: string, sent?: () => void) => void;
  /** Bytes that the host has not taken yet. */
  readonly waiting: () => number;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends it; no handler is called afterwards. */
  readonly close: () => void;
};

/** `open` or `refused` comes first, `closed` last and only after `open`. */
export type VendorSocketHandler = {
  readonly open: () => void;
  /** `status`: of an answer that is no WebSocket; null = there was none. */
  readonly refused: (refusal: {
    readonly status: number | null;
    readonly headers: WireHeaders;
    readonly body: string;
  }) => void;
  readonly message: (text: string) => void;
  readonly closed: (code: number, reason: string) => void;
};

export type VendorSocketRequest = {
  /** `wss://…` */
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  /** How long the host may take to accept it. */
  readonly openMs: number;
};

/** Opens a connection to a host that the operator named. Never throws. */
export type OpenVendorSocket = (request: VendorSocketRequest, handler: VendorSocketHandler) => VendorSocket;

const NOT_TEXT = 1003;

/** The real one. A host that answers no ping for half a minute counts as gone. */
export const openVendorSocket: OpenVendorSocket = ({ url, headers, openMs }, handler) => {
  const socket = new WebSocket(url, {
    headers: { ...headers },
    handshakeTimeout: openMs,
    maxPayload: LIMITS.frame_bytes_max,
    perMessageDeflate: false,
    followRedirects: false,
  });
  let state: 'opening' | 'open' | 'over' = 'opening';
  let isAlive = true;
  let beat: NodeJS.Timeout | undefined;
  const end = (): boolean => {
    clearInterval(beat);
    const wasOver = state === 'over';
    state = 'over';
    return !wasOver;
  };
  const refuse = (status: number | null, head: WireHeaders, body: string): void => {
    if (end()) handler.refused({ status, headers: head, body });
    socket.terminate();
  };
  socket.on('open', () => {
    if (state !== 'opening') return socket.terminate();
    state = 'open';
    beat = setInterval(() => {
      if (!isAlive) return socket.terminate();
      isAlive = false;
      socket.ping();
    }, LIMITS.web_socket_ping_ms);
    beat.unref();
    handler.open();
  });
  socket.on('pong', () => {
    isAlive = true;
  });
  socket.on('unexpected-response', (_request, response) =>
    readRefusal(response, (body) => refuse(response.statusCode ?? null, response.headers as WireHeaders, body)),
  );
  socket.on('message', (data, isBinary) => {
    isAlive = true;
    if (state !== 'open') return;
    if (isBinary) socket.close(NOT_TEXT, 'Messages are JSON as text.');
    else handler.message(String(data));
  });
  socket.on('error', (cause) => {
    if (state === 'opening') refuse(null, {}, withoutPaths(cause.message).slice(0, 200));
    else socket.terminate();
  });
  socket.on('close', (code, reason) => {
    if (state === 'opening') return refuse(null, {}, 'the connection was closed');
    if (end()) handler.closed(code, String(reason).slice(0, 200));
  });
  return {
    send: (text, sent) => {
      if (state === 'open') socket.send(text, () => sent?.());
    },
    waiting: () => socket.bufferedAmount,
    pause: () => {
      if (state === 'open') socket.pause();
    },
    resume: () => {
      if (state === 'open') socket.resume();
    },
    close: () => {
      const isOpen = state === 'open';
      end();
      if (isOpen) socket.close(1000);
      else socket.terminate();
    },
  };
};

/** The beginning of an answer that is no WebSocket. */
function readRefusal(response: IncomingMessage, done: (body: string) => void): void {
  let body = '';
  let isDone = false;
  const finish = (): void => {
    if (isDone) return;
    isDone = true;
    done(body);
    response.destroy();
  };
  response.setEncoding('utf8');
  response.setTimeout(5_000, finish);
  response.on('data', (text: string) => {
    body += text;
    if (body.length > LIMITS.error_body_bytes_max) finish();
  });
  response.once('end', finish);
  response.once('close', finish);
  response.on('error', finish);
}
