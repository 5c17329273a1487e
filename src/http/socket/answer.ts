import type { OutgoingHttpHeaders } from 'node:http';
import type { WebSocket } from 'ws';
import { isObject, type JsonObject, objectOf, optionalString, parseJson, stringOf } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Cancel, World } from '../../base/world.ts';
import type { Answering } from '../answering.ts';

const DATA = 'data: ';
const HIGH_WATER_BYTES = LIMITS.client_buffer_bytes_max / 16;

type Parts = {
  readonly socket: WebSocket;
  readonly req: Answering['req'];
  readonly world: World;
  /** Goes back with every message of the answer. */
  readonly streamId: string | undefined;
};

/**
 * One answer of several on a WebSocket: what handlers of inference write as server-sent events goes out as a message for
 * each event, and a refusal as a message of type `error` with the status that it would have had.
 */
export class SocketAnswer implements Answering {
  readonly req: Answering['req'];
  headersSent = false;
  destroyed = false;
  writableFinished = false;
  readonly #socket: WebSocket;
  readonly #world: World;
  readonly #streamId: string | undefined;
  readonly #listeners: { readonly drain: (() => void)[]; readonly close: (() => void)[] } = { drain: [], close: [] };
  #status = 200;
  #headers: OutgoingHttpHeaders = {};
  #isFull = false;
  #isEnded = false;
  #late: { readonly ms: number; readonly act: () => void } | null = null;
  #timer: Cancel | null = null;

  constructor({ socket, req, world, streamId }: Parts) {
    this.#socket = socket;
    this.#world = world;
    this.#streamId = streamId;
    this.req = req;
  }

  get writableLength(): number {
    return this.#socket.bufferedAmount;
  }

  writeHead(status: number, headers: OutgoingHttpHeaders): void {
    this.headersSent = true;
    this.#status = status;
    this.#headers = headers;
  }

  flushHeaders(): void {}

  write(data: string | Uint8Array): boolean {
    for (const block of String(data).split('\n\n')) {
      const line = block.split('\n').find((one) => one.startsWith(DATA));
      const text = line?.slice(DATA.length);
      if (text !== undefined && text !== '[DONE]') this.#send(text);
    }
    this.#isFull = this.#socket.bufferedAmount > HIGH_WATER_BYTES;
    return !this.#isFull;
  }

  end(text?: string): void {
    if (this.#isEnded || this.destroyed) return;
    this.#isEnded = true;
    if (text !== undefined) {
      if (this.#status === 200) this.#send(text);
      else this.#send(JSON.stringify(this.#refusal(objectOf(parseJson(text)))));
    }
    // Behind all that waits to be sent. A ping says nothing.
    this.#socket.ping('', undefined, () => this.#finish('sent'));
  }

  /** Breaks the answer off, and with it the connection: what was begun on it cannot be told to be unfinished. */
  destroy(): void {
    if (this.destroyed || this.writableFinished) return;
    this.#finish('lost');
    this.#socket.close(1011, 'The answer was broken off.');
  }

  /** The client is gone. */
  gone(): void {
    this.#finish('lost');
  }

  on(event: 'drain' | 'close', listener: () => void): this {
    this.#listeners[event].push(listener);
    return this;
  }

  setTimeout(ms: number, late: () => void): this {
    this.#late = { ms, act: late };
    this.#wait();
    return this;
  }

  #wait(): void {
    this.#timer?.();
    this.#timer = this.#late && this.#world.after(this.#late.ms, this.#late.act);
  }

  #finish(how: 'sent' | 'lost'): void {
    if (this.destroyed || this.writableFinished) return;
    if (how === 'sent') this.writableFinished = true;
    else this.destroyed = true;
    this.#timer?.();
    this.#late = null;
    for (const listener of this.#listeners.close) listener();
  }

  #send(json: string): void {
    const text =
      this.#streamId === undefined ? json : `${json.slice(0, -1)},"stream_id":${JSON.stringify(this.#streamId)}}`;
    this.#socket.send(text, () => {
      if (this.#late) this.#wait();
      if (!this.#isFull || this.#socket.bufferedAmount > HIGH_WATER_BYTES / 2) return;
      this.#isFull = false;
      for (const listener of this.#listeners.drain) listener();
    });
  }

  #refusal(body: JsonObject): JsonObject {
    const wait = this.#headers['retry-after'];
    return errorEvent(this.#status, body, wait === undefined ? {} : { 'retry-after': String(wait) });
  }
}

/** As OpenAI's WebSocket tells an error (openai 7.57, ResponsesServerEvent, read 2026-11-29). */
export function errorEvent(status: number, body: JsonObject, headers: JsonObject = {}): JsonObject {
  const { error, error_type: type } = body;
  const told = isObject(error) ? error : {};
  return {
    type: 'error',
    status,
    error: {
      type: stringOf(type),
      code: optionalString(told.code) ?? optionalString(type) ?? null,
      message: stringOf(told.message),
      param: told.param ?? null,
    },
    headers,
  };
}
