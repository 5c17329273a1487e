import type { IncomingMessage, ServerResponse } from 'node:http';
import { LIMITS } from '../base/limits.ts';
import type { Answering } from './answering.ts';

/** A body up to this size has mostly arrived with its head: dropping it costs less than another connection. */
const SMALL_BYTES = 64 * 1024;
/** So long a client that goes on sending may take to notice its answer, and so long it may pause (nginx's defaults). */
const LINGER_MS = { whole: 30_000, pause: 5_000 } as const;

/** Is much of the body still to come, and nobody wants it? */
export const leavesUnread = ({ complete, headers }: Answering['req']): boolean =>
  !complete &&
  (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > SMALL_BYTES) &&
  headers.expect === undefined;

/**
 * Ends the answer to a request whose body stays unread, and with it the connection. Closing at once would make the
 * kernel send a reset, which a client that is still sending sees in place of the answer. So the answer goes out whole
 * and what still comes is dropped for a while (nginx: `lingering_close`).
 */
export function endUnread(request: IncomingMessage, response: ServerResponse, text: string): void {
  let dropped = 0;
  const stop = (): void => {
    clearTimeout(whole);
    clearTimeout(pause);
  };
  const end = (): void => {
    stop();
    request.off('data', drop);
    response.end();
  };
  const drop = (bytes: Buffer): void => {
    dropped += bytes.length;
    pause.refresh();
    if (dropped > LIMITS.body_bytes_max) end();
  };
  const whole = setTimeout(end, LINGER_MS.whole);
  const pause = setTimeout(end, LINGER_MS.pause);
  response.once('close', stop);
  request.once('end', end);
  request.once('error', end);
  request.on('data', drop);
  response.write(text);
}
