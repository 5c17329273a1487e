/** Everything that is written to programs of the Responses API, read by the schemas of the strictest of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenResponsesResult$inboundSchema } from '@openrouter/sdk/models/openresponsesresult.js';
import { StreamEvents$inboundSchema } from '@openrouter/sdk/models/streamevents.js';
import type { JsonObject } from '../../src/base/json.ts';
import { nano } from '../../src/base/money.ts';
import { collect } from '../../src/call/collect.ts';
import type { Event } from '../../src/call/event.ts';
import { usageOf } from '../../src/call/usage.ts';
import { openaiResponsesClient } from '../../src/dialects/openai-responses/client/index.ts';
import { sampleAnswer } from '../../src/dialects/samples.ts';

const FORMAT = 'anthropic-claude-v1';
const BODIES: readonly JsonObject[] = [
  { model: 'a/b', input: 'Hi' },
  {
    model: 'a/b',
    input: 'Hi',
    instructions: 'Be brief.',
    max_output_tokens: 100,
    max_tool_calls: 3,
    metadata: { a: 'b' },
    parallel_tool_calls: false,
    prompt_cache_key: 'k',
    reasoning: { effort: 'high', summary: 'auto' },
    safety_identifier: 's',
    service_tier: 'flex',
    temperature: 0.5,
    top_p: 0.9,
    top_logprobs: 2,
    truncation: 'auto',
    user: 'u',
    text: { verbosity: 'low', format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } },
    tool_choice: { type: 'function', name: 'f' },
    tools: [
      { type: 'function', name: 'f', parameters: { type: 'object', properties: {} } },
      { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: /x/' } },
      { type: 'custom', name: 'free' },
      { type: 'web_search' },
      { type: 'local_shell' },
      { type: 'namespace', name: 'n', description: 'd', tools: [{ type: 'function', name: 'g', parameters: {} }] },
    ],
  },
  {
    model: 'a/b',
    input: 'Hi',
    reasoning: { summary: 'detailed', max_tokens: 2000 },
    tool_choice: 'required',
    tools: [],
  },
];

const USAGE: Event = {
  type: 'usage',
  usage: usageOf({ input: 10, inputCacheRead: 5, output: 7, outputReasoning: 3 }),
  bill: { cost: nano(5n), inputCost: nano(2n), outputCost: nano(3n), upstreamCost: null, isByok: false },
};
const CONTENT: Event[] = [
  { type: 'start', serviceTier: 'default' },
  { type: 'reasoning', choice: 0, index: 0, kind: 'text', text: 'Hm.', signature: 'SIG', format: FORMAT },
  { type: 'reasoning', choice: 0, index: 1, kind: 'summary', text: 'S', id: 'rs_1', format: 'openai-responses-v1' },
  { type: 'reasoning', choice: 0, index: 2, kind: 'encrypted', text: 'X', id: 'rs_1', format: 'openai-responses-v1' },
  { type: 'reasoning', choice: 0, index: 3, kind: 'encrypted', text: 'Y', format: 'unknown' },
  { type: 'text', choice: 0, text: 'See ' },
  { type: 'annotation', choice: 0, annotation: { type: 'url', url: 'https://a.test/', title: 'A', start: 0, end: 3 } },
  {
    type: 'annotation',
    choice: 0,
    annotation: {
      type: 'native',
      value: { type: 'char_location', document_index: 0, document_title: 'D', cited_text: 'c' },
    },
  },
  { type: 'logprobs', choice: 0, content: [{ token: 'See', logprob: -0.1, bytes: null, top_logprobs: [] }] },
  { type: 'refusal', choice: 0, text: 'No.' },
  { type: 'tool-start', choice: 0, index: 0, id: 'c0', name: 'f' },
  { type: 'tool-arguments', choice: 0, index: 0, text: '{}' },
  { type: 'tool-start', choice: 0, index: 1, id: 'c1', name: 'patch' },
  { type: 'tool-arguments', choice: 0, index: 1, text: '{"input":"x"}' },
  { type: 'tool-start', choice: 0, index: 2, id: 'c2', name: 'n__g' },
  { type: 'tool-arguments', choice: 0, index: 2, text: '{}' },
  { type: 'image', choice: 0, source: { kind: 'base64', mediaType: 'image/png', data: 'iVBO' } },
];
const ENDS: { readonly [name: string]: readonly Event[] } = {
  completed: [{ type: 'finish', choice: 0, reason: 'tool_calls', native: null }, USAGE, { type: 'end' }],
  'cut short': [{ type: 'finish', choice: 0, reason: 'length', native: null }, USAGE, { type: 'end' }],
  filtered: [{ type: 'finish', choice: 0, reason: 'content_filter', native: null }, USAGE, { type: 'end' }],
  'ended by an error': [{ type: 'finish', choice: 0, reason: 'error', native: null }, USAGE, { type: 'end' }],
  overloaded: [
    { type: 'fault', fault: { code: 'upstream_overloaded', message: 'Busy.', upstream: { provider: 'P' } } },
  ],
  'too long': [{ type: 'fault', fault: { code: 'context_length_exceeded', message: 'Too long.' } }],
};

const complaint = (result: { readonly error?: { readonly message: string } | undefined }): string =>
  result.error?.message.slice(0, 2_000) ?? '';

for (const [at, body] of BODIES.entries())
  for (const [name, end] of Object.entries(ENDS))
    test(`request ${at}, ${name}: OpenRouter's own SDK reads every event and the whole`, () => {
      const call = openaiResponsesClient.decodeCall(body, { headers: {}, params: {} });
      assert.ok(call.ok);
      const answer = sampleAnswer(call.value);
      const events = [...CONTENT, ...end];
      const text = events.map(openaiResponsesClient.encodeEvents(answer)).join('');
      for (const [, json = ''] of text.matchAll(/^data: (\{.*\})$/gm)) {
        const told = JSON.parse(json);
        const read = StreamEvents$inboundSchema.safeParse(told);
        assert.ok(read.success, `${told.type}: ${complaint(read)}\n${json.slice(0, 1_000)}`);
        assert.ok(!JSON.stringify(read.data).includes('"UNKNOWN"'), JSON.stringify(read.data));
      }
      const reply = collect(events);
      if (!reply.ok) return;
      const whole = JSON.parse(JSON.stringify(openaiResponsesClient.encodeReply(reply.value, answer)));
      const read = OpenResponsesResult$inboundSchema.safeParse(whole);
      assert.ok(read.success, complaint(read));
      assert.ok(!JSON.stringify(read.data).includes('"UNKNOWN"'), JSON.stringify(read.data));
    });

test('a refusal is read by OpenRouter’s own SDK as what it is, and has its word for everyone else', async () => {
  const { ProviderOverloadedResponseErrorData$inboundSchema } = await import(
    '@openrouter/sdk/models/provideroverloadedresponseerrordata.js'
  );
  const codeFor = (agent: string): unknown => {
    const headers = { 'user-agent': agent };
    const call = openaiResponsesClient.decodeCall({ model: 'a/b', input: 'Hi' }, { headers, params: {} });
    assert.ok(call.ok);
    const fault = { code: 'upstream_overloaded', message: 'Busy.' } as const;
    const { body } = openaiResponsesClient.encodeFault(fault, { id: null, call: call.value });
    return (body as JsonObject).error;
  };
  const theirs = codeFor('speakeasy-sdk/typescript 1.3.19 2.0 1.0 @openrouter/sdk');
  assert.ok(ProviderOverloadedResponseErrorData$inboundSchema.safeParse(theirs).success);
  assert.equal((codeFor('OpenAI/JS 7.57.0') as JsonObject).code, 'server_is_overloaded');
});
