import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutputFormat } from '../call/call.ts';
import { PARAMETERS } from '../call/parameters.ts';
import type { Choice } from '../call/reply.ts';
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
  assert.equal(broken?.code, 'upstream_malformed');
  assert.match(broken?.message ?? '', /\/city: required/);
});

test('an answer is not held to what nobody demanded, or what it could not finish', () => {
  assert.equal(faultOf([said('{"town":"Köln"}')], { ...asked, strict: false }), undefined);
  assert.equal(faultOf([said('{"town":"Köln"}')], { type: 'json' }), undefined);
  assert.equal(faultOf([said('{"town":"K', { finish: 'length' })]), undefined);
  assert.equal(faultOf([said('I would rather not.')]), undefined);
  assert.equal(faultOf([said('{"town":"Köln"}')], asked, sampleTarget('anthropic-messages')), undefined);
});

test('an answer that ended in an error is one, unless another choice stands', () => {
  const failed = said('Well', { finish: 'error', nativeFinish: 'MALFORMED' });
  assert.match(faultOf([failed], { type: 'text' })?.message ?? '', /Sample could not finish its answer \(MALFORMED\)/);
  assert.equal(faultOf([failed, said('Fine.', { index: 1 })], { type: 'text' }), undefined);
  const guard = createEndGuard(target);
  assert.equal(guard([{ type: 'finish', choice: 0, reason: 'error', native: null }]).length, 1);
  assert.deepEqual(
    guard([{ type: 'end' }]).map(({ type }) => type),
    ['fault'],
  );
});
