import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { DEADLINES } from '../base/limits.ts';
import { createMemory } from '../base/memory.ts';
import type { World } from '../base/world.ts';
import type { Call } from '../call/call.ts';
import type { Loss } from '../call/loss.ts';
import type { OperationId } from '../call/operation.ts';
import { type DialectId, operationOf } from '../catalog/dialect-table.ts';
import type { Dialects } from '../dialects/dialect.ts';
import type { Quirk, QuirkContext, Quirks } from '../dialects/quirks.ts';
import { DIALECTS, QUIRKS, UPSTREAM_DIALECTS } from '../dialects/registry.ts';
import { sampleCall, sampleTarget } from '../dialects/samples.ts';
import type { Target } from '../facts/target.ts';
import { chatErrand } from './chat-errand.ts';
import { createCredentials } from './credentials.ts';
import { embeddingErrand } from './embedding-errand.ts';
import type { Errand, Translation } from './errand.ts';
import { createHealth } from './health.ts';
import { imageErrand } from './image-errand.ts';
import { createKeyring } from './keyring.ts';
import type { Sink } from './read-body.ts';
import { rerankErrand } from './rerank-errand.ts';
import { type RunOutcome, startRun } from './run.ts';
import { speechErrand } from './speech-errand.ts';
import { draftRequest } from './write-request.ts';

const world: World = {
  now: () => 0,
  elapsed: () => 0,
  after: () => () => {},
  random: () => 0,
  newId: (prefix) => `${prefix}-1`,
  request: () => assert.fail('nothing is sent'),
};
const URL_FILE = { type: 'file', source: { kind: 'url', url: 'https://a.test/a.pdf' } } as const;
const URL_IMAGE = { type: 'image', source: { kind: 'url', url: 'https://a.test/a.png' } } as const;
const ATTRIBUTION = { dialect: 'anthropic-messages', fields: { attribution: 'cc_version=2' } };
const TOOLS: Call['tools'] = [
  { type: 'function', name: 'find', parameters: { type: 'object', properties: {} } },
  { type: 'native', dialect: 'gemini', value: { googleSearch: {} } },
];
const CALLED = { type: 'tool-call', id: 'call_1', name: 'find', arguments: '{}' } as const;
const THOUGHT = { type: 'reasoning', kind: 'text', text: 'Hm', format: 'unknown' } as const;

/** Calls that between them say whatever a quirk may be about. */
const CHATS: readonly Call[] = [
  sampleCall({
    messages: [
      { role: 'system', parts: [{ type: 'text', text: '', native: ATTRIBUTION }] },
      { role: 'developer', parts: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'user', name: 'ann', parts: [{ type: 'text', text: 'Look', cache: { ttl: '5m' } }, URL_IMAGE, URL_FILE] },
      { role: 'assistant', parts: [THOUGHT, CALLED] },
      { role: 'tool', callId: 'call_1', parts: [{ type: 'text', text: '3' }] },
      { role: 'user', parts: [{ type: 'text', text: 'Go on' }] },
      { role: 'assistant', parts: [{ type: 'text', text: 'I' }] },
    ],
    tools: TOOLS,
    toolChoice: { type: 'required' },
    reasoning: { effort: 'high' },
    sampling: { temperature: 1.5, top_p: 0.5 },
    stop: ['a', 'b', 'c', 'd', 'e'],
    maxOutputTokens: 9_000,
    serviceTier: 'flex',
    gateway: { plugins: [{ id: 'web' }] },
  }),
  sampleCall({ reasoning: { effort: 'none' }, sampling: { temperature: 0.5, top_p: 0.5 } }),
  sampleCall({ stream: false, stop: ['a', 'b'], toolChoice: { type: 'function', name: 'find' }, tools: TOOLS }),
];

const COMMON = { model: 'a/b', models: [], gateway: {} } as const;
const IMAGE = { ...COMMON, task: 'generate', prompt: 'x', references: [] } as const;
const SPEECH = { ...COMMON, input: 'x', voice: 'v', format: 'mp3', delivery: 'bytes' } as const;
const memory = createMemory(1_000_000, world);

