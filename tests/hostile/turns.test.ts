/**
 * A large call is worked through in turns of the loop, and whoever comes between two of them is served: a promise about
 * order, not about time. The whole gateway runs in this process; the test decides when the next turn comes.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { BodyScan } from '#src/base/body-scan.ts';
import { joined } from '#src/base/json.ts';
import { LIMITS } from '#src/base/limits.ts';
import { cutInto } from '#src/base/testing/received.ts';
import type { World } from '#src/base/world.ts';
import type { Answering } from '#src/http/answering.ts';
import { createHandlers } from '#src/http/handlers.ts';
import type { InferenceRequest } from '#src/http/inference.ts';
import { GOOGLE_ROUTES, INFERENCE_ROUTES } from '#src/http/inference-routes.ts';
import { callerOf, type Host, openBench } from '../gateway/bench.ts';

const many = <T>(count: number, one: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => one(at));
const model = 'author/model';
const text = (at: number): object => ({ type: 'text', text: `message ${at}` });
const user = many(15_000, (at) => ({ role: 'user', content: [text(at)] }));
const documents = many(900, (at) => `document ${at} ${'of many words '.repeat(60)}`);
const contents = many(15_000, (at) => ({ role: 'user', parts: [{ text: `message ${at}` }] }));
const QUESTIONS = [{ type: 'predicate', instructions: 'Is it?' }];
/** Of every dialect a body that is long in things, not in bytes. */
const LARGE: { readonly [dialect: string]: object } = {
  'openai-chat': { model, messages: user },
  'openai-completions': { model, prompt: many(128, () => many(2_000, (at) => at)) },
  'openai-responses': { model, input: many(15_000, (at) => ({ role: 'user', content: `message ${at}` })) },
  'anthropic-messages': { model, max_tokens: 9, messages: user },
  gemini: { contents },
  'gemini-list': { contents },
  ollama: { model, messages: many(15_000, (at) => ({ role: 'user', content: `message ${at}` })) },
  'ollama-generate': { model, prompt: 'hello '.repeat(60_000), images: many(4_000, (at) => `iVBORw0KGgo${at}`) },
  'ollama-embed': { model, input: many(2_000, (at) => `part ${at} ${'of it '.repeat(20)}`) },
  'ollama-embeddings': { model, prompt: 'hello '.repeat(50_000) },
  'openai-embeddings': { model, input: many(300_000, (at) => at) },
  'cohere-chat': { model, messages: user },
  'cohere-embed': {
    model,
    input_type: 'search_query',
    texts: many(2_000, (at) => `part ${at} ${'of it '.repeat(30)}`),
  },
  'openrouter-rerank': { model, query: 'q', documents },
  'cohere-rerank': { model, query: 'q', documents },
  decisions: {
    model,
    input: many(15_000, (at) => ({ role: 'user', content: [{ type: 'input_text', text: `message ${at}` }] })),
    questions: QUESTIONS,
  },
  'openai-moderations': { model, input: many(2_000, (at) => `part ${at} ${'of it '.repeat(30)}`) },
  'gemini-embed-content': { content: { parts: many(15_000, (at) => ({ text: `part ${at}` })) } },
  'gemini-batch-embed-contents': {
    requests: many(2_000, (at) => ({
      model: `models/${model}`,
      content: { parts: many(8, () => ({ text: `${at}` })) },
    })),
  },
};
const HOSTS: { readonly [operation: string]: Host } = {
  chat: { endpoint: { context: 100_000_000, maxOutput: null } },
  completions: { dialect: 'openai-completions', endpoint: { context: 100_000_000, maxOutput: null } },
  rerank: {
    dialect: 'jina-rerank',
    endpoint: { operation: 'rerank', output: ['rerank'], context: 100_000_000, maxOutput: null },
  },
  decisions: {
    dialect: 'openai-decisions',
    endpoint: { operation: 'decisions', output: ['decisions'], context: 100_000_000, maxOutput: null },
  },
  moderations: {
    dialect: 'openai-moderations',
    endpoint: { operation: 'moderations', output: ['moderation'], context: 100_000_000, maxOutput: null },
  },
  embeddings: {
    dialect: 'openai-embeddings',
    endpoint: { operation: 'embeddings', output: ['embeddings'], context: 100_000_000, maxOutput: null },
  },
};

/** What a small call is asked in. */
const PLAIN: { readonly [operation: string]: string } = {
  embeddings: 'openai-embeddings',
  rerank: 'openrouter-rerank',
};

type Listening = Answering & {
  readonly told: () => string;
  readonly isOver: () => boolean;
  readonly says: (event: 'drain' | 'close') => void;
};

