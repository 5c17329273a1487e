import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { LIMITS } from '../../base/limits.ts';
import type { Memory } from '../../base/memory.ts';

/** Taken at a time for a message that is on its way. */
const STEP_BYTES = 1024 * 1024;

/**
 * Counts what arrives of a message before it is whole, which the library holds: beyond a little of it the connection is
 * read only as there is memory. Returns what is called when a message is whole; `full` hears that there is none.
 */
export function countArriving(
  { socket, stream }: { readonly socket: WebSocket; readonly stream: Socket },
  { memory, who }: { readonly memory: Memory; readonly who: string },
  full: () => void,
): () => void {
  let arrived = 0;
  let granted = 0;
  let allowance = memory.open(who);
  let isWaiting = false;
  const settle = (): void => {
    if (isWaiting || arrived <= LIMITS.small_body_bytes + granted) return;
    isWaiting = true;
    socket.pause();
    allowance.take(STEP_BYTES, (isGranted) => {
      isWaiting = false;
      if (!isGranted) return full();
      granted += STEP_BYTES;
      socket.resume();
      settle();
    });
  };
  stream.on('data', (bytes: Buffer) => {
    arrived += bytes.length;
    settle();
  });
  socket.once('close', () => allowance.close());
  return () => {
    arrived = 0;
    if (granted === 0) return;
    granted = 0;
    allowance.close();
    allowance = memory.open(who);
  };
}
