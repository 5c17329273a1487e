import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleCall } from '../dialects/samples.ts';
import { echoOf, wantsEcho } from './echo.ts';
import type { Prepared } from './prepare.ts';

const prepared = (body: string | readonly Uint8Array[], hidden: readonly string[] = []): Prepared => ({
  request: { method: 'POST', url: 'http://a.test', headers: {}, body, reach: 'operator' },
  losses: [],
  secrets: () => hidden,
});

test('what was sent is shown as it was, long texts cut', () => {
  const image = `data:image/png;base64,${'A'.repeat(20_000)}`;
  const sent = { model: 'm', messages: [{ role: 'user', content: 'Hi' }, { content: [{ url: image }] }], n: null };
  const echo = echoOf(prepared(JSON.stringify(sent)));
  assert.deepEqual(echo.messages, [
    { role: 'user', content: 'Hi' },
    { content: [{ url: `${image.slice(0, 16_384)}… (20022 characters in all)` }] },
  ]);
  assert.deepEqual([echo.model, echo.n], ['m', null]);
});

test('a credential is not shown, wherever it stands in the body', () => {
  const echo = echoOf(prepared('{"key":"secret-123456","messages":["secret-123456 again"]}', ['secret-123456']));
  assert.deepEqual(echo, { key: '[redacted]', messages: ['[redacted] again'] });
});

test('a body that is no JSON object is shown as an empty one', () => {
  assert.deepEqual(echoOf(prepared('not json')), {});
  assert.deepEqual(echoOf(prepared([new Uint8Array([1])])), {});
});

test('only a stream is echoed, and only to who asks', () => {
  const asked = (debug: boolean | string, stream = true) =>
    wantsEcho(sampleCall({ stream, gateway: { extra: { debug: { echo_upstream_body: debug } } } }));
  assert.deepEqual(
    [asked(true), asked(false), asked('true'), asked(true, false), wantsEcho(sampleCall())],
    [true, false, false, false, false],
  );
});
