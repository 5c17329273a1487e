import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base32, codeAt, keyUri, stepOf } from './totp.ts';

/** RFC 6238, appendix B, of which six digits are shown here; RFC 4648, 10. */
const SECRET = Buffer.from('12345678901234567890');

test('codes are those of the standard', () => {
  const vectors = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ] as const;
  for (const [seconds, code] of vectors) {
    const step = Math.floor(seconds / 30);
    assert.equal(codeAt(SECRET, step), code);
    assert.equal(stepOf(SECRET, code, seconds * 1000), step);
  }
});

test('a code is good for its own step and its neighbours alone', () => {
  const code = codeAt(SECRET, 1_000);
  assert.equal(stepOf(SECRET, `${code.slice(0, 3)} ${code.slice(3)}`, 1_001 * 30_000), 1_000);
  assert.equal(stepOf(SECRET, code, 999 * 30_000), 1_000);
  assert.equal(stepOf(SECRET, code, 1_002 * 30_000), null);
  for (const text of ['', '12345', '1234567', 'abcdef', '１２３４５６']) assert.equal(stepOf(SECRET, text, 0), null);
});

test('secrets are told in base 32, and to authenticators as an address', () => {
  assert.equal(base32(Buffer.from('foobar')), 'MZXW6YTBOI');
  assert.equal(base32(Buffer.from('fooba')), 'MZXW6YTB');
  assert.equal(base32(Buffer.from('f')), 'MY');
  assert.match(
    keyUri(SECRET, 'a b@example.com'),
    /^otpauth:\/\/totp\/Switchwright%3Aa%20b%40example\.com\?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=/,
  );
});
