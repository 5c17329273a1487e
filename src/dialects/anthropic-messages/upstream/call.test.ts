import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { JsonObject } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import type { Message } from '../../../call/message.ts';
import type { Target } from '../../../facts/target.ts';
import type { EncodedCall } from '../../dialect.ts';
import { sampleCall } from '../../samples.ts';
import { anthropicMessagesClient } from '../client/index.ts';
import { BUDGETS, EFFORTS, targetOf } from '../fixtures/target.ts';
import { bedrockInvokeAnthropic, anthropicMessagesUpstream as dialect } from './index.ts';

function encode(call: Partial<Call>, target: Target = targetOf()): EncodedCall & { body: JsonObject } {
  const encoded = dialect.encodeCall(sampleCall({ stream: false, ...call }), target, new Map());
  assert(encoded.ok);
  return encoded.value;
}
const fields = (encoded: EncodedCall): string[] => encoded.losses.map(({ field }) => field);
const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const SCHEMA = { type: 'object', properties: { a: { type: 'integer', minimum: 1 } }, required: ['a'] };
const TOOL = { type: 'function', name: 'look', parameters: SCHEMA } as const;

test('what a client of this dialect sends reaches a host of this dialect unchanged', () => {
  const body = JSON.parse(readFileSync(new URL('../fixtures/agent-call.json', import.meta.url), 'utf8'));
  const headers = { 'anthropic-beta': 'interleaved-thinking-2025-05-14' };
  const call = anthropicMessagesClient.decodeCall(body, { headers, params: {} });
  assert(call.ok);
  const encoded = dialect.encodeCall(call.value, targetOf(), new Map());
  assert(encoded.ok);
  assert.deepEqual(encoded.value.body, { ...body, model: 'claude-test' });
  assert.deepEqual(encoded.value.losses, []);
  assert.deepEqual(encoded.value.headers, {
    'anthropic-version': '2023-06-01',
    'anthropic-beta': 'interleaved-thinking-2025-05-14,context-management-2025-06-27',
  });
});

test('roles alternate, results come first, and later system text stays in its place', () => {
  const { body, losses } = encode({
    messages: [
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'developer', parts: [{ type: 'text', text: 'Be kind.' }] },
      user('Hi'),
      user('again'),
      {
        role: 'assistant',
        parts: [
          { type: 'tool-call', id: 'call:1', name: 'look', arguments: '{"a":1}' },
          { type: 'tool-call', id: 'call.1', name: 'look', arguments: '{"a":' },
        ],
      },
      { role: 'system', parts: [{ type: 'text', text: 'Hurry.' }] },
      { role: 'tool', callId: 'call:1', parts: [{ type: 'text', text: 'one' }] },
      { role: 'tool', callId: 'call.1', parts: [], isError: true },
    ],
  });
  assert.deepEqual(body.system, [
    { type: 'text', text: 'Be brief.' },
    { type: 'text', text: 'Be kind.' },
  ]);
  assert.deepEqual(body.messages, [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hi' },
        { type: 'text', text: 'again' },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'tool_use', id: 'call_1', name: 'look', input: { a: 1 } },
        { type: 'tool_use', id: 'call_1_2', name: 'look', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'call_1', content: [{ type: 'text', text: 'one' }] },
        {
          type: 'tool_result',
          tool_use_id: 'call_1_2',
          content: [{ type: 'text', text: '(no output)' }],
          is_error: true,
        },
        { type: 'text', text: '<system>\nHurry.\n</system>' },
      ],
    },
  ]);
  // Tools named by the history alone are declared, and may not be called.
  assert.deepEqual(body.tools, [{ name: 'look', input_schema: { type: 'object', properties: {} } }]);
  assert.deepEqual(body.tool_choice, { type: 'none' });
  assert.deepEqual(
    losses.map(({ field }) => field),
    ['messages[4].content[1].arguments', 'messages[5].role'],
  );
});

test('empty text, a conversation begun by the model, and a prefill', () => {
  const { body } = encode({
    messages: [
      { role: 'assistant', parts: [{ type: 'text', text: 'Welcome' }] },
      user(' '),
      { role: 'assistant', parts: [{ type: 'text', text: 'The answer is ' }] },
    ],
  });
  assert.deepEqual(body.messages, [
    { role: 'user', content: [{ type: 'text', text: '…' }] },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'Welcome' },
        { type: 'text', text: 'The answer is' },
      ],
    },
  ]);
});

