import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../../call/call.ts';
import type { Message } from '../../call/message.ts';
import { sampleCall, sampleTarget, sampleUpstream } from '../samples.ts';
import { ollamaUpstream } from './index.ts';

const target = (upstreamId = 'qwen3:4b') => sampleTarget('ollama', { endpoint: { upstreamId, reasoning: null } });
const PICTURE = 'https://pics.test/a';

function encode(more: Partial<Call>, upstreamId?: string) {
  const assets = new Map([[PICTURE, { mediaType: 'image/png', data: Buffer.from('abc') }]]);
  const written = ollamaUpstream.encodeCall(sampleCall(more), target(upstreamId), assets);
  assert(written.ok);
  return { body: written.value.body, lost: written.value.losses.map((loss) => loss.field) };
}

test('a conversation with a picture and a tool', () => {
  const messages: Message[] = [
    {
      role: 'user',
      parts: [
        { type: 'text', text: 'What is this?' },
        { type: 'image', source: { kind: 'url', url: PICTURE } },
      ],
    },
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', kind: 'text', text: 'Look.', format: 'unknown' },
        { type: 'tool-call', id: 'c1', name: 'look', arguments: '{"at":1}' },
      ],
    },
    { role: 'tool', callId: 'c1', parts: [{ type: 'text', text: 'a cat' }] },
  ];
  assert.deepEqual(ollamaUpstream.assets(sampleCall({ messages }), target()), [{ url: PICTURE, kind: 'image' }]);
  const { body, lost } = encode({
    messages,
    stream: false,
    tools: [{ type: 'function', name: 'look', description: 'Looks' }],
    sampling: { temperature: 0, repetition_penalty: 1.1, min_p: 0.05 },
    maxOutputTokens: 50,
    stop: ['END'],
  });
  assert.deepEqual(lost, []);
  assert.deepEqual(body, {
    model: 'qwen3:4b',
    messages: [
      { role: 'user', content: 'What is this?', images: ['YWJj'] },
      {
        role: 'assistant',
        content: '',
        thinking: 'Look.',
        tool_calls: [{ id: 'c1', function: { name: 'look', arguments: { at: 1 } } }],
      },
      { role: 'tool', content: 'a cat', tool_name: 'look', tool_call_id: 'c1' },
    ],
    stream: false,
    tools: [
      {
        type: 'function',
        function: { name: 'look', description: 'Looks', parameters: { type: 'object', properties: {} } },
      },
    ],
    options: { temperature: 0, min_p: 0.05, repeat_penalty: 1.1, num_predict: 50, stop: ['END'] },
  });
});

test('structured output, thinking, tool choice', () => {
  const schema = { type: 'object' };
  assert.deepEqual(encode({ output: { type: 'json-schema', name: 'x', schema } }).body.format, schema);
  assert.equal(encode({ output: { type: 'json' } }).body.format, 'json');
  assert.equal(encode({ reasoning: { effort: 'high' } }).body.think, true);
  assert.equal(encode({ reasoning: { effort: 'high' } }, 'gpt-oss:20b').body.think, 'high');
  assert.equal(encode({ reasoning: { effort: 'none' } }).body.think, false);
  assert.equal('think' in encode({ reasoning: { exclude: true } }).body, false);
  const tools = [{ type: 'function', name: 'a' } as const];
  assert.equal('tools' in encode({ tools, toolChoice: { type: 'none' } }).body, false);
  assert.deepEqual(encode({ tools, toolChoice: { type: 'required' } }).lost, ['tool_choice']);
});

test('an error line in the middle of a stream is a fault', () => {
  const decoder = ollamaUpstream.decodeEvents(sampleUpstream(target()));
  decoder.push({ event: null, data: '{"model":"m","message":{"role":"assistant","content":"Half"},"done":false}' });
  const [event] = decoder.push({ event: null, data: '{"error":"llama runner process has terminated"}' });
  assert.equal(event?.type === 'fault' && event.fault.message, 'llama runner process has terminated');
  assert.deepEqual(decoder.end(), []);
});
