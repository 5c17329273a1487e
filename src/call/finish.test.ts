import assert from 'node:assert/strict';
import { test } from 'node:test';
import { besideCalls, FINISH_REASONS } from './finish.ts';

test('an ordinary end says whether there are calls to run, by what was called and not by the vendor’s word', () => {
  assert.deepEqual(
    FINISH_REASONS.map((reason) => [reason, besideCalls(reason, true), besideCalls(reason, false)]),
    [
      ['stop', 'tool_calls', 'stop'],
      ['length', 'length', 'length'],
      ['tool_calls', 'tool_calls', 'stop'],
      ['content_filter', 'content_filter', 'content_filter'],
      ['error', 'error', 'error'],
    ],
  );
});
