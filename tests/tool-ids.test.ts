import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../src/base/json.ts';
import type { Message } from '../src/call/message.ts';
import { sampleCall, sampleUpstream } from '../src/dialects/samples.ts';
import { UPSTREAMS } from './matrix/pairs.ts';
import { transcript } from './matrix/transcripts.ts';

/** Vendors that count their calls from 0 in every answer would give one id to two calls of a conversation. */
for (const { dialect, target } of UPSTREAMS)
  test(`${dialect.id}: a tool call never has the id of an earlier one`, () => {
    const reply = transcript(dialect.id, 'tool')?.reply as Json;
    const idAfter = (messages: readonly Message[], made: string): string => {
      const upstream = { ...sampleUpstream(target, sampleCall({ messages })), newId: () => made };
      const decoded = dialect.decodeReply(reply, upstream);
      assert.ok(decoded.ok);
      const call = decoded.value.choices[0]?.parts.find((part) => part.type === 'tool-call');
      assert.ok(call?.type === 'tool-call');
      return call.id;
    };
    const first = idAfter([], 'made-1');
    const earlier = { type: 'tool-call', id: first, name: 'weather', arguments: '{}' } as const;
    assert.notEqual(idAfter([{ role: 'assistant', parts: [earlier] }], 'made-2'), first);
  });
