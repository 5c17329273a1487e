import assert from 'node:assert/strict';
import { replay } from './answer-cell.ts';
import { type AnswerName, transcriptOf } from './answers.ts';
import type { Cell } from './cell.ts';
import type { Client } from './client.ts';
import { hear } from './hear.ts';
import type { Upstream } from './upstream.ts';

/**
 * One vendor's answer, reasoned and with a call, is shown to another vendor in the next turn: are its opaque thoughts
 * taken back there, or left out and told as a loss? What was said and called must come through in any case.
 */
export function foreignCell(client: Client, from: Upstream, to: Upstream, name: AnswerName): Cell {
  const reason = client.cannot[name] ?? from.cannot[name];
  if (reason !== undefined) return { state: 'none', reason };
  const { turn } = hear(client, from, transcriptOf(name), 'reasoning');
  const { asked, losses } = replay(client, to, [turn]);
  assert.deepEqual(
    asked.turns.map(({ role, calls = [], results = [] }) => [role, calls.length, results.length]),
    [
      ['user', 0, 0],
      ['assistant', 1, 0],
      ['tool', 0, 1],
    ],
    'the call and its result come through',
  );
  if (takesBack(to, from)) {
    assert.equal(asked.opaque.length, 1, 'the family that made a thought takes it back');
    return { state: 'kept' };
  }
  assert.deepEqual(asked.opaque, [], 'no vendor sees another’s signature');
  const told = losses.find(({ field }) => /reasoning|^messages\[/.test(field));
  assert(told, `the loss is told, not only ${JSON.stringify(losses)}`);
  return { state: 'lost', reason: `${told.field.replaceAll(/\[\d+\]/g, '[…]')}: ${told.reason}` };
}

/** A relay takes reasoning of every family, with the family's name; the others only their own. */
const takesBack = (to: Upstream, from: Upstream): boolean => to.takesBack === 'all' || to.takesBack === from.thinks;
