import type { IncomingMessage } from 'node:http';
import { type Fault, fault } from '../base/fault.ts';
import { LIMITS } from '../base/limits.ts';

/** What names a type at all (RFC 9110, 8.3.1); which one it is nobody cares: clients label JSON in many ways. */
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

export const isReadable = (type: string | undefined): boolean => type === undefined || MEDIA_TYPE.test(type);

/** The whole body of a request, in the chunks that came, or why it is not taken. A client that leaves before its end is heard of no more. */
export function readBody(
  request: IncomingMessage,
  done: (chunks: readonly Buffer[]) => void,
  refused: (value: Fault) => void,
): void {
  const { 'content-type': type, 'content-length': length } = request.headers;
  if (!isReadable(type)) return refused(UNREADABLE_TYPE);
  if (Number(length ?? 0) > LIMITS.body_bytes_max) return refused(TOO_LARGE);
  const chunks: Buffer[] = [];
  let size = 0;
  const push = (bytes: Buffer): void => {
    chunks.push(bytes);
    size += bytes.length;
    if (size <= LIMITS.body_bytes_max) return;
    request.off('data', push).off('end', end);
    refused(TOO_LARGE);
  };
  const end = (): void => done(chunks);
  request.on('data', push).on('end', end);
}

export const TOO_LARGE = fault(
  'payload_too_large',
  `The request body is larger than ${LIMITS.body_bytes_max / 1024 / 1024} MB.`,
);
export const UNREADABLE_TYPE = fault(
  'unsupported_media_type',
  'The content type cannot be understood: send application/json.',
);
