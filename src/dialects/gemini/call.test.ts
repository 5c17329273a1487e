import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../../call/call.ts';
import type { AssistantPart, Message } from '../../call/message.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import { sampleCall, sampleTarget } from '../samples.ts';
import { geminiUpstream } from './index.ts';

const newer = sampleTarget('gemini', { endpoint: { upstreamId: 'gemini-3-pro-preview' } });
const older = sampleTarget('gemini', { endpoint: { upstreamId: 'gemini-2.5-flash' } });
const NOTHING: Assets = new Map();

function encode(more: Partial<Call>, target: Target = newer, assets: Assets = NOTHING) {
  const written = geminiUpstream.encodeCall(sampleCall(more), target, assets);
  assert(written.ok, written.ok ? '' : written.error.message);
  const { body, losses, path } = written.value;
  return { body, path, lost: losses.map((loss) => loss.field) };
}
const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const assistant = (...parts: AssistantPart[]): Message => ({ role: 'assistant', parts });
const call = (id: string, name: string): AssistantPart => ({ type: 'tool-call', id, name, arguments: '{"a":1}' });
const result = (callId: string, text: string): Message => ({ role: 'tool', callId, parts: [{ type: 'text', text }] });

test('the path names the model and whether to stream', () => {
  assert.equal(encode({ stream: true }).path, '/models/gemini-3-pro-preview:streamGenerateContent?alt=sse');
  assert.equal(encode({ stream: false }).path, '/models/gemini-3-pro-preview:generateContent');
});

test('a history with tools: roles merge, results stay together, signatures return to their parts', () => {
  const { body, lost } = encode({
    messages: [
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      user('One.'),
      user('Two.'),
      assistant(
        { type: 'reasoning', kind: 'text', text: 'Hm.', format: 'google-gemini-v1' },
        { type: 'reasoning', kind: 'encrypted', text: 'c2ln', id: 'call_1', format: 'google-gemini-v1' },
        call('call_1', 'add'),
        call('call_2', 'now'),
      ),
      result('call_1', 'three'),
      result('call_2', '{"hour":7}'),
      user('Go on.'),
    ],
  });
  assert.deepEqual(body.systemInstruction, { parts: [{ text: 'Be brief.' }] });
  assert.deepEqual(body.contents, [
    { role: 'user', parts: [{ text: 'One.' }, { text: 'Two.' }] },
    {
      role: 'model',
      parts: [
        { text: 'Hm.', thought: true },
        { functionCall: { id: 'call_1', name: 'add', args: { a: 1 } }, thoughtSignature: 'c2ln' },
        { functionCall: { id: 'call_2', name: 'now', args: { a: 1 } } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'call_1', name: 'add', response: { output: 'three' } } },
        { functionResponse: { id: 'call_2', name: 'now', response: { hour: 7 } } },
      ],
    },
    { role: 'user', parts: [{ text: 'Go on.' }] },
  ]);
  assert.deepEqual(lost, []);
});

test('a turn that says nothing is left out, and what stands around it keeps its role', () => {
  const { body } = encode({ messages: [user('One.'), assistant(), assistant({ type: 'text', text: 'Two.' })] });
  assert.deepEqual(body.contents, [
    { role: 'user', parts: [{ text: 'One.' }] },
    { role: 'model', parts: [{ text: 'Two.' }] },
  ]);
});

test('history of another vendor: its reasoning stays behind, its unsigned call gets the documented stand-in', () => {
  const messages = [
    user('Add.'),
    assistant(
      { type: 'reasoning', kind: 'text', text: 'Hm.', signature: 'x', format: 'anthropic-claude-v1' },
      call('toolu_1', 'add'),
    ),
    result('toolu_1', '2'),
  ];
  const { body, lost } = encode({ messages });
  const [, turn] = body.contents as { parts: unknown[] }[];
  const functionCall = { name: 'add', args: { a: 1 } };
  assert.deepEqual(turn?.parts, [
    { functionCall: { id: 'toolu_1', ...functionCall }, thoughtSignature: 'skip_thought_signature_validator' },
  ]);
  assert.deepEqual(lost, ['messages[1].reasoning_details', 'messages[1].reasoning_details']);
  const [, before] = encode({ messages }, older).body.contents as { parts: unknown[] }[];
  assert.deepEqual(before?.parts, [{ functionCall }]);
});

