import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nano } from '../base/money.ts';
import { receiptFromText, receiptToText } from './receipt-json.ts';
import { receiptOf, requestOf } from './testing/sample.ts';

const GROUNDS =
  '[1,"WDav_oun",12,{"p":{"order":["a \\"quoted\\" name"]}},[["openai","u",1133,[0,0.9987,812,63.4]]],[]]';

test('what a plan rested on is kept as it was, and a receipt of an earlier release has none', () => {
  const receipt = receiptOf(requestOf('gen-1', 'key', nano(9n), 1_000), nano(7n));
  assert.equal(receipt.grounds, undefined);
  assert.deepEqual(receiptFromText(receiptToText(receipt)), receipt);
  const kept = { ...receipt, grounds: GROUNDS };
  const text = receiptToText(kept);
  assert(text.endsWith(`,"grounds":${GROUNDS}}`));
  assert.deepEqual(receiptFromText(text), kept);
  assert.deepEqual(JSON.parse(receiptToText(receiptFromText(text))), JSON.parse(text));
});