/** A few errands of each operation whose dialects have places for quirks. */
const ERRANDS: { readonly [O in OperationId]?: (dialects: Dialects) => readonly Errand<O>[] } = {
  chat: (dialects) => CHATS.map((call) => chatErrand({ world, dialects }, call)),
  embeddings: (dialects) => [
    embeddingErrand({ dialects }, { ...COMMON, inputs: [{ type: 'content', parts: [{ type: 'text', text: 'x' }] }] }),
  ],
  rerank: (dialects) => [
    rerankErrand({ dialects }, { ...COMMON, query: 'x', documents: [{ parts: [] }], repeatsDocuments: false }),
  ],
  images: (dialects) =>
    [true, false].map((stream) => imageErrand({ dialects, world, memory, who: 'key' }, { ...IMAGE, stream })),
  speech: (dialects) =>
    [{}, { format: 'pcm' as const }, { reference: { data: 'AAAA' } }].map((more) =>
      speechErrand({ dialects }, { ...SPEECH, ...more }),
    ),
};

type Exchange = Translation<OperationId>;

/** The exchanges of these errands with a host; a call that the host does not take has none. */
function exchanges(dialects: Dialects, operation: OperationId, target: Target): readonly Exchange[] {
  const errands = ERRANDS[operation]?.(dialects) as readonly Errand<OperationId>[] | undefined;
  assert(errands, `errands of ${operation}`);
  return errands.flatMap((errand) => {
    const translated = errand.translate(target);
    return translated.ok ? translated.value : [];
  });
}

/** Writes a request, and reads `{}` as its whole answer and as a frame of one. */
function exercise(exchange: Exchange, target: Target, lost: Loss[]): JsonObject | undefined {
  const assets = new Map(exchange.assets().map(({ url }) => [url, FETCHED]));
  const draft = draftRequest(exchange, target, assets);
  if (draft.ok) lost.push(...draft.value.losses);
  const sink: Sink<OperationId> = {
    events: () => {},
    replied: () => {},
    failed: () => {},
    waits: (cancel) => cancel(),
    lost: (loss) => void lost.push(loss),
  };
  for (const [type, text] of [
    ['application/json', '{}'],
    ['text/event-stream', 'data: {}\n\n'],
    ['application/x-ndjson', '{}\n'],
    ['application/vnd.amazon.eventstream', 'no frame at all, but sixteen bytes'],
  ] as const) {
    const reader = exchange.read({ 'content-type': type }, sink, SENT);
    reader.push(Buffer.from(text));
    reader.end();
  }
  return draft.ok ? draft.value.body : undefined;
}
const FETCHED = { mediaType: 'image/png', data: Buffer.from('iVBORw0KGgo=', 'base64') };
const SENT = { method: 'POST', url: 'https://sample.test/v1', headers: {}, body: '{}', reach: 'operator' } as const;

/** The dialect of this id with other quirks than its own. */
const withQuirks = (id: DialectId, quirks: Quirks): Dialects => ({
  of: (operation, other) => {
    const dialect = DIALECTS.of(operation, other);
    return other === id ? { ...dialect, quirks } : dialect;
  },
});

const UNTOLD = { efforts: [], budget: true, mandatory: false, defaultEnabled: false };

/** Targets whose list of quirks remembers which names it was asked for: of a model that tells its efforts, and of one that does not. */
function watchedTargets(
  id: DialectId,
  quirk: string,
): { readonly targets: readonly Target[]; readonly isAsked: () => boolean } {
  let isAsked = false;
  const quirks = new Proxy([quirk], {
    get: (names, property) => {
      if (property !== 'includes') return Reflect.get(names, property);
      return (name: string) => {
        isAsked ||= name === quirk;
        return names.includes(name);
      };
    },
  });
  const targets = [{}, { reasoning: UNTOLD }].map((endpoint) => sampleTarget(id, { dialect: { quirks }, endpoint }));
  return { targets, isAsked: () => isAsked };
}

for (const [id, quirks] of QUIRKS)
  for (const [name, quirk] of Object.entries(quirks) as [string, Quirk][])
    test(`${id}: the quirk ${name} is called`, () => {
      const called = new Set<string>();
      const note = (hook: 'request' | 'reply' | 'frame'): Partial<Quirk> => {
        const own = quirk[hook] as ((value: unknown, context: QuirkContext) => unknown) | undefined;
        if (!own) return {};
        const watched = (value: unknown, context: QuirkContext): unknown => {
          called.add(hook);
          return own(value, context);
        };
        return { [hook]: watched };
      };
      const watched: Quirk = { why: quirk.why, ...note('request'), ...note('reply'), ...note('frame') };
      const { targets, isAsked } = watchedTargets(id as DialectId, name);
      const dialects = withQuirks(id as DialectId, { ...quirks, [name]: watched });
      for (const target of targets)
        for (const exchange of exchanges(dialects, operationOf(id as DialectId), target))
          exercise(exchange, target, []);
      const hooks = (['request', 'reply', 'frame'] as const).filter((hook) => quirk[hook]);
      assert.deepEqual([...called], hooks);
      if (hooks.length === 0) assert(isAsked(), 'nobody asks for it');
    });

