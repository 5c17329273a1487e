import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../call/call.ts';
import type { Message } from '../call/message.ts';
import { estimatePrompt } from './estimate.ts';

const KINDS = ['The quick brown fox jumps over the lazy dog. ', '3141592653 ', 'नमस्ते दुनिया ', '          '];
/** As much of a call as its estimate reads. */
const callOf = (more: Pick<Call, 'messages' | 'isLarge'>): Call =>
  ({ tools: [], output: { type: 'text' }, ...more }) as unknown as Call;
const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const many = (count: number, one: (at: number) => string): Message[] =>
  Array.from({ length: count }, (_, at) => user(one(at)));

test('of a very long prompt texts are sampled, whatever their order: its estimate stays within a twentieth', () => {
  const kind = (at: number): string => (KINDS[at % KINDS.length] as string).repeat(30);
  const prompts = {
    'one kind': many(8_000, () => kind(0)),
    'many kinds in turn': many(8_001, (at) => kind(at + Math.floor(at / 8))),
    'cheap ones first': [...many(6_000, () => kind(3)), ...many(6_000, () => kind(1))],
    'dear ones first': [...many(6_000, () => kind(2)), ...many(6_000, () => kind(3))],
  };
  for (const [name, messages] of Object.entries(prompts)) {
    const whole = estimatePrompt(callOf({ messages }));
    const sampled = estimatePrompt(callOf({ messages, isLarge: true }));
    assert(Math.abs(sampled / whole - 1) < 0.05, `${name}: ${sampled} for ${whole}`);
  }
});

test('what is passed over is not counted', () => {
  const messages = [...many(1_200, () => 'a'.repeat(1_000)), user('b c d e'), user('b'), user('.'.repeat(1_000))];
  const told = (last: string): number => estimatePrompt(callOf({ messages: [...messages, user(last)], isLarge: true }));
  assert.equal(told('. '.repeat(500)), told('a'.repeat(1_000)), 'told by its length alone');
});
