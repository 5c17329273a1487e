import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { RateLimitError } from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { API_KEY } from '../gateway-process.ts';
import { gatewayForClients, proveClient, RED_PNG_URL, remembered, SEEN } from './prove.ts';

const gateway = await gatewayForClients();
const client = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY, maxRetries: 0 });
const user = (content: string) => ({ role: 'user', content }) as const;
/** What a message carries beyond OpenAI's own fields. */
type Reasoned = { readonly reasoning?: string; readonly reasoning_details?: readonly object[] };

proveClient('openai', {
  text: async ({ model }) => {
    const completion = await client.chat.completions.create({ model: model('echo'), messages: [user('Hello there')] });
    assert.equal(completion.choices[0]?.message.content, 'Hello there');
    assert.equal(completion.choices[0]?.finish_reason, 'stop');
    assert(completion.usage && completion.usage.completion_tokens > 0);
  },
  stream: async ({ model }) => {
    const stream = client.chat.completions.stream({
      model: model('echo'),
      messages: [user('One two three')],
      stream_options: { include_usage: true },
    });
    let text = '';
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
    assert.equal(text, 'One two three');
    const { usage, choices } = await stream.finalChatCompletion();
    assert.equal(choices[0]?.finish_reason, 'stop');
    assert(usage && usage.completion_tokens > 0);
  },
  tools: async ({ model }) => {
    const asked: string[] = [];
    const options = {
      model: model('tools'),
      messages: [user('What is the weather in Paris?')],
      tools: [
        zodFunction({
          name: 'get_weather',
          description: 'The weather in a city.',
          parameters: z.object({ city: z.string() }),
          function: ({ city }) => {
            asked.push(city);
            return 'sunny, 21 degrees';
          },
        }),
      ],
    };
    const told = /get_weather returned .*sunny, 21 degrees/;
    assert.match((await client.chat.completions.runTools(options).finalContent()) ?? '', told);
    const streamed = client.chat.completions.runTools({ ...options, stream: true });
    assert.match((await streamed.finalContent()) ?? '', told);
    assert.deepEqual(asked, ['Paris', 'Paris']);
  },
  'structured output': async ({ model }) => {
    const completion = await client.chat.completions.parse({
      model: model('json'),
      messages: [user('Describe a person.')],
      response_format: zodResponseFormat(z.object({ name: z.string(), age: z.int().min(1).max(99) }), 'person'),
    });
    assert.equal(completion.choices[0]?.message.parsed?.name, 'Ada');
  },
  image: async ({ model }) => {
    const completion = await client.chat.completions.create({
      model: model('vision'),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is in this image?' },
            { type: 'image_url', image_url: { url: RED_PNG_URL } },
          ],
        },
      ],
    });
    assert.match(completion.choices[0]?.message.content ?? '', SEEN);
  },
  'reasoning replay': async ({ model, upstream }) => {
    const first = await client.chat.completions.create({
      model: model('reasoner'),
      messages: [user('What is six times seven?')],
      reasoning_effort: 'high',
    });
    const message = first.choices[0]?.message as OpenAI.ChatCompletionMessage & Reasoned;
    assert.match(message.reasoning ?? '', /First I read the question/);
    const second = await client.chat.completions.create({
      model: model('reasoner'),
      messages: [user('What is six times seven?'), message, user('Again?')],
    });
    remembered(upstream, second.choices[0]?.message.content);
  },
  error: async ({ model }) => {
    for (const stream of [false, true])
      await assert.rejects(
        async () => client.chat.completions.create({ model: model('error-429'), messages: [user('Hi')], stream }),
        (error) => error instanceof RateLimitError && error.status === 429 && /Too many requests/.test(error.message),
      );
  },
});

test('embeddings come as base64 on the wire and as numbers to the program', async () => {
  const { data, usage } = await client.embeddings.create({ model: 'sandbox/embed', input: ['one', 'two'] });
  assert.deepEqual(
    data.map(({ index, embedding }) => [index, embedding.length]),
    [
      [0, 256],
      [1, 256],
    ],
  );
  assert(usage.prompt_tokens > 0);
});

test('models are listed and the legacy completions answered', async () => {
  const ids: string[] = [];
  for await (const { id } of client.models.list()) ids.push(id);
  assert(ids.includes('openai/gpt-4.1-mini'));
  const { choices } = await client.completions.create({ model: 'over-gemini/echo', prompt: 'Once upon a time' });
  assert.equal(choices[0]?.text, 'Once upon a time');
});

test('a stream shows what each provider was sent, if it is asked to', async () => {
  // Not one that another test has asked before: what is known to be down goes last.
  const stream = await client.chat.completions.create({
    model: 'over-anthropic-messages/error-503',
    models: ['over-gemini/echo'],
    debug: { echo_upstream_body: true },
    messages: [user('Hello there')],
    stream: true,
    stream_options: { include_usage: true },
  } as OpenAI.ChatCompletionCreateParamsStreaming);
  const echoes: { messages?: unknown; contents?: unknown }[] = [];
  let text = '';
  for await (const chunk of stream) {
    const { debug } = chunk as { debug?: { echo_upstream_body: (typeof echoes)[number] } };
    if (debug) {
      assert.deepEqual([chunk.choices, text], [[], ''], 'before everything else');
      echoes.push(debug.echo_upstream_body);
    }
    text += chunk.choices[0]?.delta.content ?? '';
  }
  assert.equal(text, 'Hello there');
  const sent = [{ role: 'user', parts: [{ text: 'Hello there' }] }];
  assert.deepEqual(echoes.at(-1)?.contents, sent, 'in the words of the provider that answered');
  assert.ok(echoes.length >= 2 && echoes.slice(0, -1).every((echo) => echo.messages !== undefined));
});

test('a free-form tool is called with text, whatever the provider speaks', async () => {
  for (const upstream of ['openai-chat', 'anthropic-messages', 'gemini', 'openai-responses'])
    for (const streamed of [false, true]) {
      const ask = {
        model: `over-${upstream}/tools`,
        messages: [user('Run it')],
        tools: [{ type: 'custom' as const, custom: { name: 'run', description: 'Runs a line' } }],
      };
      const answer = streamed
        ? await client.chat.completions.stream(ask).finalChatCompletion()
        : await client.chat.completions.create(ask);
      const message = answer.choices[0]?.message;
      const call = message?.tool_calls?.[0];
      assert(message && call?.type === 'custom', `${upstream}: ${JSON.stringify(message)}`);
      assert.equal(call.custom.name, 'run');
      assert.ok(call.custom.input.length > 0 && !call.custom.input.startsWith('{'), call.custom.input);
      const messages = [...ask.messages, message, { role: 'tool' as const, tool_call_id: call.id, content: 'done' }];
      const next = await client.chat.completions.create({ ...ask, messages });
      assert.match(next.choices[0]?.message.content ?? '', /run returned .*done/);
    }
});