test('images and documents go as URLs, or as bytes to hosts that cannot fetch', () => {
  const messages: Message[] = [
    {
      role: 'user',
      parts: [
        { type: 'image', source: { kind: 'url', url: 'https://p.example/a.png' } },
        { type: 'file', source: { kind: 'base64', mediaType: 'text/plain', data: 'aGk=' }, filename: 'n.txt' },
        { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: '' }, format: 'wav' },
      ],
    },
  ];
  const call = sampleCall({ messages });
  const plain = encode({ messages });
  assert.deepEqual(plain.body.messages, [
    {
      role: 'user',
      content: [
        { type: 'image', source: { type: 'url', url: 'https://p.example/a.png' } },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hi' }, title: 'n.txt' },
      ],
    },
  ]);
  assert.deepEqual(fields(plain), ['messages[0].content[2]']);
  assert.deepEqual(dialect.assets(call, targetOf()), []);
  const target = targetOf({ quirks: ['inline-images'] });
  assert.deepEqual(dialect.assets(call, target), [{ url: 'https://p.example/a.png', kind: 'image' }]);
  const bytes = new Map([['https://p.example/a.png', { mediaType: 'image/png', data: Buffer.from('png') }]]);
  const inlined = dialect.encodeCall(call, target, bytes);
  assert(inlined.ok);
  assert.match(JSON.stringify(inlined.value.body), /"type":"base64","media_type":"image\/png","data":"cG5n"/);
  const missing = dialect.encodeCall(call, target, new Map());
  assert(!missing.ok && missing.error.code === 'image_download_failed');
});

test('only Anthropic’s own API has tiers', () => {
  assert.equal(encode({ serviceTier: 'priority' }).body.service_tier, 'auto');
  const vertex = encode({ serviceTier: 'priority' }, targetOf({ quirks: ['vertex'] }));
  assert.equal(vertex.body.service_tier, undefined);
  assert.deepEqual(fields(vertex), ['service_tier']);
});

test('fast mode is the tier that is priced by the token: asked for by endpoint or by its own word', () => {
  const endpoint = encode({ serviceTier: 'priority' }, targetOf({ tier: 'priority' }));
  assert.deepEqual([endpoint.body.speed, endpoint.body.service_tier], ['fast', undefined]);
  assert.equal(endpoint.headers['anthropic-beta'], 'fast-mode-2026-02-01');
  const native = { dialect: 'anthropic-messages', fields: { speed: 'fast' } };
  const word = encode({ serviceTier: 'fast', native });
  assert.deepEqual([word.body.speed, word.body.service_tier, fields(word)], ['fast', undefined, []]);
});

