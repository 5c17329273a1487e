import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import { pico } from '../../base/money.ts';
import type { Call, Effort } from '../../call/call.ts';
import type { Message } from '../../call/message.ts';
import type { Tool } from '../../call/tool.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import type { EncodedCall } from '../dialect.ts';
import { sampleCall, sampleTarget } from '../samples.ts';
import { bedrockConverseUpstream } from './index.ts';

const price = { input: pico(1n), output: pico(2n), inputCacheWrite: pico(1n), overrides: [] };
const claude = sampleTarget('bedrock-converse', {
  endpoint: { upstreamId: 'us.anthropic.claude-sonnet-4-5-v1:0', price },
});
const nova = sampleTarget('bedrock-converse', { endpoint: { upstreamId: 'amazon.nova-lite-v1:0' } });

function encode(call: Partial<Call>, target = claude, assets: Assets = new Map()): EncodedCall {
  const encoded = bedrockConverseUpstream.encodeCall(sampleCall(call), target, assets);
  assert.ok(encoded.ok, encoded.ok ? '' : encoded.error.message);
  return encoded.value;
}
const lost = (encoded: EncodedCall): string[] => encoded.losses.map(({ field }) => field);
const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const weather: Tool = {
  type: 'function',
  name: 'weather',
  description: '',
  parameters: { type: 'object', properties: {} },
};

test('the model’s id is one part of the path', () => {
  assert.equal(encode({}).path, '/model/us.anthropic.claude-sonnet-4-5-v1%3A0/converse-stream');
  assert.equal(encode({ stream: false }).path, '/model/us.anthropic.claude-sonnet-4-5-v1%3A0/converse');
});

test('turns alternate; tool results are the user’s; blank text is left out', () => {
  const { body } = encode({
    messages: [
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.', cache: { ttl: '1h' } }] },
      user('Weather?'),
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: ' ' },
          { type: 'tool-call', id: 'call|1', name: 'weather', arguments: '{"city":"Bonn"}' },
          { type: 'tool-call', id: 'call_2', name: 'weather', arguments: '' },
        ],
      },
      { role: 'tool', callId: 'call|1', parts: [{ type: 'text', text: 'Rain' }] },
      { role: 'tool', callId: 'call_2', parts: [], isError: true },
      user('And?'),
    ],
    tools: [weather],
  });
  assert.deepEqual(body.system, [{ text: 'Be brief.' }, { cachePoint: { type: 'default', ttl: '1h' } }]);
  assert.deepEqual(body.messages, [
    { role: 'user', content: [{ text: 'Weather?' }] },
    {
      role: 'assistant',
      content: [
        { toolUse: { toolUseId: 'call_1', name: 'weather', input: { city: 'Bonn' } } },
        { toolUse: { toolUseId: 'call_2', name: 'weather', input: {} } },
      ],
    },
    {
      role: 'user',
      content: [
        { toolResult: { toolUseId: 'call_1', content: [{ text: 'Rain' }] } },
        { toolResult: { toolUseId: 'call_2', content: [{ text: '(no output)' }], status: 'error' } },
        { text: 'And?' },
      ],
    },
  ]);
  assert.deepEqual(body.toolConfig, {
    tools: [{ toolSpec: { name: 'weather', inputSchema: { json: { type: 'object', properties: {} } } } }],
  });
});

test('results come first in their turn, with their cache points', () => {
  const { body } = encode({
    messages: [
      user('Weather?'),
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'c1', name: 'weather', arguments: '{}' }] },
      user('Hurry.'),
      { role: 'tool', callId: 'c1', parts: [{ type: 'text', text: 'Rain' }], cache: { ttl: '5m' } },
    ],
    tools: [weather],
  });
  assert.deepEqual((body.messages as JsonObject[])[2]?.content, [
    { toolResult: { toolUseId: 'c1', content: [{ text: 'Rain' }] } },
    { cachePoint: { type: 'default' } },
    { text: 'Hurry.' },
  ]);
});

