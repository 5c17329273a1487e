import type { IncomingMessage, ServerResponse } from 'node:http';
import { sizeOf as sizeOfBlob } from '../base/blobs.ts';
import { fault } from '../base/fault.ts';
import type { ParsedBody } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import type { Memory } from '../base/memory.ts';
import type { Answering } from './answering.ts';
import type { WholeBody } from './read-body.ts';

/** As text a body is held as bytes, as a string, as what it means, and as what is sent on; not as all of them at once. */
const TEXT_WEIGHT = 3;

/** The memory that one request's body takes, until its response is over and nobody keeps it any more. */
export type Room = {
  /** The body is here: what was set aside of it weighs what it is, the rest is text. */
  readonly settle: (size: number, setAside: number) => void;
  readonly keep: () => void;
  readonly close: () => void;
};

/** Of a body that has been read so much is given back as it turned out to weigh less. */
export function settle(room: Room | null, { size }: WholeBody, { blobs }: Pick<ParsedBody, 'blobs'>): void {
  room?.settle(
    size,
    blobs.reduce((sum, blob) => sum + sizeOfBlob(blob), 0),
  );
}

export const FULL = fault(
  'overloaded',
  'The gateway holds as many large requests as its memory allows. Please try again in a moment.',
  { retryAfterMs: 5_000 },
);

/** Has memory for a body before it is read: for a small one nothing is counted, and null is handed over, at once. */
export function makeRoom(
  { memory, who }: { readonly memory: Memory; readonly who: string },
  request: IncomingMessage,
  response: ServerResponse,
  enter: (room: Room | null) => void,
  refuse: () => void,
): void {
  const size = sizeOf(request);
  if (size <= LIMITS.small_body_bytes || size > LIMITS.body_bytes_max) return enter(null);
  const allowance = memory.open(who);
  const taken = TEXT_WEIGHT * size;
  response.once('close', allowance.close);
  allowance.take(taken, (isGranted) => {
    if (!isGranted) return refuse();
    enter({
      settle: (whole, setAside) => allowance.give(taken - TEXT_WEIGHT * (whole - setAside) - setAside),
      keep: allowance.keep,
      close: allowance.close,
    });
  });
}

/** As announced; who does not say may send as much as anyone. */
const sizeOf = ({ headers }: IncomingMessage): number =>
  headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : LIMITS.body_bytes_max;

/** An answer stays in memory until its client has read it, or has read nothing of it for too long. */
export function holdAnswer(memory: Memory, who: string, response: Answering, bytes: number): void {
  if (bytes <= LIMITS.small_body_bytes || response.destroyed) return;
  const allowance = memory.open(who);
  allowance.force(bytes);
  response.on('close', allowance.close);
  response.setTimeout(LIMITS.answer_stalled_ms, () => response.destroy());
}