test('at most four breakpoints: the first and the last three stay', () => {
  const cache = { ttl: '5m' } as const;
  const messages: Message[] = [1, 2, 3, 4].map((n) => ({
    role: 'user',
    parts: [{ type: 'text', text: `${n}`, cache }],
  }));
  const { body, losses } = encode({ tools: [{ ...TOOL, cache: { ttl: '1h' } }], messages, cache });
  const marks = [...JSON.stringify(body).matchAll(/"cache_control":(\{[^}]*\})/g)].map((match) => match[1]);
  assert.equal(marks.length, 3);
  assert.deepEqual(
    losses.map(({ field }) => field),
    ['messages[0].content[0].cache_control', 'messages[1].content[0].cache_control'],
  );
  const automatic = encode({ cache: { ttl: '1h' } });
  assert.deepEqual(automatic.body.messages, [
    { role: 'user', content: [{ type: 'text', text: 'Hello', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
  ]);
});

test('an effort becomes a budget below max_tokens, or stays one where the model chooses its own depth', () => {
  const thinking = (reasoning: Call['reasoning'], max: number, target = targetOf()) => {
    const { body } = encode({ reasoning: reasoning ?? {}, maxOutputTokens: max }, target);
    return [body.thinking, body.output_config];
  };
  assert.deepEqual(thinking({ effort: 'high' }, 10_000), [{ type: 'enabled', budget_tokens: 8000 }, undefined]);
  assert.deepEqual(thinking({ enabled: true }, 10_000), [{ type: 'enabled', budget_tokens: 5000 }, undefined]);
  assert.deepEqual(thinking({ effort: 'low' }, 2000), [{ type: 'enabled', budget_tokens: 1024 }, undefined]);
  assert.deepEqual(thinking({ budgetTokens: 9000 }, 5000), [{ type: 'enabled', budget_tokens: 4000 }, undefined]);
  assert.deepEqual(thinking({ effort: 'high' }, 1000), [undefined, undefined]);
  assert.deepEqual(thinking({ effort: 'none' }, 5000), [{ type: 'disabled' }, undefined]);
  const adaptive = targetOf({ reasoning: EFFORTS });
  const shown = { type: 'adaptive', display: 'summarized' };
  assert.deepEqual(thinking({ effort: 'xhigh' }, 5000, adaptive), [shown, { effort: 'high' }]);
  assert.deepEqual(thinking({ budgetTokens: 1000 }, 5000, adaptive), [shown, { effort: 'low' }]);
});

test('beta flags come from the caller’s header, and for thinking between tool calls from us', () => {
  const reasoning = { budgetTokens: 2000 };
  const headers = (call: Partial<Call>, upstreamId = 'claude-test') =>
    encode(call, targetOf({ reasoning: BUDGETS, upstreamId })).headers['anthropic-beta'];
  assert.equal(headers({ reasoning }), undefined);
  assert.equal(headers({ reasoning, tools: [TOOL] }), 'interleaved-thinking-2025-05-14');
  assert.equal(headers({ reasoning, tools: [TOOL] }, 'claude-3-7-sonnet'), undefined);
  assert.equal(headers({ anthropicBetas: ['context-1m-2025-08-07'] }), 'context-1m-2025-08-07');
  const native = (fields: JsonObject) => headers({ native: { dialect: 'anthropic-messages', fields } });
  assert.equal(native({ speed: 'fast' }), 'fast-mode-2026-02-01');
  const edits = [{ type: 'compact_20260112' }];
  assert.equal(native({ context_management: { edits } }), 'context-management-2025-06-27,compact-2026-01-12');
  assert.equal(native({ fallbacks: 'default' }), 'server-side-fallback-2026-07-01');
});

test('thinking excludes forced tools, other temperatures and foreign thoughts', () => {
  const forced = encode({ reasoning: { effort: 'low' }, tools: [TOOL], toolChoice: { type: 'required' } });
  assert.deepEqual(
    [forced.body.thinking, forced.body.tool_choice, fields(forced)],
    [undefined, { type: 'any' }, ['reasoning']],
  );
  const mandatory = targetOf({ reasoning: { ...BUDGETS, mandatory: true } });
  const kept = encode({ reasoning: { effort: 'low' }, tools: [TOOL], toolChoice: { type: 'required' } }, mandatory);
  assert.deepEqual([kept.body.tool_choice, fields(kept)], [{ type: 'auto' }, ['tool_choice']]);
  const warm = encode({ reasoning: { effort: 'low' }, sampling: { temperature: 0.2, top_p: 0.5, top_k: 3 } });
  assert.deepEqual(fields(warm), ['temperature', 'top_p', 'top_k']);
  const foreign: Message[] = [
    user('Look'),
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', kind: 'encrypted', text: 'eA', format: 'openai-responses-v1' },
        { type: 'tool-call', id: 'c', name: 'look', arguments: '{}' },
      ],
    },
    { role: 'tool', callId: 'c', parts: [{ type: 'text', text: 'seen' }] },
  ];
  const changed = encode({ messages: foreign, tools: [TOOL], reasoning: { effort: 'low' } });
  assert.deepEqual([changed.body.thinking, fields(changed)], [undefined, ['messages[1].content[0]', 'reasoning']]);
});

test('a schema is carried natively, else by a forced tool, else by words', () => {
  const output = { type: 'json-schema', name: 'x', schema: SCHEMA } as const;
  const native = encode({ output });
  assert.deepEqual(native.body.output_config, {
    format: {
      type: 'json_schema',
      schema: {
        type: 'object',
        properties: { a: { type: 'integer', description: '{minimum: 1}' } },
        required: ['a'],
        additionalProperties: false,
      },
    },
  });
  const { body } = encode({ output }, targetOf({ parameters: [] }));
  assert.deepEqual(body.tool_choice, { type: 'tool', name: 'structured_answer', disable_parallel_tool_use: true });
  assert.deepEqual((body.tools as JsonObject[])[0]?.input_schema, SCHEMA);
  const withTools = encode({ output, tools: [TOOL] }, targetOf({ parameters: [] }));
  assert.deepEqual(withTools.body.tool_choice, { type: 'any' });
  const list = encode({ output: { ...output, schema: { type: 'array' } } }, targetOf({ parameters: [] }));
  assert.match(JSON.stringify(list.body.system), /JSON Schema/);
  assert.match(JSON.stringify(encode({ output: { type: 'json' } }).body.system), /JSON object/);
});

