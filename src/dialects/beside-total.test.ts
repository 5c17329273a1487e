import assert from 'node:assert/strict';
import { test } from 'node:test';
import { besideTotal, type Told } from './beside-total.ts';

const beside = (told: Partial<Told>) => {
  const { meters, unexplained } = besideTotal({ prompt: 100, completion: 50, total: 0, parts: {}, ...told });
  return [[...meters], unexplained];
};

test('sums that add up, or that nobody told, leave everything within its whole', () => {
  assert.deepEqual(beside({ total: 150 }), [[], 0]);
  assert.deepEqual(beside({ parts: { inputCacheRead: 80, outputReasoning: 20 } }), [[], 0]);
  assert.deepEqual(beside({ total: 150, parts: { inputCacheRead: 80, inputAudio: 20 } }), [[], 0]);
});

test('a total that is larger by a part, or by several, says that they stand beside', () => {
  assert.deepEqual(beside({ total: 170, parts: { outputReasoning: 20 } }), [['outputReasoning'], 0]);
  assert.deepEqual(beside({ prompt: 9, completion: 201, total: 585, parts: { inputAudio: 375 } }), [['inputAudio'], 0]);
  assert.deepEqual(beside({ total: 190, parts: { inputCacheRead: 30, inputCacheWrite: 10 } }), [
    ['inputCacheRead', 'inputCacheWrite'],
    0,
  ]);
});

test('a part larger than the prompt stands beside it, though the total leaves it out', () => {
  assert.deepEqual(beside({ prompt: 7, completion: 1, total: 8, parts: { inputCacheRead: 161 } }), [
    ['inputCacheRead'],
    0,
  ]);
});

test('what no part explains is told', () => {
  assert.deepEqual(beside({ total: 525 }), [[], 375]);
  assert.deepEqual(beside({ total: 525, parts: { inputCacheRead: 80 } }), [[], 375]);
});