const PROBE: Quirk = {
  why: 'A departure of nobody, to see who is called.',
  request: (body, { lose }) => {
    lose('probe.request', 'asked');
    return { ...body, probe: true };
  },
  reply: (body, { lose }) => {
    lose('probe.reply', 'answered');
    return body;
  },
  frame: (frame, { lose }) => {
    lose('probe.frame', 'streamed');
    return frame;
  },
};

for (const operation of ['chat', 'embeddings', 'rerank', 'images', 'speech'] as const)
  for (const [id, dialect] of Object.entries(UPSTREAM_DIALECTS[operation]))
    test(`${id}: a quirk is heard before a request is sent and before an answer is read, and what it loses is told`, () => {
      const upstreamId = id === 'bedrock-embeddings' ? 'cohere.embed-v4:0' : 'sample-model';
      const target = sampleTarget(id as DialectId, { dialect: { quirks: ['probe'] }, endpoint: { upstreamId } });
      const lost: Loss[] = [];
      const found = exchanges(withQuirks(id as DialectId, { probe: PROBE }), operation, target);
      assert(found.length > 0);
      const bodies = found.map((exchange) => exercise(exchange, target, lost));
      assert(bodies.some((body) => body?.probe === true));
      const isStreamed = operation === 'chat' || 'decodeFrames' in dialect;
      const expected = ['probe.request', ...(operation === 'speech' ? [] : ['probe.reply'])];
      const fields = new Set(lost.map(({ field }) => field));
      for (const field of [...expected, ...(isStreamed ? ['probe.frame'] : [])]) assert(fields.has(field), field);
    });

test('what is refused and what is called otherwise come after the quirks, in the words of the dialect', () => {
  const dialect = { quirks: ['probe'], drop: ['probe', 'stream_options'], rename: { max_tokens: 'probed' } };
  const target = sampleTarget('openai-chat', { dialect });
  const lost: Loss[] = [];
  const [exchange] = exchanges(withQuirks('openai-chat', { probe: PROBE }), 'chat', target);
  assert(exchange);
  const body = exercise(exchange, target, lost);
  assert.deepEqual(
    [body?.probe, body?.stream_options, body?.max_tokens, body?.probed],
    [undefined, undefined, undefined, 9_000],
  );
  const fields = lost.map(({ field }) => field);
  assert(fields.includes('probe'));
  assert(!fields.includes('stream_options'));
});

const FRAMES = [
  { choices: [{ index: 0, delta: { content: 'Hi' } }] },
  { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 1, completion_tokens: 1 } },
];

test('what a quirk loses of an answer stands once among the losses of its attempt and of the call', async () => {
  const answering: World = {
    ...world,
    request: (_, handler) => {
      queueMicrotask(() => {
        handler.head(200, { 'content-type': 'text/event-stream' });
        for (const frame of FRAMES) handler.data(Buffer.from(`data: ${JSON.stringify(frame)}\n\n`));
        handler.data(Buffer.from('data: [DONE]\n\n'));
        handler.end();
      });
      return { pause: () => {}, resume: () => {}, abort: () => {} };
    },
  };
  const dependencies = {
    world: answering,
    memory,
    keyring: createKeyring(createCredentials({}), answering),
    health: createHealth(answering.now),
    deadlines: DEADLINES,
  };
  const dialects = withQuirks('openai-chat', { probe: PROBE });
  const target = sampleTarget('openai-chat', { dialect: { quirks: ['probe'] } });
  const errand = chatErrand({ world: answering, dialects }, sampleCall());
  const plan = { candidates: [{ ...target, reason: 'test' }], rejected: [], strict: false };
  const outcome = await new Promise<RunOutcome<'chat'>>((done) => {
    startRun(dependencies, { errand, plan, who: 'key' }, { dispatched: () => {}, events: () => {}, done });
  });
  assert.equal(outcome.kind, 'streamed');
  const losses = [
    { field: 'probe.request', reason: 'asked' },
    { field: 'probe.frame', reason: 'streamed' },
  ];
  assert.deepEqual([outcome.losses, outcome.attempts[0]?.losses], [losses, losses]);
});
