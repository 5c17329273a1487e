/**
 * Long conversations take work in proportion to their length: of twice as many messages twice as much is looked at and
 * twice as much memory is asked for. Counted, not timed: looks through proxies around what came in, and the bytes that the
 * runtime gave out, which is where copies of copies show.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getHeapStatistics } from 'node:v8';
import type { JsonObject } from '#src/base/json.ts';
import type { Call } from '#src/call/call.ts';
import type { DialectIdOf } from '#src/catalog/dialect-table.ts';
import { CLIENT_DIALECTS, DIALECTS, UPSTREAM_DIALECTS } from '#src/dialects/registry.ts';
import { sampleTarget } from '#src/dialects/samples.ts';
import { chatErrand } from '#src/upstream/chat-errand.ts';

const many = <T>(count: number, one: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => one(at));
const user = (content: unknown): object => ({ role: 'user', content });
const call = (id: string): object => ({ id, type: 'function', function: { name: 'f', arguments: '{"a":1}' } });
const calling = (...ids: readonly string[]): object => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map(call),
});
const result = (id: string, content: unknown = 'done'): object => ({ role: 'tool', tool_call_id: id, content });
const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };

/** Conversations of so many messages. */
const SHAPES: { readonly [name: string]: (count: number) => readonly object[] } = {
  'questions and answers': (count) =>
    many(count, (at) => (at % 2 ? { role: 'assistant', content: 'yes' } : user('Is it?'))),
  'users alone': (count) => many(count, () => user('again')),
  'calls and results': (count) => many(count / 2, (at) => [calling(`c${at}`), result(`c${at}`)]).flat(),
  'calls with the same id': (count) => many(count / 2, () => [calling('call_0'), result('call_0')]).flat(),
  'results of one call': (count) => [user('go'), calling('c'), ...many(count, () => result('c'))],
  'results without calls': (count) => [user('go'), ...many(count, (at) => result(`c${at}`))],
  'calls without results': (count) => many(count, (at) => calling(`c${at}`)),
  'all calls, then all results': (count) => [
    user('go'),
    calling(...many(count / 2, (at) => `c${at}`)),
    ...many(count / 2, (at) => result(`c${count / 2 - at - 1}`)),
  ],
  'words between calls and results': (count) =>
    many(count / 4, (at) => [calling(`c${at}`), user('wait'), user('more'), result(`c${at}`)]).flat(),
  'calls that wait for results at the end': (count) => [
    ...many(count / 2, (at) => calling(`c${at}`)),
    ...many(count / 2, (at) => result(`c${at}`)),
  ],
  'long ids': (count) =>
    many(count / 2, (at) => [calling(`${'i'.repeat(70)}${at}`), result(`${'i'.repeat(70)}${at}`)]).flat(),
  'functions as they were': (count) =>
    many(count / 2, () => [
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: 'done' },
    ]).flat(),
  'a function that was called long ago': (count) => [
    { role: 'assistant', content: null, function_call: { name: 'g', arguments: '{}' } },
    ...many(count / 2, () => [
      { role: 'assistant', content: 'a' },
      { role: 'function', name: 'g', content: 'done' },
    ]).flat(),
  ],
  'pictures in results': (count) => many(count / 2, (at) => [calling(`c${at}`), result(`c${at}`, [picture])]).flat(),
  thoughts: (count) =>
    many(count, (at) => (at % 2 ? { role: 'assistant', content: 'yes', reasoning: 'hm' } : user('Is it?'))),
  'rules in the middle': (count) =>
    many(count, (at) => (at % 2 ? { role: 'system', content: 'rule' } : user('Is it?'))),
  'parts of one message': (count) => [user(many(count, () => ({ type: 'text', text: 'part' })))],
  'parts with marks': (count) => [
    user(many(count, () => ({ type: 'text', text: 'part', cache_control: { type: 'ephemeral' } }))),
  ],
  'messages that say nothing': (count) => [
    user('go'),
    ...many(count, (at) => ({ role: at % 2 ? 'user' : 'assistant', content: '' })),
  ],
};

type Effort = { readonly looks: number; readonly bytes: number };

/** Counts looks into a value and everything in it. */
function watched<T extends object>(value: T, counts: { looks: number }, seen = new WeakMap<object, object>()): T {
  const known = seen.get(value);
  if (known) return known as T;
  const proxy = new Proxy(value, {
    get: (target, name) => {
      counts.looks++;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'object' && member !== null ? watched(member, counts, seen) : member;
    },
  });
  seen.set(value, proxy);
  return proxy;
}

function effortOf(work: (counts: { looks: number }) => void): Effort {
  const counts = { looks: 0 };
  work(counts);
  return { looks: counts.looks, bytes: Math.min(...many(5, () => bytesOf(work))) };
}

/**
 * What the runtime gave out for one run. A single run tells little: the compiler may have taken allocations out of the
 * code before it, or put them back (186 kB and then 1,136 kB were seen of work that is in proportion, on another machine,
 * 2026-11-29). So the least of several counts.
 */
function bytesOf(work: (counts: { looks: number }) => void): number {
  const before = getHeapStatistics().total_allocated_bytes;
  work({ looks: 0 });
  return getHeapStatistics().total_allocated_bytes - before;
}

const COUNT = 400;