test('tool choices, and what Converse lacks', () => {
  const choice = (toolChoice: Call['toolChoice']): unknown =>
    (encode({ tools: [weather], ...(toolChoice && { toolChoice }) }).body.toolConfig as JsonObject | undefined)
      ?.toolChoice;
  assert.deepEqual(choice({ type: 'auto' }), { auto: {} });
  assert.deepEqual(choice({ type: 'required' }), { any: {} });
  assert.deepEqual(choice({ type: 'function', name: 'weather' }), { tool: { name: 'weather' } });
  assert.equal(encode({ tools: [weather], toolChoice: { type: 'none' } }).body.toolConfig, undefined);
  const history: Message[] = [
    user('Weather?'),
    { role: 'assistant', parts: [{ type: 'tool-call', id: 'call_1', name: 'weather', arguments: '{}' }] },
    { role: 'tool', callId: 'call_1', parts: [{ type: 'text', text: 'Rain' }] },
  ];
  const kept = encode({ messages: history, tools: [weather], toolChoice: { type: 'none' } });
  assert.ok(kept.body.toolConfig);
  assert.deepEqual(lost(kept), ['tool_choice']);
  const declared = encode({ messages: history });
  assert.ok(declared.body.toolConfig);
  assert.deepEqual(lost(declared), ['tools']);
});

test('pictures and documents go as bytes, under plain unique names', () => {
  const source = { kind: 'base64', mediaType: 'application/pdf', data: 'JVBERi0=' } as const;
  const url = 'https://example.test/a.png';
  const call = sampleCall({
    messages: [
      {
        role: 'user',
        parts: [
          { type: 'image', source: { kind: 'url', url } },
          { type: 'file', source, filename: 'Q3/report_final (2).pdf' },
          { type: 'file', source, filename: 'Q3/report_final (2).pdf' },
        ],
      },
    ],
  });
  assert.deepEqual(bedrockConverseUpstream.assets(call, claude), [{ url, kind: 'image' }]);
  const { body } = encode(call, claude, new Map([[url, { mediaType: 'image/png', data: Uint8Array.of(1, 2, 3) }]]));
  const bytes = { bytes: 'JVBERi0=' };
  assert.deepEqual((body.messages as JsonObject[])[0]?.content, [
    { image: { format: 'png', source: { bytes: 'AQID' } } },
    { document: { format: 'pdf', name: 'Q3-report-final (2)', source: bytes } },
    { document: { format: 'pdf', name: 'Q3-report-final (2) 2', source: bytes } },
    { text: 'See the attached document.' },
  ]);
});

test('reasoning: each family in its own words, and only its own thoughts go back', () => {
  const budget = encode({
    reasoning: { effort: 'low' },
    maxOutputTokens: 10_000,
    sampling: { temperature: 0.2, top_k: 5 },
  });
  assert.deepEqual(budget.body.additionalModelRequestFields, { thinking: { type: 'enabled', budget_tokens: 2000 } });
  assert.deepEqual(budget.body.inferenceConfig, { maxTokens: 10_000 });
  assert.deepEqual(lost(budget), ['temperature', 'top_k']);
  assert.deepEqual(
    encode({ reasoning: { effort: 'high' }, sampling: { top_k: 5 } }, nova).body.additionalModelRequestFields,
    {
      reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' },
      inferenceConfig: { topK: 5 },
    },
  );
  const thought: Message = {
    role: 'assistant',
    parts: [
      { type: 'reasoning', kind: 'text', text: 'Hm.', signature: 'SIG', format: 'anthropic-claude-v1' },
      { type: 'reasoning', kind: 'encrypted', text: 'EtkEmadeup', format: 'anthropic-claude-v1' },
      { type: 'reasoning', kind: 'encrypted', text: 'gAAAA', format: 'openai-responses-v1' },
      { type: 'text', text: 'Yes. ' },
    ],
  };
  const replayed = encode({ messages: [user('Hi'), thought] });
  assert.deepEqual((replayed.body.messages as JsonObject[])[1]?.content, [
    { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'SIG' } } },
    { reasoningContent: { redactedContent: 'RXRrRW1hZGV1cA==' } },
    { text: 'Yes.' },
  ]);
  assert.deepEqual(lost(replayed), ['messages[1].content[2]']);
});

