import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultRow } from '../../base/fault.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { collect } from '../../call/collect.ts';
import type { Event } from '../../call/event.ts';
import type { Parameter } from '../../call/parameters.ts';
import { usageOf } from '../../call/usage.ts';
import { decodeStream } from '../laws.ts';
import { sampleCall, sampleTarget, sampleUpstream } from '../samples.ts';
import { exceptionBytes, fixtureBytes } from './fixtures/read.ts';
import { bedrockConverseUpstream } from './index.ts';

const target = sampleTarget('bedrock-converse', { endpoint: { upstreamId: 'us.anthropic.claude-sonnet-4-5-v1:0' } });
const decode = (bytes: Buffer): Event[] =>
  decodeStream(bedrockConverseUpstream, { name: '', target, bytes }, () => bytes.length);

test('thoughts keep signature and redaction, a tool without input has {}, the cache counts apart', () => {
  const reply = collect(decode(fixtureBytes('tools')));
  assert.ok(reply.ok);
  const format = 'anthropic-claude-v1';
  assert.deepEqual(reply.value.choices[0]?.parts, [
    { type: 'reasoning', kind: 'text', text: 'Both are needed.', signature: 'bWFkZSB1cA==', format },
    { type: 'reasoning', kind: 'encrypted', text: 'EtkEmadeup', format },
    { type: 'text', text: 'Ich frage nach – 🌍.' },
    { type: 'tool-call', id: 'tooluse_made_up_1', name: 'weather', arguments: '{"city":"Köln"}' },
    { type: 'tool-call', id: 'tooluse_made_up_2', name: 'now', arguments: '{}' },
  ]);
  assert.equal(reply.value.choices[0]?.finish, 'tool_calls');
  assert.deepEqual(
    reply.value.usage,
    usageOf({ input: 12, inputCacheRead: 60, inputCacheWrite: 10, inputCacheWrite1h: 30, output: 34 }),
  );
});

test('the sealed thoughts of GPT go back as the same bytes, whole or in pieces; its readable ones do not', () => {
  const gpt = sampleTarget('bedrock-converse', { endpoint: { upstreamId: 'us.openai.gpt-5.6-sol' } });
  const sealed = Buffer.from([0, 255, 128, 7, 200, 13]);
  const block = (bytes: Uint8Array) => ({
    reasoningContent: { redactedContent: Buffer.from(bytes).toString('base64') },
  });
  const readable = { reasoningContent: { reasoningText: { text: 'Hm.' } } };
  const whole = bedrockConverseUpstream.decodeReply(
    { output: { message: { content: [readable, block(sealed), { text: 'Yes.' }] } }, stopReason: 'end_turn' },
    sampleUpstream(gpt),
  );
  assert.ok(whole.ok);
  const decoder = bedrockConverseUpstream.decodeEvents(sampleUpstream(gpt));
  const told = (event: string, data: Json) => decoder.push({ event, data: JSON.stringify(data) });
  const pieces = [sealed.subarray(0, 4), sealed.subarray(4)].flatMap((piece) =>
    told('contentBlockDelta', { contentBlockIndex: 1, delta: block(piece) }),
  );
  const seals = whole.value.choices[0]?.parts.filter((part) => part.type === 'reasoning' && part.kind === 'encrypted');
  const folded = collect([...pieces, { type: 'finish', choice: 0, reason: 'stop', native: null }]);
  assert.deepEqual(folded.ok && folded.value.choices[0]?.parts, seals);
  const messages = [{ role: 'assistant' as const, parts: whole.value.choices[0]?.parts ?? [] }];
  const sent = bedrockConverseUpstream.encodeCall(sampleCall({ messages }), gpt, new Map());
  assert.ok(sent.ok);
  const [, turn] = sent.value.body.messages as { content: Json[] }[];
  assert.deepEqual(turn?.content, [block(sealed), { text: 'Yes.' }]);
  assert.deepEqual(
    sent.value.losses.map(({ field }) => field),
    ['messages[0].content[0]'],
  );
});

test('a citation of the web is a URL annotation, one of a document keeps its shape', () => {
  const reply = collect(decode(fixtureBytes('citation')));
  assert.ok(reply.ok);
  const [web, document] = reply.value.choices[0]?.annotations ?? [];
  assert.deepEqual(web, {
    type: 'url',
    url: 'https://example.test/gems',
    title: 'Gems',
    content: 'Rubies are red.',
    start: 0,
    end: 12,
  });
  assert.ok(document?.type === 'native');
  assert.equal(document.value.title, 'facts');
  assert.equal(reply.value.choices[0]?.stopSequence, 'END');
});

