/** What Gemini's API cannot carry is told, member by member, and nothing else is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../../call/call.ts';
import type { Message } from '../../call/message.ts';
import { PARAMETERS } from '../../call/parameters.ts';
import type { Endpoint } from '../../catalog/model.ts';
import { sampleCall, sampleTarget } from '../samples.ts';
import { nativeFinish } from './finish.ts';
import { geminiUpstream } from './index.ts';

function encode(more: Partial<Call>, endpoint: Partial<Omit<Endpoint, 'dialect' | 'provider'>> = {}) {
  const target = sampleTarget('gemini', { endpoint: { upstreamId: 'gemini-3-pro-preview', ...endpoint } });
  const written = geminiUpstream.encodeCall(sampleCall(more), target, new Map());
  assert(written.ok, written.ok ? '' : written.error.message);
  const { body, losses } = written.value;
  return { body, config: body.generationConfig as Record<string, unknown>, lost: losses.map(({ field }) => field) };
}
const system = (text: string): Message => ({ role: 'system', parts: [{ type: 'text', text }] });
const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });

test('parameters that it has not', () => {
  assert.deepEqual(encode({ sampling: { temperature: 0.5, top_p: 0.9, top_k: 4, seed: 7 } }).lost, []);
  const sampling = { min_p: 0.1, top_a: 0.2, repetition_penalty: 1.1, logit_bias: { 1: 2 } };
  assert.deepEqual(encode({ sampling }).lost, ['min_p', 'top_a', 'repetition_penalty', 'logit_bias']);
  assert.deepEqual(encode({ verbosity: 'low' }).lost, ['verbosity']);
  const stop = ['a', 'b', 'c', 'd', 'e'];
  assert.deepEqual([encode({ stop }).lost, encode({ stop }).config.stopSequences], [[], stop]);
  const six = encode({ stop: [...stop, 'f'] });
  assert.deepEqual([six.lost, six.config.stopSequences], [['stop'], stop]);
});

test('probabilities and penalties, where the model has them and where it has not', () => {
  const without = { parameters: new Set(PARAMETERS.filter((name) => !/logprobs|penalty/.test(name))) };
  for (const sampling of [{ logprobs: true }, { logprobs: true, top_logprobs: 3 }, { top_logprobs: 3 }]) {
    const { lost, config } = encode({ sampling }, without);
    assert.deepEqual([lost, config?.responseLogprobs, config?.logprobs], [['logprobs'], undefined, undefined]);
    assert.deepEqual(encode({ sampling }).lost, []);
  }
  assert.deepEqual(encode({ sampling: { logprobs: false } }, without).lost, []);
  const given = encode({ sampling: { logprobs: true, top_logprobs: 3 } }).config;
  assert.deepEqual([given.responseLogprobs, given.logprobs], [true, 3]);
  assert.deepEqual(encode({ sampling: { presence_penalty: 0.5 } }, without).lost, ['presence_penalty']);
  assert.deepEqual(encode({ sampling: { presence_penalty: 0 } }, without).lost, []);
  assert.equal(encode({ sampling: { presence_penalty: 0.5 } }).config.presencePenalty, 0.5);
});

test('marks of a prompt cache and strict arguments of tools', () => {
  const tool = { type: 'function', name: 'f', parameters: { type: 'object' } } as const;
  assert.deepEqual(encode({ tools: [tool] }).lost, []);
  assert.deepEqual(encode({ tools: [tool, { ...tool, name: 'g', cache: {} }] } as Partial<Call>).lost, [
    'tools[1].cache_control',
  ]);
  assert.deepEqual(encode({ tools: [{ ...tool, strict: true }] }).lost, ['tools[0].function.strict']);
  assert.deepEqual(encode({ tools: [{ ...tool, strict: false }] }).lost, []);
});

test('a system message in the midst is moved to the front, and that is told; the first is where it belongs', () => {
  const first = encode({ messages: [system('Be brief.'), user('Hi')] });
  assert.deepEqual(first.lost, []);
  const later = encode({ messages: [system('Be brief.'), user('Hi'), system('In Latin.')] });
  assert.deepEqual(later.lost, ['messages[2]']);
  assert.deepEqual(later.body.systemInstruction, { parts: [{ text: 'Be brief.' }, { text: 'In Latin.' }] });
});

test('an end is told in Gemini’s own word where the vendor’s is one', () => {
  assert.equal(nativeFinish('stop', 'STOP'), 'STOP');
  assert.equal(nativeFinish('content_filter', 'PROHIBITED_CONTENT'), 'PROHIBITED_CONTENT');
  assert.equal(nativeFinish('content_filter', 'refusal'), 'SAFETY');
  assert.equal(nativeFinish('length', null), 'MAX_TOKENS');
  assert.equal(nativeFinish('error', 'toString'), 'OTHER');
});

test('fields that another dialect knows, and those of Gemini’s own go through', () => {
  const native = (dialect: string) => ({ native: { dialect, fields: { odd: 1 } } }) as Partial<Call>;
  assert.deepEqual(encode(native('openai-chat')).lost, ['odd']);
  assert.deepEqual(encode(native('gemini')).lost, []);
});
