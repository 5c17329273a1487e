/** A host of realtime sessions that does what its test tells it, right or wrong. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

type Event = { readonly type: string; readonly [name: string]: unknown };

export type RealtimeHost = {
  readonly port: number;
  /** What the gateway has said, of all sessions, in order. */
  readonly heard: Event[];
  /** Answers a `response.create`; set by the test. */
  answer: (session: HostSession, event: Event) => void;
  /** Refuses the next handshakes with this status and body. */
  refuses: { readonly status: number; readonly body: string } | null;
  readonly sessions: HostSession[];
  readonly close: () => void;
};
export type HostSession = { readonly socket: WebSocket; readonly send: (event: Event) => void };

/** 1,000 tokens heard and 500 said. */
export const USAGE = {
  input_tokens: 1_000,
  output_tokens: 500,
  total_tokens: 1_500,
  input_token_details: { text_tokens: 0, audio_tokens: 1_000, cached_tokens: 0 },
  output_token_details: { text_tokens: 0, audio_tokens: 500 },
};
const SETTINGS = {
  id: 'sess_of_the_host',
  type: 'realtime',
  model: 'voice-1',
  audio: { input: { turn_detection: { type: 'server_vad', create_response: true } } },
};

export async function startRealtimeHost(): Promise<RealtimeHost> {
  const server = createServer((_request, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, stream, head) => {
    const { refuses } = host;
    if (refuses) {
      const { status, body } = refuses;
      const said = `${body} ${request.headers.authorization}`;
      stream.end(
        `HTTP/1.1 ${status} No\r\ncontent-type: application/json\r\ncontent-length: ${said.length}\r\nconnection: close\r\n\r\n${said}`,
      );
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const session: HostSession = { socket, send: (event) => socket.send(JSON.stringify(event)) };
      host.sessions.push(session);
      socket.on('error', () => {});
      socket.on('message', (data) => {
        const event = JSON.parse(String(data)) as Event;
        host.heard.push(event);
        if (event.type === 'session.update') session.send({ type: 'session.updated', session: SETTINGS });
        if (event.type === 'response.create') host.answer(session, event);
      });
      session.send({ type: 'session.created', session: SETTINGS });
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const host: RealtimeHost = {
    port: (server.address() as AddressInfo).port,
    heard: [],
    answer: () => {},
    refuses: null,
    sessions: [],
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
    },
  };
  return host;
}

export const begun = (id: string): Event => ({
  type: 'response.created',
  response: { id, status: 'in_progress', conversation_id: 'conv_1', output: [] },
});
export const ended = (id: string, status = 'completed', usage: object | null = USAGE): Event => ({
  type: 'response.done',
  response: { id, status, conversation_id: 'conv_1', status_details: null, output: [], usage },
});
/** A second of what a model says. */
export const spoken = (id: string): Event => ({
  type: 'response.output_audio.delta',
  response_id: id,
  delta: Buffer.alloc(48_000).toString('base64'),
});