test('the call that stands in for structured output is the text of the answer, streamed or not', () => {
  const schema = { type: 'object', properties: {} };
  const endpoint = { upstreamId: 'us.anthropic.claude-v1:0', parameters: new Set<Parameter>() };
  const call = sampleCall({ output: { type: 'json-schema', name: 'a', schema } });
  const upstream = sampleUpstream(sampleTarget('bedrock-converse', { endpoint }), call);
  const decoder = bedrockConverseUpstream.decodeEvents(upstream);
  const tool = { toolUseId: 't1', name: 'structured_answer' };
  const frames: [string, Json][] = [
    ['messageStart', { role: 'assistant' }],
    ['contentBlockStart', { contentBlockIndex: 0, start: { toolUse: tool } }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: '{"a":' } } }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: '1}' } } }],
    ['contentBlockStop', { contentBlockIndex: 0 }],
    ['messageStop', { stopReason: 'tool_use' }],
  ];
  const streamed = collect([
    ...frames.flatMap(([event, data]) => decoder.push({ event, data: JSON.stringify(data) })),
    ...decoder.end(),
  ]);
  const content = [{ toolUse: { ...tool, input: { a: 1 } } }];
  const whole = bedrockConverseUpstream.decodeReply(
    { output: { message: { content } }, stopReason: 'tool_use' },
    upstream,
  );
  assert.ok(streamed.ok && whole.ok);
  assert.deepEqual(streamed.value.choices, whole.value.choices);
  assert.deepEqual(whole.value.choices[0]?.parts, [{ type: 'text', text: '{"a":1}' }]);
  assert.equal(whole.value.choices[0]?.finish, 'stop');
});

test('tools that Amazon runs, their results and pictures: the same streamed and whole, and no call for the client', () => {
  const upstream = sampleUpstream(
    sampleTarget('bedrock-converse', { endpoint: { upstreamId: 'us.amazon.nova-2-lite-v1:0' } }),
  );
  const ran = { toolUseId: 's1', name: 'nova_code_interpreter', type: 'server_tool_use' };
  const result = { toolUseId: 's1', type: 'nova_code_interpreter_result', status: 'success' };
  const frames: [string, Json][] = [
    ['messageStart', { role: 'assistant' }],
    ['contentBlockStart', { contentBlockIndex: 0, start: { toolUse: ran } }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: '{"snippet":' } } }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input: '"6*7"}' } } }],
    ['contentBlockStop', { contentBlockIndex: 0 }],
    ['contentBlockStart', { contentBlockIndex: 1, start: { toolResult: result } }],
    ['contentBlockDelta', { contentBlockIndex: 1, delta: { toolResult: [{ json: { stdOut: '42' } }] } }],
    ['contentBlockStop', { contentBlockIndex: 1 }],
    ['contentBlockDelta', { contentBlockIndex: 2, delta: { text: 'It is 42.' } }],
    ['contentBlockStop', { contentBlockIndex: 2 }],
    ['contentBlockStart', { contentBlockIndex: 3, start: { image: { format: 'webp' } } }],
    ['contentBlockDelta', { contentBlockIndex: 3, delta: { image: { source: { bytes: 'UklG' } } } }],
    ['contentBlockDelta', { contentBlockIndex: 3, delta: { image: { source: { bytes: 'Rg==' } } } }],
    ['messageStop', { stopReason: 'end_turn' }],
  ];
  const decoder = bedrockConverseUpstream.decodeEvents(upstream);
  const events = frames.flatMap(([event, data]) => decoder.push({ event, data: JSON.stringify(data) }));
  const streamed = collect([...events, ...decoder.end()]);
  const content = [
    { toolUse: { ...ran, input: { snippet: '6*7' } } },
    { toolResult: { ...result, content: [{ json: { stdOut: '42' } }] } },
    { text: 'It is 42.' },
    { image: { format: 'webp', source: { bytes: 'UklGRg==' } } },
  ];
  const whole = bedrockConverseUpstream.decodeReply(
    { output: { message: { content } }, stopReason: 'end_turn' },
    upstream,
  );
  assert.ok(streamed.ok && whole.ok);
  assert.deepEqual(streamed.value, whole.value);
  assert.deepEqual(whole.value.choices[0]?.parts, [
    { type: 'text', text: 'It is 42.' },
    { type: 'image', source: { kind: 'base64', mediaType: 'image/webp', data: 'UklGRg==' } },
  ]);
  assert.deepEqual(Object.keys(whole.value.choices[0]?.native?.fields ?? {}), ['block:0', 'block:1']);
});