/** `takes`: does the client take what was written? */
const listener = (takes: () => boolean = () => true): Listening => {
  let written = '';
  let isOver = false;
  const heard = new Map<string, () => void>();
  return {
    req: { method: 'POST', url: '/', headers: {}, complete: true },
    headersSent: false,
    get destroyed() {
      return isOver;
    },
    writableFinished: false,
    writableLength: 0,
    writeHead: () => {},
    flushHeaders: () => {},
    write: (more) => {
      written += more;
      return takes();
    },
    end: (more = '') => {
      written += more;
      isOver = true;
      heard.get('close')?.();
    },
    destroy: () => {},
    on: (event, listener) => void heard.set(event, listener),
    setTimeout: () => {},
    told: () => written,
    isOver: () => isOver,
    says: (event) => heard.get(event)?.(),
  };
};

/** A gateway whose turns the test takes. */
async function openTurns(host: Host) {
  const bench = await openBench({ host });
  after(bench.close);
  const turns: (() => void)[] = [];
  const { world } = bench.gateway as { readonly world: { -readonly [K in keyof World]: World[K] } };
  const { after: later } = world;
  world.after = (ms, task) => {
    if (ms > 0) return later(ms, task);
    turns.push(task);
    return () => void turns.splice(turns.indexOf(task), 1);
  };
  const keyId = await bench.keyOf();
  const caller = callerOf(keyId);
  const request = (body: object, size: 'large' | 'small'): InferenceRequest => {
    const chunks = cutInto(Buffer.from(JSON.stringify(body)), 65_536);
    const scan = size === 'large' ? new BodyScan(LIMITS.nesting_max) : null;
    if (scan) for (const chunk of chunks) assert.equal(scan.push(chunk), null);
    const params = { '*': `${model}:generateContent`, model, action: 'generateContent' };
    const whole = { chunks: scan ? [] : chunks, scan, size: joined(chunks).length };
    return { headers: {}, url: '/', params, caller, body: whole, room: null };
  };
  return { ...bench, turns, request, keyId };
}

const settled = async (): Promise<void> => {
  for (let at = 0; at < 5; at++) await new Promise((next) => setImmediate(next));
};

/** What is spoken is one text of bounded length, what is heard one recording, what is drawn or filmed one text and a few pictures. */
const isListed = ({ operation }: { readonly operation: string }): boolean =>
  !['speech', 'transcription', 'images', 'videos'].includes(operation);

for (const route of [...INFERENCE_ROUTES, ...GOOGLE_ROUTES].filter(isListed)) {
  const { operation, dialect } = route;
  test(`${dialect}${'query' in route ? ', framed' : ''}: between the turns of a large call others are served`, async () => {
    const host = HOSTS[dialect === 'openai-completions' ? 'completions' : operation] as Host;
    const { gateway, exchanges, turns, request } = await openTurns(host);
    const handler = createHandlers(gateway)(route);
    const body = LARGE[dialect] as { readonly [name: string]: unknown };
    const answer = listener();
    handler(request(body, 'large'), answer);
    const small = createHandlers(gateway)({
      operation,
      dialect: operation === 'chat' && dialect !== 'openai-completions' ? 'openai-chat' : (PLAIN[operation] ?? dialect),
    });
    const ranked = operation === 'rerank' && { query: 'q', documents: ['hello'] };
    const decided = operation === 'decisions' && { questions: QUESTIONS };
    const few = {
      messages: [{ role: 'user', content: 'hello' }],
      prompt: 'hello',
      input: 'hello',
      ...ranked,
      ...decided,
      model,
    };
    let count = 0;
    for (let turn = turns.shift(); turn; turn = turns.shift()) {
      const before = exchanges.length;
      small(request(few, 'small'), listener());
      await settled();
      assert.equal(exchanges.length, before + 1, `a small call between two turns is sent at once: ${answer.told()}`);
      assert(JSON.stringify(exchanges.at(-1)?.body).length < 10_000);
      turn();
      count++;
      await settled();
    }
    const large = exchanges.findIndex((exchange) => JSON.stringify(exchange.body).length > 10_000);
    assert.equal(large, count, `the large call is sent with its last turn, ${count}: ${answer.told().slice(0, 300)}`);
    // Slices of the body, then: decoded, completed, planned, translated, as a value, as text, as bytes.
    const slices = Math.ceil(JSON.stringify(body).length / LIMITS.at_once_bytes_max);
    assert(count >= slices + 6, `${count} turns for ${slices} slices`);
  });
}

