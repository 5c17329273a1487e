import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { World } from '../base/world.ts';
import type { Reply } from '../call/reply.ts';
import { DIALECTS } from '../dialects/registry.ts';
import { sampleCall, sampleTarget } from '../dialects/samples.ts';
import { chatErrand } from './chat-errand.ts';

const world: World = {
  now: () => 0,
  elapsed: () => 0,
  after: () => () => {},
  random: () => 0,
  newId: (prefix) => `${prefix}-1`,
  request: () => assert.fail('nothing is sent'),
};

test('a tool whose name the vendor refuses is sent under another, and called by its own', () => {
  const call = sampleCall({ stream: false, tools: [{ type: 'function', name: 'files.read' }] });
  const errand = chatErrand({ world, dialects: DIALECTS }, call);
  const translated = errand.translate(sampleTarget('bedrock-converse'));
  assert.ok(translated.ok);
  const [{ encode, read }] = translated.value as [(typeof translated.value)[0]];
  const encoded = encode(new Map());
  assert.ok(encoded.ok);
  assert.match(JSON.stringify(encoded.value.body), /"name":"files_read"/);

  const replies: Reply[] = [];
  const reader = read(
    { 'content-type': 'application/json' },
    {
      events: (steps) => assert.fail(`no steps, but ${steps.length}`),
      replied: (reply) => void replies.push(reply),
      failed: ({ message }) => assert.fail(message),
    },
    { method: 'POST', url: 'https://sample.test/v1/chat', headers: {}, body: '{}', reach: 'operator' },
  );
  const content = [{ toolUse: { toolUseId: 't1', name: 'files_read', input: { path: 'a.txt' } } }];
  const answer = { output: { message: { role: 'assistant', content } }, stopReason: 'tool_use' };
  reader.push(Buffer.from(JSON.stringify(answer)));
  reader.end();
  const part = replies[0]?.choices[0]?.parts[0];
  assert.equal(part?.type === 'tool-call' && part.name, 'files.read');
});
