import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultRow } from '../../base/fault.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { collect } from '../../call/collect.ts';
import type { Choice } from '../../call/reply.ts';
import { checkEventGrammar } from '../grammar.ts';
import { sampleAnswer, sampleTarget, sampleUpstream } from '../samples.ts';
import { geminiClient, geminiUpstream } from './index.ts';

const target = sampleTarget('gemini', { endpoint: { upstreamId: 'gemini-3-sample' } });

function choiceOf(chunks: readonly Json[]): Choice {
  const decoder = geminiUpstream.decodeEvents(sampleUpstream(target));
  const events = chunks.flatMap((chunk) => decoder.push({ event: null, data: JSON.stringify(chunk) }));
  events.push(...decoder.end());
  assert.equal(checkEventGrammar(events), null);
  const streamed = collect(events);
  assert(streamed.ok, JSON.stringify(streamed));
  const listed = geminiUpstream.decodeReply(chunks, sampleUpstream(target));
  assert.deepEqual(listed, streamed, 'a stream without SSE is a list of the same chunks');
  assert(streamed.value.choices[0]);
  return streamed.value.choices[0];
}

const said = (...parts: Json[]): Json => ({ candidates: [{ content: { role: 'model', parts }, index: 0 }] });
const last = (finishReason: string, ...parts: Json[]): Json => ({
  candidates: [{ content: { role: 'model', parts }, finishReason, index: 0 }],
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 },
});
const call = (functionCall: Json): Json => ({ functionCall });

test('arguments that come in pieces are one call, with the next call after them', () => {
  const { parts, finish } = choiceOf([
    said(call({ name: 'plan', id: 'fc-1', willContinue: true })),
    said(
      call({ partialArgs: [{ jsonPath: '$.city', stringValue: 'Zü', willContinue: true }], willContinue: true }),
      call({ partialArgs: [{ jsonPath: '$.city', stringValue: 'rich' }], willContinue: true }),
    ),
    said(
      call({
        partialArgs: [
          { jsonPath: '$.days[0].hours', numberValue: 2 },
          { jsonPath: '$.days[0].open', boolValue: false },
          { jsonPath: '$.days[1]', nullValue: 'NULL_VALUE' },
          { jsonPath: '$.days[]' },
          { jsonPath: '$.tags[]' },
          { jsonPath: "$['odd name']" },
        ],
        willContinue: true,
      }),
    ),
    said(call({})),
    last('STOP', call({ name: 'now', args: {} })),
  ]);
  assert.deepEqual(
    parts.map((part) => part.type === 'tool-call' && [part.name, JSON.parse(part.arguments)]),
    [
      ['plan', { city: 'Zürich', days: [{ hours: 2, open: false }, null], tags: [], 'odd name': {} }],
      ['now', {}],
    ],
  );
  assert.equal(finish, 'tool_calls');
});

test('hostile paths of pieces change nothing but their own arguments', () => {
  const paths = [
    '$.__proto__.polluted',
    '$.constructor.prototype.polluted',
    '$.a[999999]',
    '$',
    '',
    'a',
    '$.a..b',
    '$x',
  ];
  const { parts } = choiceOf([
    last('STOP', call({ name: 'f', partialArgs: paths.map((jsonPath) => ({ jsonPath, stringValue: 'x' })) })),
  ]);
  assert.equal(({} as { polluted?: string }).polluted, undefined);
  assert(parts[0]?.type === 'tool-call');
  const args = JSON.parse(parts[0].arguments);
  assert.deepEqual(Object.keys(args).sort(), ['__proto__', 'a', 'constructor']);
  assert.deepEqual(args.a, []);
});

test('a call whose arguments broke off at the limit keeps what came', () => {
  const { parts, finish } = choiceOf([
    said(call({ name: 'f', willContinue: true })),
    last('MAX_TOKENS', call({ partialArgs: [{ jsonPath: '$.a', stringValue: 'b' }], willContinue: true })),
  ]);
  assert(parts[0]?.type === 'tool-call');
  assert.deepEqual([parts[0].arguments, finish], ['{"a":"b"}', 'length']);
});

test('code, its output, server tools and drafted pictures are Gemini’s own: no text, no call, no image of the answer', () => {
  const { parts, native, finish } = choiceOf([
    said({ executableCode: { language: 'PYTHON', code: 'print(2)' } }),
    said({ codeExecutionResult: { outcome: 'OUTCOME_OK', output: '2' } }),
    said({ toolCall: { toolType: 'GOOGLE_SEARCH_WEB', id: 's1', args: {} } }),
    said({ toolResponse: { toolType: 'GOOGLE_SEARCH_WEB', id: 's1', response: {} } }),
    said({ inlineData: { mimeType: 'image/png', data: 'QQ==' }, thought: true }),
    said({ text: 'Two.' }),
    last('STOP', { inlineData: { mimeType: 'image/png', data: 'Qg==' } }),
  ]);
  assert.deepEqual(parts, [
    { type: 'text', text: 'Two.' },
    { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'Qg==' } },
  ]);
  assert.equal(finish, 'stop');
  assert.equal(
    JSON.stringify(native?.fields.parts).match(/executableCode|codeExecutionResult|tool(Call|Response)"/g)?.length,
    4,
  );
});

test('a source that is recited is an annotation, and stays where it was for a program that speaks Gemini', () => {
  const source = { startIndex: 3, endIndex: 8, uri: 'https://a.test', license: 'mit' };
  const piece = { content: { parts: [{ text: 'ü, said so.' }] }, finishReason: 'STOP', index: 0 };
  for (const citationMetadata of [{ citationSources: [source, { license: 'mit' }] }, { citations: [source] }]) {
    const choice = choiceOf([{ candidates: [{ ...piece, citationMetadata }] }]);
    assert.deepEqual(choice.annotations, [{ type: 'url', url: 'https://a.test', start: 2, end: 7 }]);
    const told = geminiClient.encodeReply({ choices: [choice] }, sampleAnswer()) as { candidates: JsonObject[] };
    assert.deepEqual(told.candidates[0]?.citationMetadata, citationMetadata);
    assert.equal(told.candidates[0]?.groundingMetadata, undefined);
  }
});

test('why an answer ended, in the vendor’s word and in ours', () => {
  const cases: [native: string, finish: string][] = [
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['CONTINUATION', 'length'],
    ['SAFETY', 'content_filter'],
    ['SPII', 'content_filter'],
    ['IMAGE_RECITATION', 'content_filter'],
    ['MALFORMED_FUNCTION_CALL', 'error'],
    ['UNEXPECTED_TOOL_CALL', 'error'],
    ['OTHER', 'error'],
    ['PROHIBITED_BY_A_LATER_RULE', 'content_filter'],
  ];
  for (const [native, finish] of cases) {
    const choice = choiceOf([last(native, { text: 'so far' })]);
    assert.deepEqual([choice.finish, choice.nativeFinish], [finish, native]);
  }
});

test('an error in the middle of a list ends the answer', () => {
  const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };
  const reply = geminiUpstream.decodeReply([said({ text: 'Hal' }), error], sampleUpstream(target));
  assert(!reply.ok);
  assert.deepEqual([faultRow(reply.error).class, reply.error.message], ['overloaded', 'The model is overloaded.']);
});
