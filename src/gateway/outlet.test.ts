import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '../base/fault.ts';
import type { Event } from '../call/event.ts';
import { sampleTarget } from '../dialects/samples.ts';
import { createOutlet } from './outlet.ts';

const target = sampleTarget('openai-chat');
const text = (value: string): Event => ({ type: 'text', choice: 0, text: value });

function opened() {
  const heard: string[] = [];
  const acts: string[] = [];
  const listener = { events: (events: readonly Event[]) => heard.push(...events.map(shown)) };
  const run = { pause: () => acts.push('pause'), resume: () => acts.push('resume'), cancel: () => {} };
  const parts = [listener, () => run] as unknown as Parameters<typeof createOutlet<'chat'>>;
  return { outlet: createOutlet<'chat'>(...parts), heard, acts };
}
const shown = (event: Event): string => (event.type === 'text' ? event.text : event.type);

test('nothing is shown before the intent is stored: the host is paused until then, and all comes in order', () => {
  const { outlet, heard, acts } = opened();
  outlet.pass([text('a')], target);
  outlet.pass([text('b'), text('c')], target);
  assert.deepEqual([heard, acts], [[], ['pause', 'pause']]);
  outlet.stored();
  assert.deepEqual([heard, acts.slice(2)], [['a', 'b', 'c'], ['resume']]);
  outlet.pass([text('d')], target);
  assert.deepEqual([heard.at(-1), acts.length], ['d', 3]);
});

test('a client that takes nothing keeps its host paused, whatever is stored meanwhile', () => {
  const { outlet, acts } = opened();
  outlet.pass([text('a')], target);
  outlet.pause();
  outlet.stored();
  assert.deepEqual(acts, ['pause', 'pause'], 'stored, and the client is still paused');
  outlet.resume();
  assert.deepEqual(acts, ['pause', 'pause', 'resume']);
});

test('a client that takes again does not wake a host whose answer is not stored', () => {
  const { outlet, acts, heard } = opened();
  outlet.pass([text('a')], target);
  outlet.pause();
  outlet.resume();
  assert.deepEqual(acts, ['pause', 'pause']);
  outlet.stored();
  assert.deepEqual([acts.at(-1), heard], ['resume', ['a']]);
});

test('who has left hears nothing more; who has heard nothing cannot be told of a fault in mid-answer', () => {
  const { outlet, heard } = opened();
  const broken = fault('stopping', 'The gateway was stopped.');
  outlet.stored();
  assert.equal(outlet.breakOff(broken), false);
  outlet.pass([text('a')], target);
  assert.equal(outlet.breakOff(broken), true);
  assert.deepEqual(heard, ['a', 'fault']);
  outlet.abandon();
  outlet.pass([text('b')], target);
  assert.deepEqual([outlet.breakOff(broken), outlet.isAbandoned(), heard.length], [false, true, 2]);
});
