import type { IncomingMessage } from 'node:http';
import { type Fault, fault } from '../base/fault.ts';
import { jsonShape } from '../base/json-shape.ts';
import { LIMITS } from '../base/limits.ts';
import type { Room } from './room.ts';

/** What names a type at all (RFC 9110, 8.3.1); which one it is nobody cares: clients label JSON in many ways. */
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

export const isReadable = (type: string | undefined): boolean => type === undefined || MEDIA_TYPE.test(type);

/** The whole body of a request, in the chunks that came, or why it is not taken. A client that leaves before its end is heard of no more. */
export function readBody(
  request: IncomingMessage,
  room: Room | null,
  done: (chunks: readonly Buffer[]) => void,
  refused: (value: Fault) => void,
): void {
  const { 'content-type': type, 'content-length': length } = request.headers;
  if (!isReadable(type)) return refused(UNREADABLE_TYPE);
  if (Number(length ?? 0) > LIMITS.body_bytes_max) return refused(TOO_LARGE);
  const chunks: Buffer[] = [];
  let size = 0;
  // A small body is looked over when it is whole.
  const shape = room && jsonShape(LIMITS.nesting_max);
  const push = (bytes: Buffer): void => {
    chunks.push(bytes);
    size += bytes.length;
    const obstacle = size > LIMITS.body_bytes_max ? TOO_LARGE : shape?.push(bytes);
    if (!obstacle) return;
    request.off('data', push).off('end', end);
    chunks.length = 0;
    refused(obstacle);
  };
  const end = (): void => done(chunks);
  request.on('data', push).on('end', end);
}

export const tooLarge = (bytesMax: number): Fault =>
  fault('payload_too_large', `The request body is larger than ${bytesMax / 1024 / 1024} MB.`);
const TOO_LARGE = tooLarge(LIMITS.body_bytes_max);
export const UNREADABLE_TYPE = fault(
  'unsupported_media_type',
  'The content type cannot be understood: send application/json.',
);
