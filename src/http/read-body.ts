import type { IncomingMessage } from 'node:http';
import { BodyScan } from '../base/body-scan.ts';
import { type Fault, fault } from '../base/fault.ts';
import { type Gatherer, gatherer } from '../base/gatherer.ts';
import type { ReceivedBody } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import type { Room } from './room.ts';

/** What names a type at all (RFC 9110, 8.3.1); which one it is nobody cares: clients label JSON in many ways. */
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

export const isReadable = (type: string | undefined): boolean => type === undefined || MEDIA_TYPE.test(type);

/** So much of a large body is worked through in one turn. */
const TURN_BYTES = 256 * 1024;

/** A body that came whole. */
export type WholeBody = ReceivedBody & { readonly size: number };

/**
 * The whole body of a request, a large one worked through as it comes, or why it is not taken. A client that leaves
 * before its end is heard of no more.
 */
export function readBody(
  request: IncomingMessage,
  room: Room | null,
  done: (body: WholeBody) => void,
  refused: (value: Fault) => void,
): void {
  const { 'content-type': type, 'content-length': length } = request.headers;
  if (!isReadable(type)) return refused(UNREADABLE_TYPE);
  if (Number(length ?? 0) > LIMITS.body_bytes_max) return refused(TOO_LARGE);
  const chunks: Buffer[] = [];
  let size = 0;
  const scan = room && new BodyScan(LIMITS.nesting_max);
  const gather: Gatherer | null = scan && gatherer();
  const scanned = (bytes: Buffer | null): Fault | null => (bytes && scan ? scan.push(bytes) : null);
  let inTurn = 0;
  const resume = (): void => {
    inTurn = 0;
    request.resume();
  };
  /** The runtime hands over dozens of chunks in one turn: after a few others come first. */
  const yieldSometimes = (bytes: number): void => {
    inTurn += bytes;
    if (inTurn < TURN_BYTES || request.isPaused()) return;
    request.pause();
    setImmediate(resume);
  };
  const push = (bytes: Buffer): void => {
    size += bytes.length;
    if (gather) yieldSometimes(bytes.length);
    if (!gather) chunks.push(bytes);
    const obstacle = size > LIMITS.body_bytes_max ? TOO_LARGE : gather && scanned(gather.push(bytes));
    if (obstacle) leave(obstacle);
  };
  const end = (): void => {
    const obstacle = gather && scanned(gather.end());
    if (obstacle) leave(obstacle);
    else done({ chunks, scan, size });
  };
  const leave = (obstacle: Fault): void => {
    request.off('data', push).off('end', end);
    chunks.length = 0;
    refused(obstacle);
  };
  request.on('data', push).on('end', end);
}

export const tooLarge = (bytesMax: number): Fault =>
  fault('payload_too_large', `The request body is larger than ${bytesMax / 1024 / 1024} MB.`);
const TOO_LARGE = tooLarge(LIMITS.body_bytes_max);
export const UNREADABLE_TYPE = fault(
  'unsupported_media_type',
  'The content type cannot be understood: send application/json.',
);
