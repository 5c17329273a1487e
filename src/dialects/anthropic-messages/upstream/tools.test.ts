import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import type { Message } from '../../../call/message.ts';
import type { EncodedCall } from '../../dialect.ts';
import { sampleCall } from '../../samples.ts';
import { targetOf } from '../fixtures/target.ts';
import { anthropicMessagesUpstream as dialect } from './index.ts';

function encode(call: Partial<Call>): EncodedCall {
  const encoded = dialect.encodeCall(sampleCall({ stream: false, ...call }), targetOf(), new Map());
  assert(encoded.ok);
  return encoded.value;
}
const fields = (encoded: EncodedCall): string[] => encoded.losses.map(({ field }) => field);
const TOOL = { type: 'function', name: 'look' } as const;

test('what constrained decoding does not know stands in the description of schemas and strict tools, and is told', () => {
  const schema = {
    type: 'object',
    properties: {
      tags: { type: 'array', items: { type: 'string', format: 'email' }, minItems: 2, maxItems: 5, uniqueItems: true },
      code: { type: 'string', pattern: '^A', format: 'iban' },
      either: { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'integer' }, minItems: 1 }] },
    },
  };
  const closed = {
    type: 'object',
    properties: {
      tags: {
        type: 'array',
        items: { type: 'string', format: 'email' },
        description: '{minItems: 2, maxItems: 5, uniqueItems: true}',
      },
      code: { type: 'string', description: '{pattern: "^A", format: "iban"}' },
      either: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'integer' }, minItems: 1 }] },
    },
    additionalProperties: false,
  };
  const tool = { type: 'function', name: 'f', parameters: schema, strict: true } as const;
  const encoded = encode({ output: { type: 'json-schema', name: 'x', schema }, tools: [tool] });
  assert.deepEqual((encoded.body.output_config as JsonObject).format, { type: 'json_schema', schema: closed });
  assert.deepEqual(encoded.body.tools, [{ name: 'f', input_schema: closed, strict: true }]);
  assert.equal(encoded.losses.length, 10);
  const open = encode({ tools: [{ ...tool, parameters: { ...schema, additionalProperties: true } }] });
  assert.equal((open.body.tools as JsonObject[])[0]?.strict, undefined);
  assert.deepEqual(fields(open), ['tools[0].strict']);
});

test('a tool’s schema is one object; breakpoints on the vendor’s own tools count', () => {
  const parameters = {
    oneOf: [
      { properties: { a: {} }, required: ['a'] },
      { properties: { b: {} }, required: ['b'] },
    ],
  };
  const own = (ttl: '5m' | '1h') => ({
    type: 'web_search_20250305',
    name: 'w',
    cache_control: { type: 'ephemeral', ttl },
  });
  const { body, losses } = encode({
    tools: [
      { type: 'function', name: 'f', parameters, cache: { ttl: '1h' } },
      { type: 'native', dialect: 'anthropic-messages', value: own('5m') },
      { type: 'native', dialect: 'anthropic-messages', value: own('1h') },
    ],
  });
  const ephemeral = { type: 'ephemeral' };
  assert.deepEqual(body.tools, [
    {
      name: 'f',
      input_schema: { type: 'object', properties: { a: {}, b: {} } },
      cache_control: { ...ephemeral, ttl: '1h' },
    },
    { type: 'web_search_20250305', name: 'w', cache_control: ephemeral },
    { type: 'web_search_20250305', name: 'w', cache_control: ephemeral },
  ]);
  assert.deepEqual(
    losses.map(({ field }) => field),
    ['tools[0].input_schema', 'tools[2].cache_control'],
  );
});

test('an id that another vendor used for several calls is a different one for each, and results follow theirs', () => {
  const turn = (text: string): Message[] => [
    { role: 'assistant', parts: [{ type: 'tool-call', id: 'call_0', name: 'look', arguments: '{"a":1}' }] },
    { role: 'tool', callId: 'call_0', parts: [{ type: 'text', text }] },
  ];
  const { body } = encode({
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Look.' }] }, ...turn('one'), ...turn('two')],
    tools: [TOOL],
  });
  const ids = (body.messages as { content: JsonObject[] }[]).flatMap(({ content }) =>
    content.flatMap(({ id, tool_use_id }) => id ?? tool_use_id ?? []),
  );
  assert.deepEqual(ids, ['call_0', 'call_0', 'call_0_2', 'call_0_2']);
});
