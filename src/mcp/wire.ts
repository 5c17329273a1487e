import { LIMITS } from '../base/limits.ts';
import type { Wire, World } from '../base/world.ts';

/** The web's `fetch`, as the SDK asks by it. */
export type FetchLike = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Statuses whose answers have no body: a `Response` refuses to have one with them. */
const EMPTY = new Set([204, 205, 304]);

/**
 * `fetch` over the gateway's own network: whoever names an MCP server need not be who runs the gateway, so no address
 * inside its network is reached unless the operator allows it; nothing is redirected, and an answer has a size.
 */
export function fetchOver(world: World, fixed: { readonly [name: string]: string }): FetchLike {
  return (url, init = {}) => {
    const { method = 'GET', body, signal } = init;
    // Ending a session is a courtesy of the 2025 revisions: a server may not allow it at all.
    if (method !== 'GET' && method !== 'POST') return Promise.resolve(new Response(null, { status: 405 }));
    return new Promise<Response>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      let stream: ReadableStreamDefaultController<Uint8Array> | null = null;
      let wire: Wire | null = null;
      let size = 0;
      let isOver = false;
      const fail = (why: unknown): void => {
        if (isOver) return;
        isOver = true;
        wire?.abort();
        if (stream) stream.error(why);
        else reject(why);
      };
      const abort = (): void => fail(signal?.reason ?? new Error('given up'));
      signal?.addEventListener('abort', abort, { once: true });
      const headers = { ...Object.fromEntries(new Headers(init.headers)), ...fixed };
      wire = world.request(
        { method, url: String(url), headers, body: typeof body === 'string' ? body : null, reach: 'public' },
        {
          head: (status, answered) => {
            if (status < 200 || status > 599) return fail(new Error(`answered ${status}`));
            const fields = Object.entries(answered).flatMap(([name, value]) =>
              value === undefined ? [] : [[name, value] as [string, string]],
            );
            const parts = new ReadableStream<Uint8Array>({
              start: (controller) => {
                stream = controller;
              },
              cancel: () => {
                isOver = true;
                wire?.abort();
              },
            });
            resolve(new Response(EMPTY.has(status) ? null : parts, { status, headers: fields }));
          },
          data: (bytes) => {
            if (isOver || !stream) return;
            size += bytes.length;
            if (size > LIMITS.mcp_answer_bytes_max) return fail(new Error('the server sends too much'));
            // Never more than the answer's size waits to be read, so nothing is held back.
            stream.enqueue(Uint8Array.from(bytes));
          },
          end: () => {
            if (isOver) return;
            isOver = true;
            signal?.removeEventListener('abort', abort);
            stream?.close();
          },
          error: ({ message }) => fail(new TypeError(message)),
        },
      );
    });
  };
}
