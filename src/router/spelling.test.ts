import assert from 'node:assert/strict';
import { test } from 'node:test';
import { otherSpellings } from './spelling.ts';

test('a name is tried as programs and vendors write it, and ends as the model’s own', () => {
  const last = (name: string): string | undefined => otherSpellings(name).at(-1);
  assert.equal(last('GPT-4.1-Mini'), 'gpt-4.1-mini');
  assert.equal(last('gpt-4.1-mini-2025-04-14'), 'gpt-4.1-mini');
  assert.equal(last('openai/gpt-4.1-mini-2025-04-14'), 'openai/gpt-4.1-mini');
  assert.equal(last('anthropic/claude-sonnet-4-5-20250929'), 'anthropic/claude-sonnet-4-5');
  assert.equal(last('claude-sonnet-4-5@20250929'), 'claude-sonnet-4-5');
  assert.equal(last('claude-opus-4-8[1m]'), 'claude-opus-4-8');
  assert.equal(last('models/gemini-2.5-flash'), 'gemini-2.5-flash');
  assert.equal(last('openrouter/anthropic/claude-sonnet-4.5'), 'anthropic/claude-sonnet-4.5');
  assert.equal(last('us.anthropic.claude-sonnet-4-5-20250929-v1:0'), 'claude-sonnet-4-5');
  assert.equal(last('global.anthropic.claude-opus-4-6-v1'), 'claude-opus-4-6');
  assert.equal(last('openai/gpt-4.1-mini:latest'), 'openai/gpt-4.1-mini');
  assert.equal(last('gpt-oss:20b'), 'gpt-oss-20b');
  assert.equal(last('qwen2.5:0.5b'), 'qwen2.5-0.5b');
});

test('each step is tried, the nearest first, and a plain name has none', () => {
  assert.deepEqual(otherSpellings('anthropic.claude-sonnet-4-5-20250929-v1:0'), [
    'claude-sonnet-4-5-20250929-v1:0',
    'claude-sonnet-4-5-20250929',
    'claude-sonnet-4-5',
  ]);
  for (const plain of ['openai/gpt-4.1-mini', 'deepseek-v4-pro', 'author/model:free', 'author/model-2024'])
    assert.deepEqual(otherSpellings(plain), []);
});
