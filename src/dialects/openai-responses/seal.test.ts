/** Thoughts of every vendor through `/responses` and back, by programs that bring back `encrypted_content` alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Event } from '../../call/event.ts';
import type { ReasoningPart } from '../../call/message.ts';
import { anthropicMessagesUpstream } from '../anthropic-messages/index.ts';
import { sampleAnswer, sampleCall, sampleTarget } from '../samples.ts';
import { openaiResponsesClient } from './client/index.ts';
import { seal, unseal } from './seal.ts';

const CLAUDES: Event[] = [
  { type: 'start' },
  { type: 'reasoning', choice: 0, index: 0, kind: 'text', text: 'Let me ', format: 'anthropic-claude-v1' },
  {
    type: 'reasoning',
    choice: 0,
    index: 0,
    kind: 'text',
    text: 'see.',
    signature: 'SIG',
    format: 'anthropic-claude-v1',
  },
  { type: 'tool-start', choice: 0, index: 0, id: 'c1', name: 'find' },
  { type: 'tool-arguments', choice: 0, index: 0, text: '{}' },
  { type: 'finish', choice: 0, reason: 'tool_calls', native: null },
  { type: 'end' },
];

type Told = { readonly types: readonly string[]; readonly output: readonly JsonObject[] };

function answered(events: readonly Event[], summary?: 'auto'): Told {
  const call = sampleCall(summary ? { reasoning: { summary } } : {});
  const text = events.map(openaiResponsesClient.encodeEvents(sampleAnswer(call))).join('');
  const told = [...text.matchAll(/^data: (\{.*\})$/gm)].map(([, json]) => JSON.parse(String(json)));
  return { types: told.map(({ type }) => type), output: told.at(-1).response.output };
}

/** As Codex keeps it: no id, no content, no signature, no format. */
const bare = ({ type, summary, encrypted_content }: JsonObject): JsonObject => ({
  type: type ?? null,
  summary: summary ?? [],
  encrypted_content: encrypted_content ?? null,
});

function thoughtsOf(item: JsonObject): readonly ReasoningPart[] {
  const call = openaiResponsesClient.decodeCall({ model: 'a/b', input: [item] }, { headers: {}, params: {} });
  assert.ok(call.ok);
  return (call.value.messages[0]?.parts ?? []) as ReasoningPart[];
}

const SIGNED = {
  type: 'reasoning',
  kind: 'text',
  text: 'Let me see.',
  signature: 'SIG',
  format: 'anthropic-claude-v1',
};

test('what comes back is what was signed, text and signature, whatever of the item a program keeps', () => {
  for (const summary of [undefined, 'auto'] as const) {
    const [item = {}] = answered(CLAUDES, summary).output;
    assert.deepEqual(thoughtsOf(item), [SIGNED]);
    assert.deepEqual(thoughtsOf(bare(item)), [SIGNED]);
    assert.deepEqual(thoughtsOf({ ...bare(item), summary: [{ type: 'summary_text', text: 'Worded anew.' }] }), [
      SIGNED,
    ]);
  }
});

test('Anthropic is sent its own block again', () => {
  const [item = {}] = answered(CLAUDES, 'auto').output;
  const call = { type: 'function_call', call_id: 'c1', name: 'find', arguments: '{}' };
  const result = { type: 'function_call_output', call_id: 'c1', output: 'x' };
  const input: Json = [{ role: 'user', content: 'Hi' }, bare(item), call, result];
  const tools: Json = [{ type: 'function', name: 'find', parameters: { type: 'object', properties: {} } }];
  const decoded = openaiResponsesClient.decodeCall({ model: 'a/b', input, tools }, { headers: {}, params: {} });
  assert.ok(decoded.ok);
  const encoded = anthropicMessagesUpstream.encodeCall(decoded.value, sampleTarget('anthropic-messages'), new Map());
  assert.ok(encoded.ok);
  assert.match(
    JSON.stringify(encoded.value.body.messages),
    /\{"type":"thinking","thinking":"Let me see\.","signature":"SIG"\}/,
  );
});

test('thoughts are shown as a summary to who asked for one, else as they are', () => {
  const plain = answered(CLAUDES);
  assert.deepEqual(plain.output[0]?.summary, []);
  assert.deepEqual(plain.output[0]?.content, [{ type: 'reasoning_text', text: 'Let me see.' }]);
  assert.ok(plain.types.includes('response.reasoning_text.delta'));
  const asked = answered(CLAUDES, 'auto');
  assert.deepEqual(asked.output[0]?.summary, [{ type: 'summary_text', text: 'Let me see.' }]);
  assert.equal(asked.output[0]?.content, undefined);
  assert.deepEqual(
    asked.types.filter((type) => type.startsWith('response.reasoning')),
    [
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
    ],
  );
});

test('thoughts that nobody signed come back too: some hosts refuse a history of calls without them', () => {
  const events = CLAUDES.map((event): Event => {
    if (event.type !== 'reasoning') return event;
    const { signature: _, ...unsigned } = event;
    return { ...unsigned, format: 'unknown' };
  });
  const [item = {}] = answered(events).output;
  assert.deepEqual(thoughtsOf(bare(item)), [
    { type: 'reasoning', kind: 'text', text: 'Let me see.', format: 'unknown' },
  ]);
});

test('Gemini’s data stay bound to their call, OpenAI’s own stay bare', () => {
  const bound: ReasoningPart[] = [
    { type: 'reasoning', kind: 'encrypted', text: 'THOUGHT', id: 'call_1', format: 'google-gemini-v1' },
  ];
  assert.deepEqual(unseal(seal(bound) ?? ''), bound);
  const own: Event = {
    type: 'reasoning',
    choice: 0,
    index: 0,
    kind: 'encrypted',
    text: 'gAAA',
    id: 'rs_1',
    format: 'openai-responses-v1',
  };
  const [item = {}] = answered([{ type: 'start' }, own, ...CLAUDES.slice(3)]).output;
  assert.equal(item.encrypted_content, 'gAAA');
});

test('a seal that was cut or changed anywhere is no thought of anybody', () => {
  const whole =
    seal([{ type: 'reasoning', kind: 'text', text: 'Hm.', signature: 'SIG', format: 'anthropic-claude-v1' }]) ?? '';
  assert.ok(unseal(whole));
  for (let at = 4; at < whole.length; at++) {
    const other = whole[at] === 'A' ? 'B' : 'A';
    assert.equal(unseal(whole.slice(0, at) + other + whole.slice(at + 1)), undefined, `changed at ${at}`);
    assert.equal(unseal(whole.slice(0, at)), undefined, `cut at ${at}`);
  }
  const damaged = { type: 'reasoning', summary: [], encrypted_content: `${whole.slice(0, -3)}AAA` };
  assert.deepEqual(thoughtsOf(damaged), []);
});

test('a thought beyond the limit is not sealed, and a seal beyond it is not read', () => {
  const part = {
    type: 'reasoning',
    kind: 'text',
    text: 'x'.repeat(LIMITS.sealed_thought_bytes_max),
    format: 'unknown',
  } as const;
  assert.equal(seal([part]), undefined);
  assert.equal(unseal(`sw2:${'A'.repeat(LIMITS.sealed_thought_bytes_max + 100)}`), undefined);
});
