import type { WireHeaders } from '../base/world.ts';
import { endOfHead, lengthOf, readHead } from './head.ts';

/** A request in the form that nearly all programs use: one head, a body of a told length, the connection kept. */
export type PlainPost = {
  /** Path and query, as they were written. */
  readonly target: string;
  readonly headers: WireHeaders;
  readonly bodyBytes: number;
  /** Where the body begins. */
  readonly bodyAt: number;
};

const START = /^POST (\/[\x21-\x7e]*) HTTP\/1\.1$/;
const KEPT = 'keep-alive';
const HOST = /^[\w.:[\]-]{1,255}$/;
/** What changes how the message or its connection is read; `connection` may only say what holds anyway. */
const isUnusual = (headers: WireHeaders): boolean =>
  headers['transfer-encoding'] !== undefined ||
  headers.expect !== undefined ||
  headers.upgrade !== undefined ||
  headers.te !== undefined ||
  headers.trailer !== undefined ||
  headers['proxy-connection'] !== undefined ||
  headers['http2-settings'] !== undefined ||
  headers['keep-alive'] !== undefined;

/**
 * Reads a POST whose head lies whole in these bytes. Null = it is not plain, not whole, or not HTTP: somebody else must
 * look at it. Whatever is taken here Node's own server takes too, and reads alike (tests/fuzz/http1.test.ts).
 */
export function readPlainPost(bytes: Buffer, headBytesMax: number): PlainPost | null {
  const bodyAt = endOfHead(bytes, 0);
  if (bodyAt === -1 || bodyAt > headBytesMax) return null;
  const head = readHead(bytes, 0, bodyAt - 4, 'refuse');
  if (!head) return null;
  const { fields: headers } = head;
  const { host, connection, 'content-length': length } = headers;
  if (host === undefined || !HOST.test(host) || length === undefined) return null;
  if (connection !== undefined && connection !== KEPT && connection.toLowerCase() !== KEPT) return null;
  if (isUnusual(headers)) return null;
  const bodyBytes = lengthOf(length);
  const target = START.exec(head.start)?.[1];
  if (bodyBytes === null || target === undefined) return null;
  return { target, headers, bodyBytes, bodyAt };
}