test('reasoning of other families: Nova without limits at its highest, OpenAI in an object or a word', () => {
  const of = (upstreamId: string, efforts: readonly Effort[] = ['low', 'medium', 'high']) =>
    sampleTarget('bedrock-converse', {
      endpoint: { upstreamId, reasoning: { efforts, budget: false, mandatory: false, defaultEnabled: false } },
    });
  const asked = {
    reasoning: { effort: 'max' },
    maxOutputTokens: 900,
    sampling: { temperature: 0.5, top_p: 0.9 },
  } as const;
  const nova2 = of('us.amazon.nova-2-lite-v1:0');
  const high = encode({ ...asked, stop: ['END'] }, nova2);
  assert.deepEqual(high.body.inferenceConfig, { stopSequences: ['END'] });
  assert.deepEqual(lost(high), ['max_tokens', 'temperature', 'top_p']);
  const medium = encode({ ...asked, reasoning: { effort: 'medium' } }, nova2);
  assert.deepEqual(medium.body.inferenceConfig, { maxTokens: 900, temperature: 0.5, topP: 0.9 });
  const fields = (upstreamId: string, efforts?: readonly Effort[]) =>
    encode({ reasoning: { effort: 'max' } }, of(upstreamId, efforts)).body.additionalModelRequestFields;
  assert.deepEqual(fields('openai.gpt-oss-120b-1:0'), { reasoning_effort: 'high' });
  assert.deepEqual(fields('openai.gpt-5.5'), { reasoning: { effort: 'high' } });
  assert.equal(fields('deepseek.r1-v1:0', []), undefined);
  assert.deepEqual(fields('anthropic.claude-opus-4-8', ['low', 'max']), {
    thinking: { type: 'adaptive', display: 'summarized' },
    output_config: { effort: 'max' },
  });
});

test('Claude calls one tool at a time, tells its stop sequence, and does not think when told so', () => {
  const { body, losses } = encode({
    tools: [weather],
    toolChoice: { type: 'function', name: 'weather' },
    parallelToolCalls: false,
    stop: ['END'],
    reasoning: { effort: 'none' },
  });
  assert.deepEqual(body.additionalModelRequestFields, {
    thinking: { type: 'disabled' },
    tool_choice: { type: 'tool', name: 'weather', disable_parallel_tool_use: true },
  });
  assert.equal((body.toolConfig as JsonObject).toolChoice, undefined);
  assert.deepEqual(body.additionalModelResponseFieldPaths, ['/delta/stop_sequence']);
  assert.deepEqual(losses, []);
  assert.deepEqual(lost(encode({ tools: [weather], parallelToolCalls: false }, nova)), ['parallel_tool_calls']);
});

test('beta flags of a client of Anthropic’s go on as far as Bedrock knows them', () => {
  const asked = encode({
    anthropicBetas: ['context-1m-2025-08-07'],
    native: {
      dialect: 'anthropic-messages',
      fields: { anthropic_beta: ['compact-2026-01-12', 'claude-code-20250219'], speed: 'fast' },
    },
  });
  assert.deepEqual(asked.body.additionalModelRequestFields, {
    anthropic_beta: ['context-1m-2025-08-07', 'compact-2026-01-12'],
  });
  assert.deepEqual(lost(asked), ['anthropic-beta: claude-code-20250219', 'speed']);
});

test('alternatives at the top of a tool’s schema become one object', () => {
  const parameters = {
    type: 'object',
    properties: { id: { type: 'string' } },
    required: ['id'],
    anyOf: [{ required: ['route'] }, { properties: { file: { type: 'string' } }, required: ['file'] }],
  };
  const schemaFor = (target: Target) => {
    const { body } = encode({ tools: [{ type: 'function', name: 'f', parameters }] }, target);
    return (body.toolConfig as { tools: { toolSpec: { inputSchema: { json: unknown } } }[] }).tools[0]?.toolSpec
      .inputSchema.json;
  };
  for (const target of [claude, nova])
    assert.deepEqual(schemaFor(target), {
      type: 'object',
      properties: { file: { type: 'string' }, id: { type: 'string' } },
      required: ['id'],
    });
});

