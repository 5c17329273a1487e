import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BodyWeight } from '../base/body-scan.ts';
import { fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';
import type { Memory } from '../base/memory.ts';
import type { Answering } from './answering.ts';

/** As text a body is held as bytes, as a string, as what it means, and as what is sent on; not as all of them at once. */
const TEXT_WEIGHT = 3;

/**
 * Of a body that is long in things what is made of them counts: lists, objects, names, once as they came, once as the call
 * and once as they are sent. 140,000 members in 2.4 MB held 16 MB, 20,000 messages in 7.9 MB held 55 MB (measured 2026-11-29).
 */
const LONG_TEXT_WEIGHT = 6;
const THING_BYTES = 64;

const weightOf = ({ restBytes, setAsideBytes, things }: BodyWeight): number =>
  restBytes > LIMITS.at_once_bytes_max
    ? setAsideBytes + LONG_TEXT_WEIGHT * restBytes + THING_BYTES * things
    : setAsideBytes + TEXT_WEIGHT * restBytes;

/** The memory that one request's body takes, until its response is over and nobody keeps it any more. */
export type Room = {
  /** The body is here and is to be parsed: what it weighs more is waited for, what it weighs less is given back. */
  readonly settle: (weight: BodyWeight, done: (isGranted: boolean) => void) => void;
  readonly keep: () => void;
  readonly close: () => void;
};

/** The part of it that others hold, who neither fill it nor measure it. */
export type RoomKept = Pick<Room, 'keep' | 'close'>;

export const FULL = fault(
  'overloaded',
  'The gateway holds as many large requests as its memory allows. Please try again in a moment.',
  { retryAfterMs: 5_000 },
);

/** What a small body takes from its head on until its answer is over; 0 = it is not counted. */
export const smallWeight = (bodyBytes: number): number =>
  bodyBytes > LIMITS.uncounted_body_bytes ? TEXT_WEIGHT * bodyBytes : 0;

/** Holds the small body of a call that goes on without its client. The function that is returned lets it go. */
export function holdOutlived(memory: Memory, who: string, bodyBytes: number): () => void {
  const weight = smallWeight(bodyBytes);
  if (weight === 0) return () => {};
  const allowance = memory.open(who, 'under way');
  allowance.force(weight);
  return allowance.close;
}

/** Has memory for a body before it is read. With a small one null is handed over, since there is nothing to settle. */
export function makeRoom(
  { memory, who }: { readonly memory: Memory; readonly who: string },
  request: IncomingMessage,
  response: ServerResponse,
  enter: (room: Room | null) => void,
  refuse: () => void,
): void {
  const size = sizeOf(request);
  if (size <= LIMITS.uncounted_body_bytes || size > LIMITS.body_bytes_max) return enter(null);
  const allowance = memory.open(who);
  const taken = TEXT_WEIGHT * size;
  response.once('close', allowance.close);
  allowance.take(taken, (isGranted) => {
    if (!isGranted) return refuse();
    if (size <= LIMITS.small_body_bytes) return enter(null);
    enter({
      settle: (weight, done) => {
        const wanted = weightOf(weight);
        if (wanted <= taken) {
          allowance.give(taken - wanted);
          return done(true);
        }
        // Whoever waits holds no more than its bytes, so that those who are ahead come to an end.
        const bytes = weight.restBytes + weight.setAsideBytes;
        allowance.exchange(taken - bytes, wanted - bytes, done);
      },
      keep: allowance.keep,
      close: allowance.close,
    });
  });
}

/** Has memory for what was stored and is read for a call; for little nothing is counted, and null is handed over, at once. */
export function openRoom(
  { memory, who }: { readonly memory: Memory; readonly who: string },
  response: Answering,
  bytes: number,
  done: (room: RoomKept | 'full' | null) => void,
): void {
  if (bytes <= LIMITS.small_body_bytes) return done(null);
  const allowance = memory.open(who);
  response.on('close', allowance.close);
  const weight = bytes > LIMITS.at_once_bytes_max ? LONG_TEXT_WEIGHT : TEXT_WEIGHT;
  allowance.take(weight * bytes, (isGranted) => {
    if (isGranted) return done({ keep: allowance.keep, close: allowance.close });
    allowance.close();
    done('full');
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
