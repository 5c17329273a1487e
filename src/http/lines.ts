import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Written at once; more waits until the client has taken it. */
const PIECE_CHARACTERS = 32 * 1024;

/** Answers with a line of JSON for each, as fast as the client reads; it may leave at any time. */
export async function sendLines(
  response: ServerResponse,
  entries: AsyncIterable<unknown>,
  headers: { readonly [name: string]: string },
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/jsonl; charset=utf-8', ...headers });
  const left = new AbortController();
  response.once('close', () => left.abort());
  let piece = '';
  const send = async (): Promise<void> => {
    if (!response.write(piece)) await once(response, 'drain', { signal: left.signal });
    piece = '';
  };
  try {
    for await (const entry of entries) {
      piece += `${JSON.stringify(entry)}\n`;
      if (piece.length >= PIECE_CHARACTERS) await send();
      if (response.destroyed) return;
    }
    response.end(piece);
  } catch (cause) {
    // What has begun can only be broken off; that the client has left is no failure.
    response.destroy();
    if (!left.signal.aborted) throw cause;
  }
}