test('what a cache gave stands beside the input, or within it where the total says so', () => {
  const usageWith = (usage: JsonObject) => {
    const body = { output: { message: { content: [{ text: 'so' }] } }, stopReason: 'end_turn', usage };
    const reply = bedrockConverseUpstream.decodeReply(body, sampleUpstream(target));
    assert.ok(reply.ok);
    return reply.value.usage;
  };
  const counts = { inputTokens: 100, outputTokens: 5, cacheReadInputTokens: 60, cacheWriteInputTokens: 30 };
  const beside = usageOf({ input: 100, inputCacheRead: 60, inputCacheWrite: 30, output: 5 });
  assert.deepEqual(usageWith({ ...counts, totalTokens: 195 }), beside);
  assert.deepEqual(usageWith(counts), beside);
  assert.deepEqual(
    usageWith({ ...counts, totalTokens: 105 }),
    usageOf({ input: 10, inputCacheRead: 60, inputCacheWrite: 30, output: 5 }),
  );
});

test('why an answer ended', () => {
  const cases: [stopReason: string, finish: string][] = [
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'stop'], // without any call
    ['guardrail_intervened', 'content_filter'],
    ['content_filtered', 'content_filter'],
    ['malformed_model_output', 'error'],
    ['malformed_tool_use', 'error'],
  ];
  for (const [stopReason, finish] of cases) {
    const body = { output: { message: { content: [{ text: 'so' }] } }, stopReason };
    const reply = bedrockConverseUpstream.decodeReply(body, sampleUpstream(target));
    assert.ok(reply.ok);
    assert.deepEqual([reply.value.choices[0]?.finish, reply.value.choices[0]?.nativeFinish], [finish, stopReason]);
  }
});

test('an exception frame ends the answer, whatever came before it', () => {
  const cases: [type: string, message: string, kind: string][] = [
    ['throttlingException', 'Too many requests', 'rate_limit'],
    ['modelStreamErrorException', 'Broke off', 'server_error'],
    ['serviceUnavailableException', 'Busy', 'overloaded'],
    ['validationException', 'Input is too long for requested model.', 'context_length_exceeded'],
    ['validationException', 'messages.0: wrong', 'invalid_request'],
  ];
  const before = fixtureBytes('tools').subarray(0, 400);
  for (const [type, message, kind] of cases) {
    const bytes = Buffer.concat([wholeFrames(before), exceptionBytes(type, { message })]);
    const last = decode(bytes).at(-1);
    assert.ok(last?.type === 'fault');
    assert.equal(faultRow(last.fault).class, kind);
    assert.deepEqual([last.fault.message, last.fault.upstream?.type], [message, type]);
  }
});

/** Without the last, cut frame. */
function wholeFrames(bytes: Buffer): Buffer {
  let end = 0;
  while (end + 4 <= bytes.length && end + bytes.readUInt32BE(end) <= bytes.length) end += bytes.readUInt32BE(end);
  return bytes.subarray(0, end);
}

test('the header names an error’s type', () => {
  const cases: [type: string, status: number, message: string, kind: string][] = [
    ['ValidationException:http://internal.amazon.com/coral/', 400, 'Input is too long', 'context_length_exceeded'],
    ['AccessDeniedException', 403, 'You don’t have access to the model', 'permission'],
    ['AccessDeniedException', 403, 'Authentication failed: API Key is not valid', 'authentication'],
    [
      'ValidationException',
      400,
      'input length and `max_tokens` exceed context limit: 9 + 2 > 10',
      'context_length_exceeded',
    ],
    ['ModelTimeoutException', 408, 'Took too long', 'server_error'],
    ['ModelNotReadyException', 429, 'Not ready', 'overloaded'],
    ['ModelErrorException', 424, 'Invalid sequence as part of ToolUse', 'server_error'],
    ['AccessDeniedException', 403, 'Bearer Token has expired', 'authentication'],
    ['UnrecognizedClientException', 403, 'The security token is invalid', 'authentication'],
    ['ResourceNotFoundException', 404, 'No such model', 'model_not_found'],
    ['ValidationException', 400, 'The provided model identifier is invalid.', 'model_not_found'],
    ['ThrottlingException', 429, 'Too many tokens', 'rate_limit'],
  ];
  for (const [type, status, message, kind] of cases) {
    const headers = { 'x-amzn-errortype': type };
    const body = JSON.stringify({ message });
    const fault = bedrockConverseUpstream.decodeFault({ status, headers, body, provider: 'Sample', now: 0 });
    assert.equal(faultRow(fault).class, kind, message);
  }
});
