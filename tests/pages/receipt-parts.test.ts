import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import type { Receipt } from '../../src/facts/receipt.ts';
import { curlOf } from '../../src/http/pages/receipt/curl.ts';
import { waterfall } from '../../src/http/pages/receipt/waterfall.ts';
import { receiptOf } from './receipt.ts';

const receipt = receiptOf('gen-1', 'owner', 'Atlas');
const labelsOf = (value: Receipt): readonly string[] =>
  [...waterfall(value).markup.matchAll(/aria-label="([^"]*)"/g)].map(([, label = '']) => label);

test('the time of a call is told apart: the gateway, and of each attempt waiting, beginning, answering, failing', () => {
  assert.deepEqual(labelsOf(receipt), [
    'Gateway: no time at all',
    'openai/gpt-4.1-mini@azure: connecting and waiting for the first byte: 212 ms from 0 ms on; until it failed: 2 ms from 212 ms on',
    'openai/gpt-4.1-mini@openai: connecting and waiting for the first byte: 305 ms from 214 ms on; from the first byte to the first content: 166 ms from 519 ms on; the answer: 2,491 ms from 685 ms on',
  ]);
});

test('waits between attempts are the gateway’s, and a clock that was put back moves nothing out of the axis', () => {
  const [first, second] = receipt.attempts;
  assert.ok(first && second);
  const later = { ...second, startedAt: receipt.createdAt + 1_214 };
  const waited = { ...receipt, attempts: [first, later], totalMs: 4_200 };
  assert.equal(
    labelsOf(waited)[0],
    'Gateway: in the gateway: 1,000 ms from 214 ms on; in the gateway: 24 ms from 4,176 ms on',
  );
  const { markup } = waterfall({ ...receipt, attempts: [{ ...first, startedAt: 0 }, second], createdAt: 1e12 });
  for (const [, x = '', width = ''] of markup.matchAll(/ x="([^"]*)" y="2" width="([^"]*)"/g))
    assert.ok(Number(x) >= 0 && Number(x) + Number(width) <= 1_001, `${x} ${width}`);
  assert.equal(waterfall({ ...receipt, attempts: [], totalMs: 0 }).markup.includes('NaN'), false);
});

test('the command asks again in the dialect of the receipt, and a shell takes hostile names as they are', () => {
  const origin = 'http://127.0.0.1:1';
  const hostile = `x'; touch /tmp/never; echo '$(id)\`id\``;
  const command = curlOf({ ...receipt, requestedModel: hostile, user: `it's`, sessionId: 's' }, origin) ?? '';
  const asShell = command.replace(/^curl/, "printf '%s\\n'").replace('$SWITCHWRIGHT_API_KEY', 'key');
  const words = spawnSync('sh', ['-c', asShell], { encoding: 'utf8' }).stdout.trimEnd().split('\n');
  assert.equal(words[0], `${origin}/api/v1/chat/completions`);
  assert.deepEqual(JSON.parse(words.at(-1) ?? ''), {
    model: hostile,
    messages: [{ role: 'user', content: 'What you said' }],
    stream: true,
    session_id: 's',
    user: `it's`,
  });
  assert.match(
    curlOf({ ...receipt, clientDialect: 'anthropic-messages' }, origin) ?? '',
    /v1\/messages .*"max_tokens":1024/s,
  );
  assert.match(curlOf({ ...receipt, clientDialect: 'gemini' }, origin) ?? '', /openai%2Fgpt-4\.1-mini:generateContent/);
  assert.equal(curlOf({ ...receipt, operation: 'transcription', clientDialect: 'openai-transcription' }, origin), null);
  assert.equal(curlOf({ ...receipt, clientDialect: 'forgotten' }, origin), null);
});
