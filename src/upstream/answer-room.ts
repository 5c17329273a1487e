import { LIMITS } from '../base/limits.ts';
import type { MemoryAllowance } from '../base/memory.ts';
import type { Wire, WireHandler, WireRequest, World } from '../base/world.ts';

/** A whole answer is held as it came, as text and as what it means, though not as all of them for long. */
const WEIGHT = 3;
/** Of an answer that does not tell its length memory is taken for so much more at a time. */
const STEP_BYTES = 1024 * 1024;

/**
 * One exchange whose answer comes in one piece: a large one is read on only as there is memory for it, and its host waits
 * meanwhile. Clients that take nothing would else fill the memory with answers. Where the wait is in vain the exchange
 * ends as `exhausted`.
 */
export function requestWithRoom(
  world: Pick<World, 'request'>,
  request: WireRequest,
  handler: WireHandler,
  allowance: () => MemoryAllowance,
): Wire {
  let bytes = 0;
  /** Up to here it may grow before more is asked for. */
  let roomFor: number = LIMITS.small_body_bytes;
  let taken = 0;
  let length = 0;
  let isWaiting = false;
  let isOver = false;
  const askForMore = (): void => {
    const wanted = Math.max(length, bytes + STEP_BYTES) - taken;
    isWaiting = true;
    let isAtOnce = true;
    allowance().take(WEIGHT * wanted, (isGranted) => {
      isWaiting = false;
      if (isOver) return;
      if (isGranted) {
        taken += wanted;
        roomFor = taken;
        if (!isAtOnce) wire.resume();
        return;
      }
      isOver = true;
      wire.abort();
      handler.error({ kind: 'exhausted', message: 'its memory is taken up by other calls' });
    });
    isAtOnce = false;
    if (isWaiting) wire.pause();
  };
  const wire = world.request(request, {
    head: (status, headers) => {
      length = Math.min(Number(headers['content-length'] ?? 0) || 0, LIMITS.reply_bytes_max);
      handler.head(status, headers);
    },
    data: (chunk) => {
      bytes += chunk.length;
      handler.data(chunk);
      if (bytes > roomFor && !isWaiting && !isOver) askForMore();
    },
    end: () => {
      isOver = true;
      handler.end();
    },
    error: (error) => {
      isOver = true;
      handler.error(error);
    },
  });
  return {
    pause: wire.pause,
    resume: wire.resume,
    abort: () => {
      isOver = true;
      wire.abort();
    },
  };
}
