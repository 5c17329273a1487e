import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from '../call/message.ts';
import { DIALECTS } from './registry.ts';
import { sampleCall, sampleTarget } from './samples.ts';

const THOUGHT = {
  type: 'reasoning',
  kind: 'text',
  text: 'Hm.',
  signature: 'c2ln',
  format: 'meta-responses-v1',
} as const;
const messages: Message[] = [
  { role: 'user', parts: [{ type: 'text', text: 'a' }] },
  { role: 'assistant', parts: [THOUGHT, { type: 'text', text: 'b' }] },
  { role: 'user', parts: [{ type: 'text', text: 'c' }] },
];

for (const id of ['gemini', 'cohere-chat', 'ollama', 'bedrock-converse', 'anthropic-messages'] as const)
  test(`${id}: unmodelled fields, a cache key, a tier and others’ signed thoughts are lost aloud`, () => {
    const native = { dialect: 'openai-chat', fields: { moderation: 1 } };
    const imageConfig = { aspect_ratio: '1:1' };
    const call = sampleCall({ messages, native, promptCacheKey: 'k', serviceTier: 'scale', imageConfig });
    const encoded = DIALECTS.of('chat', id).encodeCall(call, sampleTarget(id), new Map());
    assert.ok(encoded.ok);
    const lost = encoded.value.losses.map(({ field }) => field);
    for (const field of ['moderation', 'prompt_cache_key', 'service_tier']) assert.ok(lost.includes(field), field);
    if (id !== 'gemini') assert.ok(lost.includes('image_config'));
    assert.ok(lost.some((field) => field.startsWith('messages[1]')));
    assert.doesNotMatch(JSON.stringify(encoded.value.body), /c2ln|moderation/);
  });

for (const id of ['openai-responses', 'cohere-chat', 'ollama', 'bedrock-converse', 'anthropic-messages'] as const)
  test(`${id}: text at the ordinary tier is what there is, so nothing is lost of asking for it`, () => {
    for (const serviceTier of ['auto', 'default']) {
      const call = sampleCall({ modalities: ['text'], serviceTier });
      const encoded = DIALECTS.of('chat', id).encodeCall(call, sampleTarget(id), new Map());
      assert.deepEqual(encoded.ok && encoded.value.losses, []);
    }
  });
