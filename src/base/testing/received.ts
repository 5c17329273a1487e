import assert from 'node:assert/strict';
import { BodyScan } from '../body-scan.ts';
import type { Fault } from '../fault.ts';
import { type ParsedBody, parseReceived } from '../json.ts';
import { LIMITS } from '../limits.ts';
import type { Result } from '../result.ts';

/** The bytes in chunks of this size. */
export const cutInto = (bytes: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));

/** A large body as the server reads it, in chunks of this size. */
export function received(body: unknown, cut = 65_536): ParsedBody {
  const scan = new BodyScan(LIMITS.nesting_max);
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  for (const chunk of cutInto(bytes, cut)) assert.equal(scan.push(chunk), null);
  const parsed = parsedOf(scan);
  if (!parsed.ok) assert.fail(parsed.error.message);
  return parsed.value;
}

/** What has been worked through, parsed without a pause. */
export function parsedOf(scan: BodyScan): Result<ParsedBody, Fault> {
  let parsed: Result<ParsedBody, Fault> | null = null;
  const later = (task: () => void): void => task();
  parseReceived({ chunks: [], scan }, { nestingMax: LIMITS.nesting_max, later, weigh: null }, (value) => {
    parsed = value;
  });
  assert(parsed);
  return parsed;
}
