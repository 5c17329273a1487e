import { crc32 } from 'node:zlib';
import { brokenFrame, type Frame, type FrameSplitter } from './frame.ts';
import { createGrowingBytes } from './growing-bytes.ts';
import { LIMITS } from './limits.ts';

/**
 * `application/vnd.amazon.eventstream` (Smithy specification, "Amazon Event Stream", read 2026-11-22): each message is
 * total length, headers' length, CRC of these two; headers; payload; CRC of everything before it. Lengths and sums are
 * unsigned 32-bit big-endian.
 */
const PRELUDE_BYTES = 12;
const OVERHEAD_BYTES = 16;

/**
 * Splits AWS messages into frames. A wrong checksum or length gives one exception frame and nothing after it: the
 * borders of later messages cannot be trusted. A message cut off by the end of the bytes gives no frame.
 */
export function createAwsSplitter(bytesMax: number = LIMITS.frame_bytes_max): FrameSplitter {
  const held = createGrowingBytes();
  let broken = false;

  const push = (bytes: Uint8Array): Frame[] => {
    const frames: Frame[] = [];
    if (broken) return frames;
    held.append(bytes, 0, bytes.length);
    const view = held.view();
    let at = 0;
    while (!broken && view.length - at >= PRELUDE_BYTES) {
      const total = view.readUInt32BE(at);
      const wrong = preludeFault(view, at, bytesMax);
      if (wrong === null && view.length - at < total) break;
      const frame = wrong === null ? readMessage(view.subarray(at, at + total)) : brokenFrame(wrong);
      frames.push(frame);
      broken = frame.event === null && frame.exception === true;
      at += total;
    }
    held.drop(broken ? view.length : at);
    return frames;
  };
  return { push, end: () => [] };
}

function preludeFault(view: Buffer, at: number, bytesMax: number): string | null {
  const total = view.readUInt32BE(at);
  const headers = view.readUInt32BE(at + 4);
  if (crc32(view.subarray(at, at + 8)) !== view.readUInt32BE(at + 8))
    return 'A message of the stream has a wrong prelude checksum.';
  if (total < OVERHEAD_BYTES || headers > total - OVERHEAD_BYTES)
    return 'A message of the stream contradicts its own lengths.';
  if (total > bytesMax) return `A message of the stream is larger than ${bytesMax} bytes.`;
  return null;
}

function readMessage(message: Buffer): Frame {
  const end = message.length - 4;
  if (crc32(message.subarray(0, end)) !== message.readUInt32BE(end))
    return brokenFrame('A message of the stream has a wrong checksum.');
  const payloadStart = PRELUDE_BYTES + message.readUInt32BE(4);
  const headers = readHeaders(message.subarray(PRELUDE_BYTES, payloadStart));
  if (headers === null) return brokenFrame('A message of the stream has unreadable headers.');
  const data = message.toString('utf8', payloadStart, end);
  const kind = headers.get(':message-type');
  if (kind === 'exception') return { event: headers.get(':exception-type') ?? 'exception', data, exception: true };
  if (kind === 'error') {
    const payload = JSON.stringify({ message: headers.get(':error-message') ?? 'The stream reported an error.' });
    return { event: headers.get(':error-code') ?? 'error', data: data || payload, exception: true };
  }
  return { event: headers.get(':event-type') ?? null, data };
}

/** The bytes of a header's value by its type; −1 means that two bytes of length come first. */
const VALUE_BYTES = [0, 0, 1, 2, 4, 8, -1, -1, 8, 16];
const STRING_TYPE = 7;

/** The text headers by name; others are skipped. Null if the bytes are no headers. */
function readHeaders(bytes: Buffer): Map<string, string> | null {
  const headers = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const nameEnd = at + 1 + (bytes[at] ?? 0);
    if (nameEnd + 1 > bytes.length) return null;
    const type = bytes[nameEnd] ?? 0;
    let size = VALUE_BYTES[type];
    let value = nameEnd + 1;
    if (size === undefined) return null;
    if (size < 0) {
      if (value + 2 > bytes.length) return null;
      size = bytes.readUInt16BE(value);
      value += 2;
    }
    if (value + size > bytes.length) return null;
    if (type === STRING_TYPE)
      headers.set(bytes.toString('utf8', at + 1, nameEnd), bytes.toString('utf8', value, value + size));
    at = value + size;
  }
  return headers;
}

/** One message as AWS would send it: a frame with `exception` becomes `:message-type` exception. For the sandbox and tests. */
export function encodeAwsFrame(frame: Frame): Uint8Array {
  const kind = frame.exception ? 'exception' : 'event';
  const headers = Buffer.concat([
    encodeHeader(`:${kind}-type`, frame.event ?? 'unknown'),
    encodeHeader(':content-type', 'application/json'),
    encodeHeader(':message-type', kind),
  ]);
  const payload = Buffer.from(frame.data);
  const message = Buffer.alloc(OVERHEAD_BYTES + headers.length + payload.length);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(headers.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  headers.copy(message, PRELUDE_BYTES);
  payload.copy(message, PRELUDE_BYTES + headers.length);
  message.writeUInt32BE(crc32(message.subarray(0, message.length - 4)), message.length - 4);
  return message;
}

function encodeHeader(name: string, value: string): Buffer {
  const nameBytes = Buffer.from(name);
  const valueBytes = Buffer.from(value);
  const size = Buffer.alloc(2);
  size.writeUInt16BE(valueBytes.length);
  return Buffer.concat([Buffer.from([nameBytes.length]), nameBytes, Buffer.from([STRING_TYPE]), size, valueBytes]);
}
