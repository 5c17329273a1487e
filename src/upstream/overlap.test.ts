import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOverlap } from './overlap.ts';

const SHOWN = 'A gateway earns trust only when the provider behind it misbehaves, and not a moment ';

/** What is let go of a continuation that comes in pieces of this length. */
function joined(shown: string, continuation: string, size: number): string | null {
  const overlap = createOverlap(shown);
  let text = '';
  for (let at = 0; at < continuation.length; at += size) {
    const piece = overlap.push(continuation.slice(at, at + size));
    if (piece === null) return null;
    text += piece;
  }
  const rest = overlap.end();
  return rest === null ? null : shown + text + rest;
}

const WHOLE = `${SHOWN}earlier. That is all.`;
const ways: readonly (readonly [string, string, string, string | null])[] = [
  ['goes on', SHOWN, 'earlier. That is all.', WHOLE],
  ['says its last words again', SHOWN, 'not a moment earlier. That is all.', WHOLE],
  ['says a last part of a word again, long enough', SHOWN, 'behaves, and not a moment earlier. That is all.', WHOLE],
  ['begins from the beginning', SHOWN, WHOLE, WHOLE],
  ['begins with the space that is there already', SHOWN, ' earlier. That is all.', WHOLE],
  ['says nothing', SHOWN, '', SHOWN],
  ['says only what was said', SHOWN, SHOWN, SHOWN],
  ['begins anew in other words', SHOWN, SHOWN.replace('not a moment', 'never'), null],
  ['begins anew and stops half-way', SHOWN, SHOWN.slice(0, 70), null],
  ['begins with a letter that stood last', 'That', 'the tail', 'Thatthe tail'],
  ['ends in the middle of a word', 'misbeh', 'aves.', 'misbehaves.'],
  ['begins a second paragraph', 'One.\n', '\nTwo.', 'One.\n\nTwo.'],
  ['nothing was shown', '', 'Anything.', 'Anything.'],
];
for (const [name, shown, continuation, whole] of ways)
  test(`a continuation that ${name}, in pieces of any length`, () => {
    for (const size of [1, 2, 3, 7, 10_000]) assert.equal(joined(shown, continuation, size), whole, `by ${size}`);
  });

test('of a long text its beginning and its end are looked at, and what is kept back is bounded by it', () => {
  const shown = Array.from({ length: 20_000 }, (_, index) => `word${index} `).join('');
  assert.equal(joined(shown, `${shown}end`, 1_000), `${shown}end`);
  assert.equal(joined(shown, `${shown.slice(-500)}end`, 5), `${shown}end`);
  assert.equal(joined(shown, 'end', 1), `${shown}end`);
  const same = 'a'.repeat(50_000);
  const whole = joined(same, `${same.slice(0, 40_000)}b`, 3) ?? '';
  assert.ok(whole.startsWith(same) && whole.endsWith('b'), 'what could be its end is taken for it');
});