/** What of twice as many takes twice as much takes four times as much of four times as many; its square sixteen times. */
function assertProportional(what: string, effort: (count: number) => Effort): void {
  effort(COUNT); // what is made once is made
  const one = effort(COUNT);
  const four = effort(4 * COUNT);
  assert(four.looks <= 5 * one.looks, `${what}: looks at ${one.looks}, then ${four.looks}`);
  assert(four.bytes <= 8 * one.bytes, `${what}: takes ${one.bytes} bytes, then ${four.bytes}`);
}

const bodyOf = (shape: string, count: number): JsonObject =>
  ({ model: 'author/model', messages: SHAPES[shape]?.(count) }) as unknown as JsonObject;

function decoded(body: JsonObject): Call {
  const read = CLIENT_DIALECTS.chat['openai-chat']?.decodeCall(body, {
    headers: {},
    params: {},
    recall: () => undefined,
  });
  assert(read?.ok, JSON.stringify(read));
  return read.value;
}

/** The same kinds of conversations as programs for other APIs write them. */
const OTHERS: { readonly [dialect: string]: { readonly [name: string]: (count: number) => object } } = {
  'anthropic-messages': {
    'calls and results': (count) => ({
      max_tokens: 9,
      messages: many(count / 2, (at) => [
        { role: 'assistant', content: [{ type: 'tool_use', id: `c${at}`, name: 'f', input: { a: 1 } }] },
        user([{ type: 'tool_result', tool_use_id: `c${at}`, content: 'done' }]),
      ]).flat(),
    }),
    'results in one message': (count) => ({
      max_tokens: 9,
      messages: [user(many(count, (at) => ({ type: 'tool_result', tool_use_id: `c${at}`, content: 'done' })))],
    }),
    'users alone': (count) => ({ max_tokens: 9, messages: many(count, () => user('again')) }),
  },
  'openai-responses': {
    'calls and results': (count) => ({
      input: many(count / 2, (at) => [
        { type: 'function_call', call_id: `c${at}`, name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: `c${at}`, output: 'done' },
      ]).flat(),
    }),
    'thoughts and calls': (count) => ({
      input: many(count / 2, (at) => [
        { type: 'reasoning', id: `r${at}`, summary: [], encrypted_content: 'abc' },
        { type: 'function_call', call_id: `c${at}`, name: 'f', arguments: '{}' },
      ]).flat(),
    }),
    'items that nobody knows': (count) => ({ input: many(count, (at) => ({ type: 'mcp_call', id: `m${at}` })) }),
    'users alone': (count) => ({ input: many(count, () => user('again')) }),
  },
  gemini: {
    'calls and results': (count) => ({
      contents: many(count / 2, () => [
        { role: 'model', parts: [{ functionCall: { name: 'f', args: { a: 1 } } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { output: 1 } } }] },
      ]).flat(),
    }),
    'all calls, then all results': (count) => ({
      contents: [
        { role: 'model', parts: many(count, () => ({ functionCall: { name: 'f', args: {} } })) },
        { role: 'user', parts: many(count, () => ({ functionResponse: { name: 'f', response: {} } })) },
      ],
    }),
    'users alone': (count) => ({ contents: many(count, () => ({ role: 'user', parts: [{ text: 'again' }] })) }),
  },
  ollama: {
    'calls and results': (count) => ({
      messages: many(count / 2, () => [
        { role: 'assistant', content: '', tool_calls: [{ function: { name: 'f', arguments: { a: 1 } } }] },
        { role: 'tool', tool_name: 'f', content: 'done' },
      ]).flat(),
    }),
    'results of one call': (count) => ({
      messages: [
        { role: 'assistant', content: '', tool_calls: [{ function: { name: 'f', arguments: {} } }] },
        ...many(count, () => ({ role: 'tool', tool_name: 'f', content: 'done' })),
      ],
    }),
  },
};

for (const [dialect, shapes] of Object.entries(OTHERS))
  for (const [shape, bodyWith] of Object.entries(shapes))
    test(`${dialect}, ${shape}: read in proportion`, () => {
      const params = { '*': 'author/model:generateContent', model: 'author/model', action: 'generateContent' };
      assertProportional('reading', (count) => {
        const body = { model: 'author/model', ...bodyWith(count) } as unknown as JsonObject;
        return effortOf((counts) => {
          const request = { headers: {}, params, recall: () => undefined };
          const read = CLIENT_DIALECTS.chat[dialect]?.decodeCall(watched(body, counts), request);
          assert(read?.ok, JSON.stringify(read));
        });
      });
    });

for (const shape of Object.keys(SHAPES)) {
  test(`${shape}: read and written in proportion, for every kind of host`, () => {
    assertProportional('reading', (count) => {
      const body = bodyOf(shape, count);
      return effortOf((counts) => void decoded(watched(body, counts)));
    });
    for (const dialect of Object.keys(UPSTREAM_DIALECTS.chat) as DialectIdOf<'chat'>[])
      assertProportional(`writing for ${dialect}`, (count) => {
        const read = decoded(bodyOf(shape, count));
        const target = sampleTarget(dialect);
        return effortOf((counts) => {
          const messages = watched(read.messages, counts);
          const means = { world: { newId: () => 'id' } as never, dialects: DIALECTS };
          const translated = chatErrand(means, { ...read, messages }).translate(target);
          if (translated.ok) translated.value[0].encode(new Map());
        });
      });
  });
}
