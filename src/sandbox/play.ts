import type { ServerResponse } from 'node:http';
import type { Cancel, World } from '../base/world.ts';
import { type Event, isContent } from '../call/event.ts';
import type { Manner } from './models.ts';

export type SandboxStage = {
  readonly world: World;
  readonly response: ServerResponse;
  readonly encode: (event: Event) => string | Uint8Array;
  readonly brokenEvent: string | Uint8Array;
  readonly contentType: string;
};
export type Pace = Manner & { readonly firstMs: number; readonly pieceMs: number };

/** Mishaps come after so many pieces, or at the end of a shorter answer. */
const MISHAP_AFTER = 8;
const WRITE_BYTES_MAX = 64 * 1024;

/** Streams an answer: the head at once, then piece by piece at its pace, waiting for a slow reader; stops when it leaves. */
export function play(stage: SandboxStage, events: readonly Event[], pace: Pace): void {
  const { world, response } = stage;
  let at = 0;
  let pieces = 0;
  let cancel: Cancel | null = null;
  let mishap = pace.mishap;
  response.writeHead(200, { 'content-type': stage.contentType, 'cache-control': 'no-cache' });
  response.flushHeaders();
  response.on('close', () => cancel?.());

  /** The next events up to a pause, and whether something went wrong after them. */
  const gather = (): { chunks: (string | Uint8Array)[]; struck: boolean } => {
    const chunks: (string | Uint8Array)[] = [];
    let size = 0;
    for (let event = events[at]; event; event = events[at]) {
      const isLate = event.type === 'finish';
      if (mishap && mishap !== 'no-end' && (pieces >= MISHAP_AFTER || isLate)) return { chunks, struck: true };
      at++;
      if (event.type === 'end' && mishap === 'no-end') break;
      const chunk = stage.encode(event);
      chunks.push(chunk);
      size += chunk.length;
      if (!isContent(event)) continue;
      pieces++;
      if (pace.pieceMs > 0 || size > WRITE_BYTES_MAX) break;
    }
    return { chunks, struck: false };
  };

  const step = (): void => {
    cancel = null;
    const { chunks, struck } = gather();
    if (struck) {
      if (mishap === 'malformed') chunks.push(stage.brokenEvent);
      const isCut = mishap === 'cut';
      if (isCut || mishap === 'stall') {
        response.write(joined(chunks), () => isCut && response.socket?.destroy());
        return;
      }
      mishap = undefined;
    }
    const hasRoom = response.write(joined(chunks));
    if (at >= events.length) response.end();
    else if (hasRoom) cancel = world.after(pace.pieceMs, step);
    else response.once('drain', step);
  };
  cancel = world.after(pace.firstMs, step);
}

const joined = (chunks: readonly (string | Uint8Array)[]): string | Uint8Array =>
  chunks.every((chunk) => typeof chunk === 'string')
    ? chunks.join('')
    : Buffer.concat(chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk)));

/** A whole answer, with the same mishaps: cut or stalled in the middle, or half of its JSON. */
export function deliverWhole({ world, response }: SandboxStage, body: string, pace: Pace): void {
  const half = body.slice(0, Math.ceil(body.length / 2));
  const send = (): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    switch (pace.mishap) {
      case 'cut':
        response.write(half, () => response.socket?.destroy());
        return;
      case 'stall':
        response.write(half);
        return;
      case 'malformed':
        response.end(half);
        return;
      case 'no-end':
      case undefined:
        response.end(body);
        return;
      default:
        pace.mishap satisfies never;
    }
  };
  if (pace.firstMs === 0) send();
  else {
    const cancel = world.after(pace.firstMs, send);
    response.on('close', cancel);
  }
}
