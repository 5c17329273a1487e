import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesAny, matchesPattern } from './pattern.ts';

test('a star stands for anything, and for nothing', () => {
  for (const [pattern, text, is] of [
    ['anthropic/*', 'anthropic/claude-sonnet-4.5', true],
    ['anthropic/*', 'anthropic/', true],
    ['anthropic/*', 'openai/gpt-4.1', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['*/gpt-*-mini', 'openai/gpt-4.1-mini', true],
    ['*/gpt-*-mini', 'openai/gpt-4.1-mini:free', false],
    ['*/gpt-*-mini*', 'openai/gpt-4.1-mini:free', true],
    ['**a**', 'bab', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['OpenAI/GPT-4.1', 'openai/gpt-4.1', true],
    ['openai/gpt-4.1', 'openai/gpt-4x1', false],
    ['openai/gpt-4.[0-9]', 'openai/gpt-4.1', false],
  ] as const)
    assert.equal(matchesPattern(pattern, text), is, `${pattern} ~ ${text}`);
  assert.equal(matchesAny([], 'x'), false);
  assert.equal(matchesAny(['a', 'x*'], 'xy'), true);
});

test('it agrees with the same pattern as a regular expression', () => {
  let seed = 7;
  const draw = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  const text = (letters: string, most: number): string =>
    Array.from({ length: draw(most + 1) }, () => letters[draw(letters.length)]).join('');
  for (let turn = 0; turn < 20_000; turn++) {
    const pattern = text('ab*', 7);
    const given = text('ab', 9);
    const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(given);
    assert.equal(matchesPattern(pattern, given), expected, `${pattern} ~ ${given}`);
  }
});
