import type { Socket } from 'node:net';

/**
 * A host that will not have a request (413, 401) may answer in the middle of it and hang up. The write that meets the
 * closed connection fails, and Node ends the socket at once, with the answer unread in it (26.10, seen 2026-11-29; one of
 * twelve answers to a request of 67 MB was lost so). Such an end waits until the loop has looked for what came. For
 * sockets with `onread` alone: the others' streams give out nothing any more.
 */
export function readToEnd(socket: Socket): void {
  const destroy = socket.destroy.bind(socket);
  let isEnding = false;
  socket.destroy = (error?: Error & { readonly syscall?: unknown }) => {
    if (error?.syscall !== 'write') return destroy(error);
    // The first turn may be the one that runs now, whose look for bytes is past.
    if (!isEnding) setImmediate(() => setImmediate(destroy, error));
    isEnding = true;
    return socket;
  };
}
