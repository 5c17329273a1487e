import type { WireRequest } from '../base/world.ts';

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What a value may hold here: printable ASCII. Everything that is sent to a provider is. */
const VALUE = /^[\t\x20-\x7e]*$/;
const PATH = /^\/[\x21-\x7e]*$/;
/** What frames a message or belongs to the connection is written here and nowhere else. */
const OURS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Names come back with every call: each is looked at once. */
const NAMES_MAX = 1_000;
const ordinaryNames = new Set<string>();

/**
 * A request's head, its blank line included, as ASCII; null where a part of it cannot be written so (a strange path, a
 * control character or a letter beyond ASCII in a value, a field that frames the message).
 */
export function writeHead(request: WireRequest, host: string, path: string, bodyBytes: number | null): string | null {
  if (!PATH.test(path)) return null;
  let head = `${request.method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  const { headers } = request;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || !VALUE.test(value) || !isOrdinary(name)) return null;
    head += `${name}: ${value}\r\n`;
  }
  return bodyBytes === null ? `${head}\r\n` : `${head}content-length: ${bodyBytes}\r\n\r\n`;
}

function isOrdinary(name: string): boolean {
  if (ordinaryNames.has(name)) return true;
  if (!NAME.test(name) || OURS.has(name.toLowerCase())) return false;
  if (ordinaryNames.size < NAMES_MAX) ordinaryNames.add(name);
  return true;
}

/** The bytes of a body; null for none. */
export function bytesOf({ body, method }: WireRequest): number | null {
  if (body === null) return method === 'GET' ? null : 0;
  if (typeof body === 'string') return Buffer.byteLength(body);
  let count = 0;
  for (const piece of body) count += piece.length;
  return count;
}
