import type { JsonObject } from '../../../base/json.ts';

/** One named server-sent event. */
export const frameText = (event: string, data: JsonObject): string =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** The line that clients of this dialect know as a sign of life. */
export const PING = frameText('ping', { type: 'ping' });
