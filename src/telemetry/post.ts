import { gzipSync } from 'node:zlib';
import type { World } from '../base/world.ts';

/** What became of something that was sent. */
export type Sent =
  | { readonly kind: 'taken' }
  /** It would be refused again. */
  | { readonly kind: 'refused'; readonly why: string }
  /** It may be taken later: after so long, if its receiver said so. */
  | { readonly kind: 'later'; readonly why: string; readonly afterMs: number | null };

/** Where a batch is posted, and with what. */
export type PostOptions = {
  readonly method?: 'POST' | 'PUT';
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly isCompressed: boolean;
  readonly reach: 'operator' | 'public';
};

const ANSWER_MS_MAX = 10_000;

/** Statuses by which a receiver of OTLP asks for another try (opentelemetry.io/docs/specs/otlp, read 2026-11-29), and those of timeouts. */
const LATER = new Set([408, 429, 502, 503, 504]);

/** Posts JSON and reads nothing of the answer but its head; never rejects. */
export function post(
  world: World,
  { method = 'POST', url, headers, isCompressed, reach }: PostOptions,
  json: string,
): Promise<Sent> {
  return new Promise((resolve) => {
    const body = isCompressed ? [gzipSync(json)] : json;
    let sent: Sent = { kind: 'later', why: 'did not answer in time', afterMs: null };
    const end = (): void => {
      cancel();
      wire.abort();
      resolve(sent);
    };
    const cancel = world.after(ANSWER_MS_MAX, end);
    const wire = world.request(
      {
        method,
        url,
        headers: {
          'content-type': 'application/json',
          ...(isCompressed && { 'content-encoding': 'gzip' }),
          ...headers,
        },
        body,
        reach,
      },
      {
        head: (status, answered) => {
          sent = sentOf(status, answered['retry-after'], world.now());
        },
        data: () => {},
        end,
        error: ({ message }) => {
          if (sent.kind !== 'taken') sent = { kind: 'later', why: message, afterMs: null };
          end();
        },
      },
    );
  });
}

function sentOf(status: number, retryAfter: string | undefined, now: number): Sent {
  if (status >= 200 && status < 300) return { kind: 'taken' };
  const why = `answered ${status}`;
  if (!LATER.has(status)) return { kind: 'refused', why };
  return { kind: 'later', why, afterMs: waitOf(retryAfter, now) };
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function waitOf(text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}