test('a signature without a call goes on the text that follows, or on an empty one at the end', () => {
  const signature: AssistantPart = { type: 'reasoning', kind: 'encrypted', text: 'c2ln', format: 'google-gemini-v1' };
  const text: AssistantPart = { type: 'text', text: 'Hi.' };
  const partsOf = (...parts: AssistantPart[]) =>
    (encode({ messages: [user('?'), assistant(...parts)] }).body.contents as { parts: unknown[] }[])[1]?.parts;
  assert.deepEqual(partsOf(signature, text), [{ text: 'Hi.', thoughtSignature: 'c2ln' }]);
  assert.deepEqual(partsOf(text, signature), [{ text: 'Hi.' }, { text: '', thoughtSignature: 'c2ln' }]);
});

test('media: bytes inline, what Gemini fetches by address, the rest asked for first', () => {
  const messages: Message[] = [
    {
      role: 'user',
      parts: [
        { type: 'image', source: { kind: 'url', url: 'https://pics.test/a' } },
        { type: 'video', source: { kind: 'url', url: 'https://youtu.be/abc' } },
        { type: 'audio', format: 'mp3', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'AAAA' } },
      ],
    },
  ];
  assert.deepEqual(geminiUpstream.assets(sampleCall({ messages }), newer), [
    { url: 'https://pics.test/a', kind: 'image' },
  ]);
  const assets = new Map([['https://pics.test/a', { mediaType: 'image/webp', data: Buffer.from('abc') }]]);
  assert.deepEqual(encode({ messages }, newer, assets).body.contents, [
    {
      role: 'user',
      parts: [
        { inlineData: { mimeType: 'image/webp', data: 'YWJj' } },
        { fileData: { fileUri: 'https://youtu.be/abc' } },
        { inlineData: { mimeType: 'audio/mpeg', data: 'AAAA' } },
      ],
    },
  ]);
  const missing = geminiUpstream.encodeCall(sampleCall({ messages }), newer, NOTHING);
  assert.equal(missing.ok ? '' : missing.error.code, 'image_download_failed');
});

test('a picture in a result stands inside it from the third generation on', () => {
  const messages: Message[] = [
    user('Draw.'),
    assistant(call('c', 'draw')),
    {
      role: 'tool',
      callId: 'c',
      parts: [
        { type: 'text', text: 'Done' },
        { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
      ],
    },
  ];
  const response = { name: 'draw', response: { output: 'Done' } };
  const inlineData = { mimeType: 'image/png', data: 'AAAA' };
  const partsFor = (target: Target) => (encode({ messages }, target).body.contents as { parts: unknown[] }[])[2]?.parts;
  assert.deepEqual(partsFor(newer), [{ functionResponse: { id: 'c', ...response, parts: [{ inlineData }] } }]);
  assert.deepEqual(partsFor(older), [{ functionResponse: response }, { inlineData }]);
});

test('models without call ids get results in the order of the calls', () => {
  const messages = [
    user('Both.'),
    assistant(call('a', 'add'), call('b', 'add')),
    result('b', 'second'),
    result('a', 'first'),
    user('So?'),
  ];
  const [, , results] = encode({ messages }, older).body.contents as { parts: unknown[] }[];
  assert.deepEqual(results?.parts, [
    { functionResponse: { name: 'add', response: { output: 'first' } } },
    { functionResponse: { name: 'add', response: { output: 'second' } } },
  ]);
  const [, , told] = encode({ messages }).body.contents as { parts: { functionResponse: { id: string } }[] }[];
  assert.deepEqual(
    told?.parts.map(({ functionResponse }) => functionResponse.id),
    ['b', 'a'],
  );
});

test('calls stand after something said, and their results right after them', () => {
  const messages = [assistant(call('a', 'add')), user('Hurry.'), result('a', '3'), user('So?')];
  const contents = encode({ messages }).body.contents as { role: string; parts: { text?: string }[] }[];
  assert.deepEqual(
    contents.map(({ role, parts }) => [role, ...parts.map((part) => part.text ?? Object.keys(part)[0])]),
    [
      ['user', '…'],
      ['model', 'functionCall'],
      ['user', 'functionResponse'],
      ['user', 'Hurry.', 'So?'],
    ],
  );
});

test('penalties go only where the model has them; none is no loss', () => {
  const without = sampleTarget('gemini', { endpoint: { upstreamId: 'gemini-3-flash', parameters: new Set() } });
  const sampling = { frequency_penalty: 0.5, presence_penalty: 0 };
  assert.deepEqual(encode({ sampling }).body.generationConfig, { frequencyPenalty: 0.5, presencePenalty: 0 });
  const { body, lost } = encode({ sampling }, without);
  assert.deepEqual([body.generationConfig, lost], [{}, ['frequency_penalty']]);
});

test('a tier stands in the body, on Vertex AI in a header', () => {
  const vertex = sampleTarget('gemini', {
    dialect: { quirks: ['tier-header'] },
    endpoint: { upstreamId: 'gemini-3-flash' },
  });
  const ask = (serviceTier: string, target: Target) => {
    const written = geminiUpstream.encodeCall(sampleCall({ serviceTier }), target, NOTHING);
    assert(written.ok);
    return [written.value.body.serviceTier, written.value.headers['x-vertex-ai-llm-shared-request-type']];
  };
  assert.deepEqual(ask('flex', newer), ['flex', undefined]);
  assert.deepEqual(ask('flex', vertex), [undefined, 'flex']);
  assert.deepEqual(ask('default', vertex), [undefined, undefined]);
});

test('Gemma takes instructions as the user’s words', () => {
  const gemma = sampleTarget('gemini', { endpoint: { upstreamId: 'gemma-3-27b-it' } });
  const messages: Message[] = [{ role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] }, user('Hi.')];
  const { body } = encode({ messages }, gemma);
  assert.deepEqual(body.contents, [{ role: 'user', parts: [{ text: 'Be brief.' }, { text: 'Hi.' }] }]);
  assert.equal(body.systemInstruction, undefined);
});

