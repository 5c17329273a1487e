import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fault } from '../../base/fault.ts';
import type { Call } from '../../call/call.ts';
import { collect } from '../../call/collect.ts';
import type { Event } from '../../call/event.ts';
import { sampleCall, sampleTarget } from '../../dialects/samples.ts';
import type { RunOutcome } from '../../upstream/run.ts';
import { formReaderOf } from './formed.ts';

const weather = {
  type: 'function',
  name: 'weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
} as const;
const target = sampleTarget('openai-chat');
const calls = (name: string, ...pieces: readonly string[]): Event[] => [
  { type: 'tool-start', choice: 0, index: 0, id: 'call_1', name },
  ...pieces.map((text): Event => ({ type: 'tool-arguments', choice: 0, index: 0, text })),
];
const says = (text: string): Event[] => [{ type: 'text', choice: 0, text }];
const ends = (reason: 'stop' | 'length' | 'tool_calls' | 'content_filter'): Event => ({
  type: 'finish',
  choice: 0,
  reason,
  native: null,
});

/** What is told of an answer, streamed and whole: must be the same. */
function told(asked: Partial<Call>, answer: readonly Event[]): string {
  const call = sampleCall(asked);
  const heard: string[] = [];
  const health = {
    formed: (_: string, { well, badly }: { well: number; badly: number }) => heard.push(`${well}/${badly}`),
  };
  const streamed = formReaderOf(call);
  if (!streamed) return 'not read';
  for (const event of answer) streamed.pass([event]);
  const outcome = { attempts: [], losses: [], target };
  streamed.tell({ ...outcome, kind: 'streamed' }, health);
  streamed.tell({ ...outcome, kind: 'streamed' }, health);
  const reply = collect(answer);
  assert(reply.ok);
  formReaderOf(call)?.tell({ ...outcome, kind: 'replied', reply: reply.value }, health);
  if (heard.length === 0) return 'nothing';
  assert.deepEqual(heard, [heard[0], heard[0]]);
  return heard[0] ?? '';
}

const tools = [weather];
const json = { type: 'json-schema', name: 'answer', schema: { type: 'object' } } as const;
for (const [what, asked, answer, expected] of [
  ['a call without tools is not read', {}, [...says('hello'), ends('stop')], 'not read'],
  ['good arguments', { tools }, [...calls('weather', '{"ci', 'ty":"Oslo"}'), ends('tool_calls')], '1/0'],
  ['broken arguments', { tools }, [...calls('weather', '{"city":'), ends('tool_calls')], '0/1'],
  ['arguments that are no object', { tools }, [...calls('weather', '"Oslo"'), ends('tool_calls')], '0/1'],
  ['what is required is missing', { tools }, [...calls('weather', '{}'), ends('tool_calls')], '0/1'],
  ['a function that was not offered', { tools }, [...calls('climate', '{"city":"Oslo"}'), ends('tool_calls')], '0/1'],
  [
    'beside tools of a vendor nobody knows all functions',
    { tools: [weather, { type: 'native', dialect: 'openai-chat', value: { type: 'x' } }] },
    [...calls('climate', '{}'), ends('tool_calls')],
    '1/0',
  ],
  ['cut by its length', { tools }, [...calls('weather', '{"city":'), ends('length')], 'nothing'],
  ['no call was made', { tools }, [...says('It is cold.'), ends('stop')], 'nothing'],
  ['JSON', { output: json }, [...says('{"a"'), ...says(':1}'), ends('stop')], '1/0'],
  ['words in place of JSON', { output: json }, [...says('Sure! {"a":1}'), ends('stop')], '0/1'],
  ['refused', { output: json }, [...says('No'), ends('content_filter')], 'nothing'],
  [
    'tools before the JSON',
    { output: json, tools },
    [...calls('weather', '{"city":"Oslo"}'), ends('tool_calls')],
    '1/0',
  ],
  [
    'too long to be read',
    { tools },
    [...calls('weather', '{"city":"', 'x'.repeat(300_000), '"'), ends('tool_calls')],
    null,
  ],
] as const)
  test(`what is to be read by programs: ${what}`, () => {
    if (expected !== null) return assert.equal(told(asked as Partial<Call>, answer), expected);
    const reader = formReaderOf(sampleCall(asked as Partial<Call>));
    reader?.pass(answer);
    reader?.tell({ attempts: [], losses: [], target, kind: 'streamed' }, { formed: () => assert.fail('it was read') });
    return undefined;
  });

test('of a cut answer nothing is said, and of the exchange after it its own', () => {
  const heard: string[] = [];
  const health = {
    formed: (id: string, { well, badly }: { well: number; badly: number }) => heard.push(`${id} ${well}/${badly}`),
  };
  const reader = formReaderOf(sampleCall({ tools }));
  const streamed: RunOutcome = { attempts: [], losses: [], target, kind: 'streamed' };
  reader?.pass(calls('weather', '{"city":'));
  reader?.next();
  reader?.pass(says('x'));
  reader?.tell(streamed, health);
  reader?.next(sampleCall({ tools }));
  reader?.pass([...calls('weather', '{"city":"Oslo"}'), ends('tool_calls')]);
  reader?.tell({ ...streamed, kind: 'broken', fault: fault('upstream_truncated', 'x') }, health);
  reader?.next(sampleCall({ tools }));
  reader?.pass([...calls('weather', '{"city":"Oslo"}'), ends('tool_calls')]);
  reader?.tell(streamed, health);
  assert.deepEqual(heard, [`${target.endpoint.id} 1/0`]);
});
