/** The sandbox through our own upstream side: every model in every dialect, streamed and whole. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import type { Call } from '#src/call/call.ts';
import { collect } from '#src/call/collect.ts';
import type { AssistantPart, Message } from '#src/call/message.ts';
import type { Reply } from '#src/call/reply.ts';
import type { Tool } from '#src/call/tool.ts';
import { completionTokens, promptTokens } from '#src/call/usage.ts';
import type { DialectId } from '#src/catalog/dialect-table.ts';
import type { ReasoningSupport } from '#src/catalog/model.ts';
import { UPSTREAM_DIALECTS } from '#src/dialects/registry.ts';
import { startSandbox } from '#src/sandbox/server.ts';
import { realWorld } from '#src/upstream/world.ts';
import { bench, targetAt, textOf } from '../faults/bench.ts';
import { lineWorld } from '../faults/line-world.ts';

const sandbox = await startSandbox(realWorld(), { pieceMs: 0 });
after(() => sandbox.close());

const DIALECTS = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'bedrock-converse',
  'cohere-chat',
  'ollama',
] as const satisfies readonly DialectId[];
const REASONING: ReasoningSupport = {
  efforts: ['low', 'medium', 'high'],
  budget: true,
  mandatory: false,
  defaultEnabled: false,
};

const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });

function ask(id: DialectId, upstreamId: string, call: Partial<Call>, { origin } = sandbox) {
  const made = targetAt(origin, `sandbox/${upstreamId}`, 'sandbox', { id });
  const endpoint = { ...made.endpoint, upstreamId, maxOutput: 16_384, reasoning: REASONING };
  const dialect = UPSTREAM_DIALECTS.chat[id];
  assert.ok(dialect, id);
  return bench([{ ...made, endpoint }], { call, dialect });
}

async function replyOf(id: DialectId, model: string, call: Partial<Call>): Promise<Reply> {
  const { outcome, events } = ask(id, model, call);
  const result = await outcome;
  if (result.kind === 'replied') return result.reply;
  assert.ok(result.kind === 'streamed', `${id} ${model}: ${'fault' in result ? result.fault.message : result.kind}`);
  const reply = collect(events);
  assert.ok(reply.ok);
  return reply.value;
}

async function faultOf(id: DialectId, model: string, stream: boolean) {
  const started = ask(id, model, { stream, messages: [user('Say 40 words.')] });
  const stalls = model === 'stalled-stream';
  const result = await (stalls ? started.silenceAfter((events) => events.length > 0) : started.outcome);
  assert.ok(result.kind === 'failed' || result.kind === 'broken', `${id} ${model}: ${result.kind}`);
  return result.fault.code;
}

const parts = <T extends AssistantPart['type']>(reply: Reply, type: T) =>
  (reply.choices[0]?.parts ?? []).filter((part): part is Extract<AssistantPart, { type: T }> => part.type === type);
const said = (reply: Reply): string =>
  parts(reply, 'text')
    .map(({ text }) => text)
    .join('');

const WEATHER: Tool = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather in a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['celsius', 'fahrenheit'] } },
    required: ['city'],
  },
};
const CLOCK: Tool = {
  type: 'function',
  name: 'current_time',
  parameters: { type: 'object', properties: { zone: { type: 'string' } } },
};

/** A PNG of these rows of RGB pixels. */
function png(rows: readonly (readonly number[])[]): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE((rows[0]?.length ?? 0) / 3, 0);
  header.writeUInt32BE(rows.length, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const lines = deflateSync(Buffer.concat(rows.map((row) => Buffer.from([0, ...row]))));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', lines), chunk('IEND', Buffer.alloc(0))]);
}
const RED_AND_BLUE = png([
  [230, 20, 20, 230, 20, 20, 230, 20, 20, 230, 20, 20],
  [230, 20, 20, 230, 20, 20, 20, 40, 230, 20, 40, 230],
]);

