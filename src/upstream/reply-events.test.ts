import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect } from '../call/collect.ts';
import type { Reply } from '../call/reply.ts';
import { usageOf } from '../call/usage.ts';
import { eventsOfReply } from './reply-events.ts';

test('a reply taken apart and folded again is the same reply', () => {
  const reply: Reply = {
    id: 'r1',
    model: 'm',
    systemFingerprint: 'fp',
    serviceTier: 'default',
    choices: [
      {
        index: 0,
        parts: [
          { type: 'reasoning', kind: 'text', text: 'hm', signature: 'sig', format: 'anthropic-claude-v1' },
          { type: 'reasoning', kind: 'encrypted', text: 'opaque', id: 'e1', format: 'openai-responses-v1' },
          { type: 'text', text: 'Hello' },
          { type: 'tool-call', id: 'c1', name: 'f', arguments: '{"a":1}' },
          { type: 'tool-call', id: 'c2', name: 'g', arguments: '{}' },
          { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
          { type: 'refusal', text: 'no' },
        ],
        finish: 'tool_calls',
        nativeFinish: 'tool_use',
        stopSequence: 'END',
        annotations: [{ type: 'url', url: 'https://example.com' }],
        logprobs: { content: [{ token: 'Hello' }] },
        native: { dialect: 'openai-chat', fields: { extra: 1 } },
      },
      { index: 1, parts: [{ type: 'text', text: 'Other' }], finish: 'length', nativeFinish: null },
    ],
    usage: usageOf({ input: 3, output: 4 }),
    native: { dialect: 'openai-chat', fields: { top: true } },
  };
  const folded = collect(eventsOfReply(reply));
  assert.ok(folded.ok);
  assert.deepEqual(folded.value, reply);
});
