import { ServerResponse } from 'node:http';
import {
  type AvailabilityMembers,
  availabilityMembers,
  type Fault,
  faultRow,
  isHopeless,
  waitSecondsOf,
} from '../base/fault.ts';
import type { EncodedFault } from '../dialects/dialect.ts';
import type { Answering } from './answering.ts';
import { CORS } from './headers.ts';
import { endUnread, leavesUnread } from './unread.ts';

/** The API's own error envelope (spec §6.1), for everything that is not inference in another dialect. */
export function envelope(value: Fault): {
  readonly error: { code: number; message: string; metadata: { [key: string]: unknown } } & AvailabilityMembers;
} {
  const row = faultRow(value);
  return {
    error: {
      code: row.status,
      message: value.message,
      metadata: {
        error_type: row.errorType,
        ...(value.param !== undefined && { param: value.param }),
        ...value.metadata,
      },
      ...availabilityMembers(value),
    },
  };
}

/** When to ask again after a 429 whose vendor did not say. */
const RATE_LIMIT_SECONDS = '5';

/** Writes a refusal, with the headers every refusal carries. */
export function sendFault(response: Answering, encoded: EncodedFault, value: Fault, id: string | null): void {
  if (response.destroyed || response.headersSent) {
    response.destroy();
    return;
  }
  const text = JSON.stringify(encoded.body);
  const { 'retry-after': wait, ...headers } = encoded.headers;
  const told = waitSecondsOf(value)?.toString() ?? wait;
  // Some programs repeat a 429 only where it says when (codex-rs 0.171, counted 2026-11-29).
  const after = encoded.status === 429 ? (told ?? RATE_LIMIT_SECONDS) : isHopeless(value) ? undefined : told;
  const isUnread = leavesUnread(response.req);
  response.writeHead(encoded.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...CORS,
    ...(id && { 'x-generation-id': id }),
    ...(after !== undefined && { 'retry-after': after }),
    // OpenAI's and Anthropic's SDKs, in all languages, do not repeat what says so, whatever its status.
    ...(isHopeless(value) && { 'x-should-retry': 'false' }),
    ...(isUnread && { connection: 'close' }),
    ...headers,
  });
  if (isUnread && response instanceof ServerResponse) endUnread(response.req, response, text);
  else response.end(text);
}
