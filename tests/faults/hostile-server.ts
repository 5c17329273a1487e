import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isObject, type JsonObject, parseJson } from '#src/base/json.ts';

/** One request as the provider saw it. */
export type Seen = { readonly body: JsonObject; readonly headers: IncomingMessage['headers'] };
export type Behaviour = (response: ServerResponse, seen: Seen, socket: Socket) => void;

export type HostileServer = {
  readonly origin: string;
  /** Requests in the order of their arrival. */
  readonly seen: Seen[];
  /** How many connections the client has closed whose answer was not complete. */
  readonly aborted: () => number;
  /** The n-th request meets the n-th behaviour; the last one stays. */
  readonly script: (...behaviours: readonly Behaviour[]) => void;
  readonly close: () => void;
};

/** A provider on this machine that does what a test tells it. */
export async function startHostileServer(): Promise<HostileServer> {
  let script: readonly Behaviour[] = [];
  let asked = 0;
  const seen: Seen[] = [];
  let aborted = 0;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (bytes) => {
      text += bytes;
    });
    request.on('end', () => {
      const body = parseJson(text);
      const one = { body: isObject(body) ? body : {}, headers: request.headers };
      seen.push(one);
      response.on('close', () => {
        if (!response.writableFinished) aborted++;
      });
      const behaviour = script[Math.min(asked++, script.length - 1)];
      behaviour?.(response, one, request.socket);
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    aborted: () => aborted,
    script: (...behaviours) => {
      script = behaviours;
      asked = 0;
      seen.length = 0;
      aborted = 0;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const WORDS = Array.from({ length: 60 }, (_, index) => `word${index} `);
/** What a healthy provider says: sixty words. */
export const ANSWER = WORDS.join('');

const chunk = (delta: JsonObject, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'upstream-model', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const USAGE = { prompt_tokens: 10, completion_tokens: 60, total_tokens: 70 };
const TAIL = [
  chunk({}, 'stop'),
  `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'upstream-model', choices: [], usage: USAGE })}\n\n`,
];
const DONE = 'data: [DONE]\n\n';
const HEAD = { 'content-type': 'text/event-stream' };

type StreamOptions = {
  /** The first of the sixty words that is sent, and the one before which it ends. */
  readonly from?: number;
  readonly words?: number;
  /** After the words: a proper end, an end without `[DONE]`, nothing more, a closed connection, or a reset. */
  readonly ending?: 'done' | 'no-done' | 'silence' | 'close' | 'reset';
  /** Nothing but the head is sent before this has come. */
  readonly firstAfter?: Promise<void>;
  /** Sent instead of the word at this place. */
  readonly replace?: { readonly at: number; readonly with: string };
};

const endOf = (response: ServerResponse, socket: Socket, ending: StreamOptions['ending']): void => {
  if (ending === 'silence') return;
  if (ending === 'close') socket.end();
  else if (ending === 'reset') socket.resetAndDestroy();
  else response.end(ending === 'no-done' ? TAIL.join('') : TAIL.join('') + DONE);
};

/** The healthy answer of an OpenAI-compatible provider, or as much of it as is asked for; a JSON body if it is not to stream. */
export const answers =
  (options: StreamOptions = {}): Behaviour =>
  (response, seen, socket) => {
    if (seen.body.stream !== true) {
      const message = { role: 'assistant', content: ANSWER };
      const choices = [{ index: 0, message, finish_reason: 'stop' }];
      const body = { id: 'c1', object: 'chat.completion', created: 1, model: 'upstream-model', choices, usage: USAGE };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      return;
    }
    response.writeHead(200, HEAD).flushHeaders();
    const send = (): void => {
      response.write(chunk({ role: 'assistant', content: '' }));
      for (const [index, word] of WORDS.slice(options.from ?? 0, options.words ?? WORDS.length).entries())
        response.write(options.replace?.at === index ? options.replace.with : chunk({ content: word }));
      setTimeout(() => endOf(response, socket, options.ending), 5);
    };
    if (options.firstAfter) void options.firstAfter.then(send);
    else send();
  };

export const refuses =
  (status: number, error: JsonObject, headers: { readonly [name: string]: string } = {}): Behaviour =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ error }));

export const sends =
  (body: string | Buffer, type: string, status = 200): Behaviour =>
  (response) =>
    void response.writeHead(status, { 'content-type': type }).end(body);

export const resets: Behaviour = (_response, _seen, socket) => void socket.resetAndDestroy();
export const neverAnswers: Behaviour = () => undefined;