test('what Gemini cannot take is told', () => {
  const { body, lost } = encode(
    {
      sampling: { top_k: 5, min_p: 0.1, logit_bias: { '1': 2 } },
      stop: ['1', '2', '3', '4', '5', '6'],
      cache: { ttl: '5m' },
      tools: [
        {
          type: 'function',
          name: 'f',
          parameters: { type: 'object', properties: { a: { type: 'string', pattern: 'x' } } },
        },
        { type: 'native', dialect: 'anthropic-messages', value: {} },
      ],
      output: { type: 'json' },
    },
    older,
  );
  assert.deepEqual(lost.toSorted(), [
    'cache_control',
    'logit_bias',
    'min_p',
    'response_format',
    'stop',
    'tools[0].function.parameters',
    'tools[1]',
  ]);
  assert.deepEqual(body.generationConfig, { topK: 5, stopSequences: ['1', '2', '3', '4', '5'] });
});

test('thinking: levels for the third generation, a budget before it', () => {
  const configOf = (reasoning: NonNullable<Call['reasoning']>, target: Target, maxOutputTokens = 10_000) =>
    (encode({ reasoning, maxOutputTokens }, target).body.generationConfig as { thinkingConfig: unknown })
      .thinkingConfig;
  assert.deepEqual(configOf({ effort: 'xhigh' }, newer), { includeThoughts: true, thinkingLevel: 'HIGH' });
  assert.deepEqual(configOf({ budgetTokens: 2_000 }, newer), { includeThoughts: true, thinkingLevel: 'LOW' });
  assert.deepEqual(configOf({ effort: 'none' }, newer), { thinkingLevel: 'LOW' });
  assert.deepEqual(configOf({ effort: 'medium' }, older), { includeThoughts: true, thinkingBudget: 5_000 });
  assert.deepEqual(configOf({ budgetTokens: 99_999, exclude: true }, older), {
    includeThoughts: false,
    thinkingBudget: 24_576,
  });
  assert.deepEqual(configOf({ effort: 'none' }, older), { thinkingBudget: 0 });
  const pro = sampleTarget('gemini', { endpoint: { upstreamId: 'gemini-2.5-pro' } });
  assert.deepEqual(configOf({ effort: 'none' }, pro), { thinkingBudget: 128 });
});

test('a model whose thinking cannot be steered is not asked to', () => {
  const reasoning = { efforts: [], budget: false, mandatory: true, defaultEnabled: true };
  const target = sampleTarget('gemini', { endpoint: { upstreamId: 'gemini-3-pro-image', reasoning } });
  assert.deepEqual(encode({}, target).body.generationConfig, {});
  const { body, lost } = encode({ reasoning: { effort: 'low' } }, target);
  assert.deepEqual(body.generationConfig, { thinkingConfig: { includeThoughts: true } });
  assert.deepEqual(lost, ['reasoning']);
});
