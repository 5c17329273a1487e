/** The whole table of faults in every dialect that programs speak, at once and in the midst of a stream. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS, type FaultCode, fault } from '../../src/base/fault.ts';
import { CLIENTS } from './pairs.ts';
import { type Heard, toldAtOnce, toldInStream } from './refused-cell.ts';

const RAW = '{"detail":"the very words"}';
const upstream = { provider: 'Sample', status: 418, code: 'teapot', raw: RAW };
const CODES = Object.keys(FAULTS) as FaultCode[];

function check(code: FaultCode, { told, text }: Heard): void {
  const { errorType, class: kind } = FAULTS[code];
  assert.match(text, new RegExp(`"${errorType}"`, 'i'), 'the error_type is told');
  assert.equal(told.error?.kind, kind, 'the class is kept');
  assert.match(told.error.message, /Words that tell\./);
  const [provider, vendorCode, raw] = ['Sample', 'teapot', JSON.stringify(RAW)].map((word) => text.includes(word));
  assert.deepEqual({ provider, vendorCode, raw }, { provider: true, vendorCode: true, raw: true });
}

for (const client of CLIENTS) {
  test(`${client.dialect.id}: every fault is told with its status, type, class, provider and raw words`, () => {
    for (const code of CODES) {
      const heard = toldAtOnce(client, fault(code, 'Words that tell.', { upstream, retryAfterMs: 2_500 }));
      check(code, heard);
      const { status, blame } = FAULTS[code];
      assert.equal(heard.status, client.statuses?.[code] ?? status);
      assert.equal(heard.retryAfter, '3', 'a waiting time is told, rounded up');
      assert.ok(
        blame !== 'upstream' || ![401, 402, 403].includes(status),
        'the operator’s trouble is not the caller’s',
      );
    }
  });
  test(`${client.dialect.id}: no client is told to wait a day`, () => {
    const { retryAfter, text } = toldAtOnce(
      client,
      fault('upstream_rate_limit', 'Later.', { retryAfterMs: 86_400_000 }),
    );
    assert.equal(retryAfter, '120');
    assert.doesNotMatch(text, /86.?400/);
  });
  test(`${client.dialect.id}: every fault ends a stream that had begun, and the answer does not seem whole`, () => {
    for (const code of CODES) check(code, toldInStream(client, fault(code, 'Words that tell.', { upstream })));
  });
}
