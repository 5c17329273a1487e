import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutputFormat } from '../call/call.ts';
import type { Event } from '../call/event.ts';
import { PARAMETERS } from '../call/parameters.ts';
import type { Choice } from '../call/reply.ts';
import { apart } from '../call/text-run.ts';
import { usageOf } from '../call/usage.ts';
import { sampleCall, sampleTarget, sampleUpstream } from '../dialects/samples.ts';
import { createEndGuard, faultOfReply } from './unfinished.ts';

const target = sampleTarget('anthropic-messages', {
  endpoint: { parameters: new Set(PARAMETERS.filter((name) => name !== 'structured_outputs')) },
});
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const asked: OutputFormat = { type: 'json-schema', name: 'place', schema, strict: true };
const said = (text: string, more: Partial<Choice> = {}): Choice => ({
  index: 0,
  parts: [{ type: 'text', text }],
  finish: 'stop',
  nativeFinish: 'end_turn',
  ...more,
});
const faultOf = (choices: readonly Choice[], output: OutputFormat = asked, at = target) =>
  faultOfReply({ choices }, sampleUpstream(at, sampleCall({ output })));

test('an emulated answer is held to its schema', () => {
  assert.equal(faultOf([said('{"city":"Köln"}')]), undefined);
  const broken = faultOf([said('{"town":"Köln"}')]);
  assert.equal(broken?.code, 'upstream_schema_mismatch');
  assert.match(broken?.message ?? '', /\/city: required/);
});

test('an answer is not held to what nobody demanded, or what it could not finish', () => {
  assert.equal(faultOf([said('{"town":"Köln"}')], { ...asked, strict: false }), undefined);
  assert.equal(faultOf([said('{"town":"Köln"}')], { type: 'json' }), undefined);
  assert.equal(faultOf([said('{"town":"K', { finish: 'length' })]), undefined);
  assert.equal(faultOf([said('I would rather not.')]), undefined);
  assert.equal(faultOf([said('{"town":"Köln"}')], asked, sampleTarget('anthropic-messages')), undefined);
});

test('what begins as JSON and is none breaks every schema, and open objects are constrained by nobody', () => {
  assert.match(faultOf([said('\n{"city":"K')])?.message ?? '', /\(\/: not JSON\)/);
  const open = { ...asked, schema: { ...schema, additionalProperties: true } };
  const broken = faultOf([said('{"town":"Köln"}')], open, sampleTarget('anthropic-messages'));
  assert.match(broken?.message ?? '', /\/city: required/);
});

const text = (choice: number, piece: string): Event => ({ type: 'text', choice, text: piece });
const finish = (choice: number, reason: 'stop' | 'length' | 'error' = 'stop'): Event => ({
  type: 'finish',
  choice,
  reason,
  native: null,
});
/** What a guard makes of a stream, batch by batch. */
const streamed = (batches: readonly (readonly Event[])[], output: OutputFormat = asked, at = target): Event[] => {
  const guard = createEndGuard(sampleUpstream(at, sampleCall({ output })));
  return batches.flatMap((batch) => apart(guard([...batch])));
};

test('a stream is held to its schema as a whole answer is: it passes as it comes and never ends well', () => {
  const count: Event = { type: 'usage', usage: usageOf({ output: 7 }) };
  const events = streamed([[text(0, '{"town":')], [text(0, '"Köln"}'), finish(0)], [count, { type: 'end' }]]);
  const fault = faultOf([said('{"town":"Köln"}')]);
  assert(fault);
  assert.deepEqual(events, [text(0, '{"town":'), text(0, '"Köln"}'), count, { type: 'fault', fault }]);
});

test('a stream that keeps its schema, or need not, passes untouched', () => {
  const good = [[text(0, '{"city":')], [text(0, '"Köln"}'), finish(0), { type: 'end' }]] satisfies Event[][];
  assert.deepEqual(streamed(good), good.flat());
  const bad = [text(0, '{"town":1}'), finish(0), { type: 'end' }] satisfies Event[];
  for (const events of [
    streamed([bad], { ...asked, strict: false }),
    streamed([bad], asked, sampleTarget('anthropic-messages')),
  ])
    assert.deepEqual(events, bad);
  const cut = [text(0, '{"town":'), finish(0, 'length'), { type: 'end' }] satisfies Event[];
  assert.deepEqual(streamed([cut]), cut);
});

test('each choice of a stream is judged by its own text when it ends', () => {
  const events = streamed([
    [text(0, '{"city":'), text(1, '{"town":'), text(0, '"K"}')],
    [finish(0), text(1, '"K"}'), finish(1), { type: 'end' }],
  ]);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['text', 'text', 'text', 'finish', 'text', 'fault'],
  );
});

test('an answer that ended in an error is one, unless another choice stands', () => {
  const failed = said('Well', { finish: 'error', nativeFinish: 'MALFORMED' });
  assert.match(faultOf([failed], { type: 'text' })?.message ?? '', /Sample could not finish its answer \(MALFORMED\)/);
  assert.equal(faultOf([failed, said('Fine.', { index: 1 })], { type: 'text' }), undefined);
  const failing = streamed([[finish(0, 'error')], [{ type: 'end' }]], { type: 'text' });
  assert.deepEqual(
    failing.map(({ type }) => type),
    ['finish', 'fault'],
  );
});