test('limits and parameters that this dialect has not are told as losses', () => {
  const encoded = encode(
    {
      maxOutputTokens: 100_000,
      sampling: { temperature: 1.5, seed: 1, logit_bias: {}, n: 2, logprobs: true, min_p: 0.1, presence_penalty: 1 },
      promptCacheKey: 'k',
      native: { dialect: 'openai-chat', fields: { safe_prompt: true } },
    },
    targetOf({ maxOutput: 8192 }),
  );
  assert.equal(encoded.body.max_tokens, 8192);
  assert.equal(encoded.body.temperature, 1);
  assert.deepEqual(fields(encoded).sort(), [
    'logit_bias',
    'logprobs',
    'max_tokens',
    'min_p',
    'n',
    'presence_penalty',
    'prompt_cache_key',
    'safe_prompt',
    'seed',
    'temperature',
  ]);
  assert.equal(encode({}, targetOf({ maxOutput: null })).body.max_tokens, 4096);
  const either = encode({ sampling: { temperature: 0.5, top_p: 0.9 } }, targetOf({ quirks: ['temperature-or-top-p'] }));
  assert.deepEqual([either.body.temperature, either.body.top_p, fields(either)], [0.5, undefined, ['top_p']]);
});

test('Vertex AI and Bedrock have model, version and streaming elsewhere', () => {
  const vertex = targetOf({ quirks: ['vertex'], upstreamId: 'claude-test@20260101' });
  const { path, headers, body } = encode({ stream: true }, vertex);
  assert.equal(path, '/models/claude-test@20260101:streamRawPredict');
  assert.equal(encode({}, vertex).path, '/models/claude-test@20260101:rawPredict');
  assert.deepEqual(headers, {});
  assert.deepEqual([body.model, body.anthropic_version, body.stream], [undefined, 'vertex-2023-10-16', true]);
  const target = targetOf({ upstreamId: 'anthropic.claude-test-v1:0' });
  const call = sampleCall({
    stream: true,
    native: {
      dialect: 'anthropic-messages',
      fields: { anthropic_beta: ['context-1m-2025-08-07', 'oauth-2025-04-20'] },
    },
  });
  const invoked = bedrockInvokeAnthropic.encodeCall(call, target, new Map());
  assert(invoked.ok);
  assert.equal(invoked.value.path, '/model/anthropic.claude-test-v1%3A0/invoke-with-response-stream');
  const { anthropic_version, anthropic_beta, model, stream } = invoked.value.body;
  assert.deepEqual(
    [anthropic_version, anthropic_beta, model, stream],
    ['bedrock-2023-05-31', ['context-1m-2025-08-07'], undefined, undefined],
  );
  // Claude Code's flags are refused by hosts that do not know them.
  assert.deepEqual(fields(invoked.value), ['anthropic-beta: oauth-2025-04-20']);
  const flags = ['effort-2025-11-24', 'web-search-2025-03-05'];
  const vertexed = encode({ anthropicBetas: flags }, vertex);
  assert.equal(vertexed.headers['anthropic-beta'], 'web-search-2025-03-05');
  assert.deepEqual(fields(vertexed), ['anthropic-beta: effort-2025-11-24']);
  assert.equal(encode({ anthropicBetas: flags }).headers['anthropic-beta'], flags.join());
});

test('a call of absurd size is encoded in time, and its losses are bounded', () => {
  const parts = Array.from({ length: 200_000 }, () => ({ type: 'text', text: 'a' }) as const);
  const calls = Array.from(
    { length: 50_000 },
    (_, index) =>
      ({
        type: 'tool-call',
        id: `${index}`.replaceAll(/./g, '!') + String.fromCodePoint(0x10000 + index),
        name: 'f',
        arguments: '{',
      }) as const,
  );
  const { body, losses } = encode({
    messages: [
      { role: 'system', parts },
      { role: 'user', parts },
      { role: 'user', parts },
      { role: 'assistant', parts: calls },
      user('x'),
    ],
  });
  const [, assistant] = body.messages as { content: { id: string }[] }[];
  assert.equal(new Set(assistant?.content.map(({ id }) => id)).size, 50_000);
  assert.equal(losses.length, 200);
});

test('how to show thoughts does not ask for any', () => {
  assert.equal(encode({ reasoning: { exclude: true } }).body.thinking, undefined);
});
