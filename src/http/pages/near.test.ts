import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from './near.ts';

const NAMES = [
  'openai/gpt-4.1',
  'openai/gpt-4.1-mini',
  'anthropic/claude-haiku-4.5',
  'meta-llama/llama-3.3-70b-instruct',
];

test('a misspelt name finds the one that was meant first', () => {
  assert.equal(nearest('openai/gpt4.1-mni', NAMES)[0], 'openai/gpt-4.1-mini');
  assert.equal(nearest('claude-haiku', NAMES)[0], 'anthropic/claude-haiku-4.5');
});

test('nothing is offered where nothing is near', () => {
  assert.deepEqual(nearest('zzz/qqq', NAMES), []);
  assert.deepEqual(nearest('', NAMES), []);
  assert.deepEqual(nearest('日本', NAMES), []);
});
