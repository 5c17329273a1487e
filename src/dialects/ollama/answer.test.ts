import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultRow } from '../../base/fault.ts';
import type { Json } from '../../base/json.ts';
import { collect } from '../../call/collect.ts';
import type { Event } from '../../call/event.ts';
import { usageOf } from '../../call/usage.ts';
import { sampleTarget, sampleUpstream } from '../samples.ts';
import { ollamaUpstream } from './index.ts';

const upstream = () => sampleUpstream(sampleTarget('ollama'));
function eventsOf(lines: readonly Json[]): Event[] {
  const decoder = ollamaUpstream.decodeEvents(upstream());
  const events = lines.flatMap((line) => decoder.push({ event: null, data: JSON.stringify(line) }));
  return [...events, ...decoder.end()];
}
const said = (message: Json): Json => ({ model: 'm', message, done: false });

test('calls of one line or of many, with an index or an id or neither, are calls of their own', () => {
  const call = (name: string, more = {}, beside = {}) => ({
    function: { name, arguments: { a: 1 }, ...more },
    ...beside,
  });
  const reply = collect(
    eventsOf([
      said({ role: 'assistant', content: '', thinking: 'Both. ' }),
      said({ role: 'assistant', content: '', tool_calls: [call('one', { index: 0 }), call('two', { index: 1 })] }),
      said({ role: 'assistant', content: '', tool_calls: [call('two', {}, { id: 'call_x' })] }),
      { model: 'm', message: { content: '' }, done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 4 },
    ]),
  );
  assert(reply.ok);
  const [choice] = reply.value.choices;
  assert.deepEqual(
    choice?.parts.map((part) => (part.type === 'tool-call' ? [part.name, part.arguments] : part.type)),
    ['reasoning', ['one', '{"a":1}'], ['two', '{"a":1}'], ['two', '{"a":1}']],
  );
  assert.equal(choice?.finish, 'tool_calls');
  assert.deepEqual(reply.value.usage, usageOf({ input: 3, output: 4 }));
});

test('an error in the middle is a line of its own and the last', () => {
  const last = eventsOf([said({ content: 'Hal' }), { error: 'an error was encountered while running the model' }]).at(
    -1,
  );
  assert(last?.type === 'fault');
  assert.equal(faultRow(last.fault).class, 'server_error');
  assert.match(last.fault.message, /while running the model/);
  assert.equal(eventsOf([said({ content: 'Hal' })]).at(-1)?.type, 'fault');
});

test('why an answer ended, and counts that are not there', () => {
  for (const [done_reason, finish] of [
    ['stop', 'stop'],
    ['length', 'length'],
    ['load', 'stop'],
    ['unload', 'stop'],
    [undefined, 'stop'],
  ] as const) {
    const body = { model: 'm', message: { content: 'so' }, done: true, ...(done_reason && { done_reason }) };
    const reply = ollamaUpstream.decodeReply(body, upstream());
    assert(reply.ok);
    assert.deepEqual([reply.value.choices[0]?.finish, reply.value.usage], [finish, undefined]);
  }
});

test('what Ollama means by its errors', () => {
  const cases: [status: number, error: string, kind: string][] = [
    [400, 'registry.ollama.ai/library/gemma3:1b does not support tools', 'invalid_request'],
    [400, '"gemma3:1b" does not support thinking', 'invalid_request'],
    [400, 'the input length exceeds the context length', 'context_length_exceeded'],
    [401, 'unauthorized', 'authentication'],
    [404, "model 'nope' not found", 'model_not_found'],
    [429, 'you have reached your hourly usage limit', 'rate_limit'],
    [500, 'model requires more system memory (9 GiB) than is available (4 GiB)', 'server_error'],
    [503, 'server busy, please try again. maximum pending requests exceeded', 'overloaded'],
  ];
  for (const [status, error, kind] of cases) {
    const body = JSON.stringify({ error });
    const failure = ollamaUpstream.decodeFault({ status, headers: {}, body, provider: 'Sample', now: 0 });
    assert.deepEqual([faultRow(failure).class, failure.message], [kind, error]);
  }
});