test('a small call takes no turn at all', async () => {
  const { gateway, exchanges, turns, request } = await openTurns(HOSTS.chat as Host);
  const handler = createHandlers(gateway)({ operation: 'chat', dialect: 'openai-chat' });
  handler(request({ model, messages: [{ role: 'user', content: 'hello' }] }, 'small'), listener());
  await settled();
  assert.equal(exchanges.length, 1);
  assert.equal(turns.length, 0);
});

/** Answers that are long, in things and in text, with what they are asked for. */
const LONG: {
  readonly [what: string]: { readonly operation: 'chat' | 'embeddings'; readonly ask: object; readonly answer: object };
} = {
  'a text': { operation: 'chat', ask: {}, answer: replyOf({ content: 'slow "words"\n'.repeat(120_000) }) },
  'many calls of tools': {
    operation: 'chat',
    ask: {},
    answer: replyOf({
      content: null,
      tool_calls: many(9_000, (at) => ({
        id: `call_${at}`,
        type: 'function',
        function: { name: 'f', arguments: `{"a":${at}}` },
      })),
    }),
  },
  'a text for who asked for a stream': {
    operation: 'chat',
    ask: { stream: true },
    answer: replyOf({ content: 'words '.repeat(250_000) }),
  },
  vectors: {
    operation: 'embeddings',
    ask: { input: many(500, (at) => `${at}`) },
    answer: {
      object: 'list',
      data: many(500, (index) => ({ index, embedding: many(256, (at) => (at + 0.5) / 1_031) })),
    },
  },
  'vectors in base64, for who asked for numbers': {
    operation: 'embeddings',
    ask: { input: many(500, (at) => `${at}`) },
    answer: {
      object: 'list',
      data: many(500, (index) => ({ index, embedding: Buffer.alloc(1_024, index).toString('base64') })),
    },
  },
};

function replyOf(message: object): object {
  const choice = { index: 0, finish_reason: 'stop', message: { role: 'assistant', ...message } };
  return { id: 'a', object: 'chat.completion', choices: [choice], usage: { prompt_tokens: 1, completion_tokens: 1 } };
}

for (const [what, { operation, ask, answer }] of Object.entries(LONG))
  test(`an answer of ${what} is read and written in turns, and others are served between`, async () => {
    const { gateway, exchanges, turns, request } = await openTurns(HOSTS[operation] as Host);
    const handler = createHandlers(gateway)({ operation, dialect: `openai-${operation}` });
    const heard = listener();
    const question = { messages: [{ role: 'user', content: 'hello' }], input: 'hello', ...ask, model };
    handler(request(question, 'small'), heard);
    await settled();
    exchanges[0]?.reply(answer);
    await settled();
    let count = 0;
    for (let turn = turns.shift(); turn; turn = turns.shift()) {
      const before = exchanges.length;
      handler(request({ ...question, ...ask, input: 'hello' }, 'small'), listener());
      await settled();
      assert.equal(exchanges.length, before + 1, 'a small call between two turns is sent at once');
      turn();
      count++;
      await settled();
    }
    const size = JSON.stringify(answer).length;
    const written = heard.told().length;
    // It is parsed slice by slice and written so; slices may be a bit longer, and the first is written at once.
    const slices = Math.floor(size / LIMITS.at_once_bytes_max) + Math.floor(written / LIMITS.at_once_bytes_max);
    assert(
      size > 2 * LIMITS.at_once_bytes_max && count >= 0.8 * slices,
      `${count} turns for ${size} bytes, ${written} out`,
    );
    assert(heard.isOver());
    assert.equal(gateway.memory.used(), 0, 'what it took of the memory is back');
  });

test('a client that takes nothing is written no more of a long answer, and what it took is back when it is gone', async () => {
  const { gateway, exchanges, turns, request } = await openTurns(HOSTS.embeddings as Host);
  const handler = createHandlers(gateway)({ operation: 'embeddings', dialect: 'openai-embeddings' });
  const slow = listener(() => false);
  const { ask, answer } = LONG.vectors as { readonly ask: object; readonly answer: object };
  handler(request({ model, ...ask }, 'small'), slow);
  await settled();
  exchanges[0]?.reply(answer);
  const takeTurns = async (): Promise<void> => {
    await settled();
    for (let turn = turns.shift(); turn; turn = turns.shift()) {
      turn();
      await settled();
    }
  };
  await takeTurns();
  const written = slow.told().length;
  assert(written > 0 && written < 2 * LIMITS.at_once_bytes_max + 1_000, `${written}`);
  slow.says('drain');
  await takeTurns();
  assert(slow.told().length > written && !slow.isOver());
  assert(gateway.memory.used() > 0);
  slow.says('close');
  assert.equal(gateway.memory.used(), 0);
});
