import { LIMITS } from '../base/limits.ts';
import type { Cancel, World } from '../base/world.ts';
import type { Answering } from './answering.ts';

export type StreamOptions = {
  /** Asked for when the head is written. */
  readonly contentType: string | (() => string);
  /** What says nothing between two frames of this dialect. */
  readonly keepAlive: string;
  /** An open line that was silent for so long is sent `keepAlive`; infinite = never. */
  readonly keepAliveMs: number;
  readonly headers: { readonly [name: string]: string };
  /** Headers wait this long for the first content; then the line is opened and kept alive. */
  readonly headWaitMs: number;
  /** So long a client may take nothing of an answer that has ended; then what is kept for it is dropped. */
  readonly stalledMs: number;
};

/**
 * A streamed answer on one socket: one write per batch, headers at the first write, backpressure handed to `pause` and
 * `resume`, and `gone` once when the client leaves before the end.
 */
export type EventStream = {
  readonly write: (data: string | Uint8Array) => void;
  readonly end: () => void;
  /** True once the status line is out: a failure must then be told in-band. */
  readonly opened: () => boolean;
  /** Stops waiting without having written anything. */
  readonly release: () => void;
};

export type StreamListener = { readonly pause: () => void; readonly resume: () => void; readonly gone: () => void };

export function createEventStream(
  response: Answering,
  world: World,
  options: StreamOptions,
  listener: StreamListener,
): EventStream {
  let opened = false;
  let ended = false;
  let paused = false;
  /** When the silence is too long. A write only moves it: the one timer, when it fires, looks at the clock and sleeps on. */
  let dueAt = world.elapsed() + options.headWaitMs;
  const firstMs = Math.min(options.headWaitMs, options.keepAliveMs);
  let timer: Cancel | null = Number.isFinite(firstMs) ? world.after(firstMs, beat) : null;

  function open(): void {
    opened = true;
    writeHead(response, options);
  }

  function beat(): void {
    const now = world.elapsed();
    if (now >= dueAt) {
      if (!opened) open();
      // What a slow client has not taken yet keeps the line busy.
      if (Number.isFinite(options.keepAliveMs) && response.writableLength === 0) response.write(options.keepAlive);
      else response.flushHeaders();
      dueAt = now + options.keepAliveMs;
    }
    timer = Number.isFinite(dueAt) ? world.after(dueAt - now, beat) : null;
  }

  const stop = (): void => {
    timer?.();
    timer = null;
  };

  const write = (data: string | Uint8Array): void => {
    if (ended || data.length === 0) return;
    if (!opened) open();
    dueAt = world.elapsed() + options.keepAliveMs;
    const flowing = response.write(data);
    if (!flowing && !paused && response.writableLength > LIMITS.client_buffer_bytes_max / 16) {
      paused = true;
      listener.pause();
    }
  };

  response.on('drain', () => {
    if (!paused) return;
    paused = false;
    listener.resume();
  });
  response.on('close', () => {
    stop();
    if (ended) return;
    ended = true;
    listener.gone();
  });

  const end = (): void => {
    if (ended) return;
    if (!opened) open();
    ended = true;
    stop();
    response.end();
    // The timer starts anew with whatever the client takes: one that is only slow gets everything.
    if (paused) response.setTimeout(options.stalledMs, () => response.destroy());
  };
  const release = (): void => {
    ended = true;
    stop();
  };
  return { write, end, opened: () => opened, release };
}

function writeHead(response: Answering, { contentType, headers }: StreamOptions): void {
  response.writeHead(200, {
    'content-type': typeof contentType === 'string' ? contentType : contentType(),
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    ...headers,
  });
}