test('sound goes as bytes; a turn that is nothing but thought stays behind; Mistral’s ids have nine characters', () => {
  const sound: Message = {
    role: 'user',
    parts: [{ type: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'SUQz' }, format: 'mp3' }],
  };
  const thought: Message = {
    role: 'assistant',
    parts: [{ type: 'reasoning', kind: 'text', text: 'Hm.', signature: 'S', format: 'anthropic-claude-v1' }],
  };
  const heard = encode({ messages: [sound, thought, user('And?')] });
  assert.deepEqual(heard.body.messages, [
    { role: 'user', content: [{ audio: { format: 'mp3', source: { bytes: 'SUQz' } } }, { text: 'And?' }] },
  ]);
  assert.deepEqual(lost(heard), ['messages[1]']);
  const mistral = sampleTarget('bedrock-converse', { endpoint: { upstreamId: 'us.mistral.pixtral-large-2502-v1:0' } });
  const history: Message[] = [
    user('Weather?'),
    { role: 'assistant', parts: [{ type: 'tool-call', id: 'tooluse_x', name: 'weather', arguments: '{}' }] },
    { role: 'tool', callId: 'tooluse_x', parts: [{ type: 'text', text: 'Rain' }] },
  ];
  const ids = JSON.stringify(encode({ messages: history, tools: [weather] }, mistral).body.messages).match(
    /(?<="toolUseId":")[A-Za-z0-9]{9}(?=")/g,
  );
  assert.equal(ids?.length, 2);
  assert.equal(ids[0], ids[1]);
});

test('structured output by schema; parameters without a place are losses', () => {
  const both = encode({ sampling: { temperature: 0.5, top_p: 0.9 } });
  assert.deepEqual([both.body.inferenceConfig, lost(both)], [{ temperature: 0.5 }, ['top_p']]);
  const output = { type: 'json-schema', name: 'a', schema: { type: 'object', properties: {} } } as const;
  const encoded = encode({ output, stop: ['END'], sampling: { seed: 1, temperature: 1.5 } });
  assert.deepEqual(encoded.body.outputConfig, {
    textFormat: {
      type: 'json_schema',
      structure: {
        jsonSchema: { name: 'a', schema: '{"type":"object","properties":{},"additionalProperties":false}' },
      },
    },
  });
  assert.deepEqual(encoded.body.inferenceConfig, { temperature: 1, stopSequences: ['END'] });
  assert.deepEqual(lost(encoded), ['temperature', 'seed']);
});

test('without structured outputs a tool stands in for the schema, or words do', () => {
  const schema = { type: 'object', properties: { city: { type: 'string' } } };
  const output = { type: 'json-schema', name: 'a', schema } as const;
  const without = (upstreamId: string) =>
    sampleTarget('bedrock-converse', { endpoint: { upstreamId, parameters: new Set(['tools']) } });
  const forced = encode({ output, reasoning: { effort: 'low' } }, without('anthropic.claude-v1:0'));
  assert.deepEqual(forced.body.toolConfig, {
    tools: [
      {
        toolSpec: {
          name: 'structured_answer',
          description: 'Gives the final answer (a).',
          inputSchema: { json: schema },
        },
      },
    ],
    toolChoice: { tool: { name: 'structured_answer' } },
  });
  assert.deepEqual(lost(forced), ['reasoning']);
  const among = encode({ output, tools: [weather] }, without('amazon.nova-lite-v1:0')).body.toolConfig as JsonObject;
  assert.deepEqual(among.toolChoice, { any: {} });
  const told = encode({ output }, without('meta.llama-v1:0'));
  assert.equal(told.body.toolConfig, undefined);
  assert.match(JSON.stringify(told.body.system), /JSON Schema.*city/);
  assert.deepEqual(lost(told), ['response_format']);
  assert.match(JSON.stringify(encode({ output: { type: 'json' } }).body.system), /JSON object/);
});

test('at most four cache points, and none where there is no cache', () => {
  const marked = (count: number): Message[] =>
    Array.from({ length: count }, (_, at) => ({
      role: 'user',
      parts: [{ type: 'text', text: String(at), cache: { ttl: '5m' } }],
    }));
  const points = (encoded: EncodedCall): number => JSON.stringify(encoded.body).split('cachePoint').length - 1;
  assert.equal(points(encode({ messages: marked(5) })), 4);
  assert.deepEqual(lost(encode({ messages: marked(5) })), ['messages[1].content[0].cache_control']);
  assert.equal(points(encode({ messages: marked(1) }, nova)), 0);
});
