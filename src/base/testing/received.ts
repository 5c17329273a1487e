import assert from 'node:assert/strict';
import { BodyScan } from '../body-scan.ts';
import { type ParsedBody, parseReceived } from '../json.ts';
import { LIMITS } from '../limits.ts';

/** The bytes in chunks of this size. */
export const cutInto = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));

/** A large body as the server reads it, in chunks of this size. */
export function received(body: unknown, cut = 65_536): ParsedBody {
  const scan = new BodyScan(LIMITS.nesting_max);
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  for (const chunk of cutInto(bytes, cut)) assert.equal(scan.push(chunk), null);
  const parsed = parseReceived({ chunks: [], scan }, LIMITS.nesting_max);
  if (!parsed.ok) assert.fail(parsed.error.message);
  return parsed.value;
}
