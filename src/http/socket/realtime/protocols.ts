import type { IncomingMessage } from 'node:http';

export const REALTIME_PROTOCOL = 'realtime';
/** Browsers can set no header on a WebSocket: OpenAI's libraries put the key among its protocols (openai 7.57, read 2026-11-29). */
const KEY = /^openai-insecure-api-key\.(\S+)$/;

/** A key that stands among the protocols is one as if it stood in `Authorization`, where nothing does. */
export function takeKeyFromProtocols({ headers }: IncomingMessage): void {
  if (headers.authorization !== undefined) return;
  for (const offered of (headers['sec-websocket-protocol'] ?? '').split(',')) {
    const key = KEY.exec(offered.trim())?.[1];
    if (key !== undefined) headers.authorization = `Bearer ${key}`;
  }
}