for (const id of DIALECTS)
  describe(id, { concurrency: 16 }, () => {
    for (const stream of [true, false]) {
      const manner = stream ? 'streamed' : 'whole';

      test(`echo, ${manner}`, async () => {
        const reply = await replyOf(id, 'echo', { stream, messages: [user('Grüße, 世界! {"a": "b"}\n\nBye.')] });
        assert.equal(said(reply), 'Grüße, 世界! {"a": "b"}\n\nBye.');
        assert.equal(reply.choices[0]?.finish, 'stop');
      });

      test(`tools, ${manner}: a call, two at once, then a summary of the results`, async () => {
        const tools = [WEATHER, CLOCK];
        const question = user('What is the weather?');
        const one = await replyOf(id, 'tools', { stream, tools, messages: [question] });
        const [call, ...more] = parts(one, 'tool-call');
        assert.equal(more.length, 0);
        assert.equal(call?.name, 'get_weather');
        assert.equal(JSON.parse(call?.arguments ?? '').city, 'Paris');
        assert.equal(one.choices[0]?.finish, 'tool_calls');
        const two = await replyOf(id, 'tools', { stream, tools, messages: [user('The weather and the time?')] });
        assert.deepEqual(
          parts(two, 'tool-call').map(({ name }) => name),
          ['get_weather', 'current_time'],
        );
        assert.equal(new Set(parts(two, 'tool-call').map((part) => part.id)).size, 2);
        assert.ok(call);
        const result: Message = { role: 'tool', callId: call.id, parts: [{ type: 'text', text: '21 degrees' }] };
        const messages: Message[] = [question, { role: 'assistant', parts: [call] }, result];
        const summary = await replyOf(id, 'tools', { stream, tools, messages });
        assert.match(said(summary), /get_weather returned 21 degrees|the tool returned 21 degrees/);
      });

      test(`reasoner, ${manner}: thoughts before the answer, none when switched off`, async () => {
        const messages = [user('Why?')];
        const reply = await replyOf(id, 'reasoner', {
          stream,
          messages,
          reasoning: { effort: 'high' },
          maxOutputTokens: 4_000,
        });
        assert.ok(parts(reply, 'reasoning').some(({ text }) => text.includes('question')));
        assert.match(said(reply), /^The answer to “Why\?” is 42\./);
        assert.equal(reply.choices[0]?.parts[0]?.type, 'reasoning');
        if (id === 'ollama' || id === 'cohere-chat') return;
        const opaque = parts(reply, 'reasoning').filter(
          (part) => part.signature !== undefined || part.kind === 'encrypted',
        );
        assert.equal(opaque.length, 1, JSON.stringify(reply.choices[0]?.parts));
      });

      test(`json, ${manner}: fits its schema`, async () => {
        const schema = {
          type: 'object',
          properties: {
            title: { type: 'string' },
            genre: { type: 'string', enum: ['drama', 'comedy'] },
            year: { type: 'integer' },
          },
          required: ['title', 'genre', 'year'],
          additionalProperties: false,
        };
        const output = { type: 'json-schema' as const, name: 'film', schema, strict: true };
        const value = JSON.parse(said(await replyOf(id, 'json', { stream, messages: [user('A film')], output })));
        assert.deepEqual(Object.keys(value).sort(), ['genre', 'title', 'year']);
        assert.ok(['drama', 'comedy'].includes(value.genre) && Number.isInteger(value.year));
      });

      test(`vision, ${manner}: format, size and colours`, async () => {
        const source = { kind: 'base64' as const, mediaType: 'image/png', data: RED_AND_BLUE.toString('base64') };
        const text = { type: 'text' as const, text: 'What is this?' };
        const message: Message = { role: 'user', parts: [text, { type: 'image', source }] };
        const seen = said(await replyOf(id, 'vision', { stream, messages: [message] }));
        assert.match(seen, /PNG image, 4 × 2 pixels; mostly red \(#e61414, 75 %\), blue \(#1428e6, 25 %\)/);
      });

      test(`the same answer again for the same seed; max_tokens cuts it, ${manner}`, async () => {
        const call = { stream, messages: [user('Write 30 words.')] };
        const whole = await replyOf(id, 'lorem', call);
        assert.equal(said(whole).split(' ').length, 30);
        assert.equal(said(await replyOf(id, 'lorem', call)), said(whole));
        const cut = await replyOf(id, 'lorem', { ...call, maxOutputTokens: 20 });
        assert.ok(said(whole).startsWith(said(cut)));
        assert.equal(said(cut).split(' ').length, 20);
        assert.equal(cut.choices[0]?.finish, 'length');
      });

      const refusals = {
        'error-400': /^upstream_invalid_request$/,
        'error-401': /^upstream_authentication$/,
        'error-402': /^upstream_quota$/,
        'error-403': /^upstream_permission$/,
        'error-429': /^upstream_rate_limit$/,
        'error-500': /^upstream_server_error$/,
        'error-503': /^upstream_overloaded$/,
        'context-too-long': /^context_length_exceeded$/,
        'content-filter': /^content_policy_violation$|^upstream_invalid_request$/,
        html: /^upstream_malformed$/,
        'cut-stream': /^upstream_(truncated|unreachable)$/,
        'stalled-stream': /^upstream_timeout$/,
        'malformed-chunk': /^upstream_malformed$/,
        'no-such-model': /^upstream_model_not_found$/,
      };
      for (const [model, code] of Object.entries(refusals)) {
        // A whole answer that stalls has only the total deadline.
        if (model === 'stalled-stream' && !stream) continue;
        if (model === 'malformed-chunk' && stream && id.startsWith('openai')) continue;
        test(`${model}, ${manner}`, async () => assert.match(await faultOf(id, model, stream), code));
      }
    }

    test('both manners count alike', async () => {
      const call = { messages: [user('Write 12 words.')], tools: [WEATHER] };
      const streamed = await replyOf(id, 'lorem', { ...call, stream: true });
      const whole = await replyOf(id, 'lorem', { ...call, stream: false });
      assert.ok(streamed.usage && whole.usage);
      assert.equal(completionTokens(streamed.usage), 12);
      assert.equal(completionTokens(whole.usage), 12);
      assert.equal(promptTokens(streamed.usage), promptTokens(whole.usage));
      assert.ok(promptTokens(whole.usage) > 0);
    });

    test('an empty answer is an answer', async () => {
      assert.equal(said(await replyOf(id, 'empty', { stream: false })), '');
    });
  });

for (const id of ['openai-chat', 'openai-responses'] as const)
  test(`malformed-chunk: ${id} skips an event of broken JSON, or says so; the rest is whole`, async () => {
    const { outcome, events } = ask(id, 'malformed-chunk', { messages: [user('Write 20 words.')] });
    const result = await outcome;
    if (result.kind === 'streamed') assert.equal(textOf(events).split(' ').length, 20);
    else assert.ok(result.kind === 'broken' && result.fault.code === 'upstream_malformed');
  });

test('no-done: OpenAI chat without [DONE] is complete', async () => {
  const { outcome, events } = ask('openai-chat', 'no-done', { messages: [user('Write 20 words.')] });
  assert.equal((await outcome).kind, 'streamed');
  assert.equal(textOf(events).split(' ').length, 20);
});

test('slow models keep their pace, options change it', async (context) => {
  const world = lineWorld();
  const slow = await startSandbox(world);
  context.after(() => slow.close());
  const call = { messages: [user('Go on.')] };
  for (const [model, ms] of [
    ['slow-first-token@words=5', 5_000 + 5 * 5],
    ['slow-stream@words=5', 5 * 500],
    ['slow-first-token@first_ms=80,delay_ms=10,words=5', 80 + 5 * 10],
  ] as const) {
    const began = world.now();
    const { outcome, events } = ask('openai-chat', model, call, slow);
    assert.equal((await outcome).kind, 'streamed');
    assert.equal(textOf(events).split(' ').length, 5);
    assert.equal(world.now() - began, ms, model);
  }
});

test('reasoning that comes back is recognised', async () => {
  const first = await replyOf('anthropic-messages', 'reasoner', {
    stream: false,
    messages: [user('Why?')],
    reasoning: { enabled: true },
  });
  const messages: Message[] = [
    user('Why?'),
    { role: 'assistant', parts: first.choices[0]?.parts ?? [] },
    user('And how?'),
  ];
  const second = await replyOf('anthropic-messages', 'reasoner', {
    stream: false,
    messages,
    reasoning: { enabled: true },
  });
  assert.match(said(second), /1 part\(s\), 1 of 1 signature\(s\) intact/);
});

test('embeddings: unit vectors, alike for texts that share words, in both encodings', async () => {
  type Embeddings = { data: { embedding: number[] & string }[]; usage: { prompt_tokens: number } };
  const embed = async (body: object): Promise<Embeddings> => {
    const response = await fetch(`${sandbox.origin}/v1/embeddings`, { method: 'POST', body: JSON.stringify(body) });
    return (await response.json()) as Embeddings;
  };
  const { data, usage } = await embed({
    model: 'embed',
    input: ['red cat', 'red dog', 'seven planets'],
    dimensions: 64,
  });
  const [cat = [], dog = [], planets = []] = data.map((item): number[] => item.embedding);
  const dot = (a: number[], b: number[]): number => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  assert.equal(cat.length, 64);
  assert.ok(Math.abs(dot(cat, cat) - 1) < 1e-9);
  assert.ok(dot(cat, dog) > dot(cat, planets) + 0.2);
  assert.equal(usage.prompt_tokens, 6);
  const encoded = await embed({ model: 'embed', input: 'red cat', dimensions: 64, encoding_format: 'base64' });
  const bytes = Buffer.from(String(encoded.data[0]?.embedding), 'base64');
  assert.ok(Math.abs(bytes.readFloatLE(0) - (cat[0] ?? 0)) < 1e-6);
});
