import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { countOn, newTextCount, tokensIn, tokensOf } from './count-text.ts';

type Sample = {
  readonly name: string;
  readonly counts: { readonly [tokenizer: string]: number };
  readonly text: string;
};
const recorded = readFileSync(join(import.meta.dirname, 'fixtures/token-counts.json'), 'utf8');
const { samples } = JSON.parse(recorded) as { readonly samples: readonly Sample[] };
const TOLERANCE = 0.3;

const within = (counted: number, real: number): boolean => Math.abs(counted / real - 1) <= TOLERANCE;

for (const { name, counts, text } of samples)
  test(`${name}: a count is within 30 % of what o200k_base makes of it, in one piece, in many and repeated`, () => {
    const real = counts.o200k ?? assert.fail();
    assert.ok(within(tokensOf(text), real), `${tokensOf(text)} of ${real}`);
    const inPieces = newTextCount();
    for (let at = 0; at < text.length; at += 5) countOn(inPieces, text.slice(at, at + 5));
    assert.ok(within(tokensIn(inPieces), real), `${tokensIn(inPieces)} of ${real} in pieces`);
    const long = tokensOf(text.repeat(200));
    assert.ok(within(long, 200 * real), `${long} of ${200 * real}, counted in samples`);
  });

test('what vocabularies agree about is counted as by most of them', () => {
  for (const name of ['english', 'typescript', 'python', 'json', 'html', 'markdown', 'hex', 'base64', 'chinese']) {
    const sample = samples.find((one) => one.name === name) ?? assert.fail(name);
    const sorted = Object.values(sample.counts).sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? assert.fail();
    assert.ok(within(tokensOf(sample.text), median), `${name}: ${tokensOf(sample.text)} of ${median}`);
  }
});

test('nothing is no token, anything is one, and no character is too strange', () => {
  assert.equal(tokensOf(''), 0);
  for (const text of ['a', ' ', '\0', '\n', '\ud800', '\uffff', '𝕏'])
    assert.ok(tokensOf(text) >= 1, JSON.stringify(text));
});
