import assert from 'node:assert/strict';
import { test } from 'node:test';
import Anthropic, { RateLimitError } from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { z } from 'zod';
import { API_KEY } from '../gateway-process.ts';
import { gatewayForClients, proveClient, RED_PNG, remembered, SEEN } from './prove.ts';

const gateway = await gatewayForClients();
const client = new Anthropic({
  baseURL: `${gateway.origin}/api`,
  authToken: API_KEY,
  apiKey: null,
  maxRetries: 0,
});
const user = (content: string) => ({ role: 'user', content }) as const;
const textOf = ({ content }: { readonly content: readonly { readonly type: string }[] }): string =>
  content.map((block) => ('text' in block && block.type === 'text' ? block.text : '')).join('');
const LIMIT = { max_tokens: 4096 };

proveClient('@anthropic-ai/sdk', {
  text: async ({ model }) => {
    const message = await client.messages.create({ ...LIMIT, model: model('echo'), messages: [user('Hello there')] });
    assert.equal(textOf(message), 'Hello there');
    assert.equal(message.stop_reason, 'end_turn');
    assert(message.usage.input_tokens > 0 && message.usage.output_tokens > 0);
  },
  stream: async ({ model }) => {
    const stream = client.messages.stream({ ...LIMIT, model: model('echo'), messages: [user('One two three')] });
    let text = '';
    stream.on('text', (piece) => {
      text += piece;
    });
    const message = await stream.finalMessage();
    assert.equal(text, 'One two three');
    assert.equal(textOf(message), text);
    assert(message.usage.output_tokens > 0);
  },
  tools: async ({ model }) => {
    const asked: string[] = [];
    const weather = betaZodTool({
      name: 'get_weather',
      description: 'The weather in a city.',
      inputSchema: z.object({ city: z.string() }),
      run: ({ city }) => {
        asked.push(city);
        return 'sunny, 21 degrees';
      },
    });
    for (const stream of [false, true] as const) {
      const last = await client.beta.messages
        .toolRunner({
          ...LIMIT,
          model: model('tools'),
          messages: [user('What is the weather in Paris?')],
          tools: [weather],
          stream: stream as false,
        })
        .runUntilDone();
      assert.match(textOf(last), /get_weather returned .*sunny, 21 degrees/);
    }
    assert.deepEqual(asked, ['Paris', 'Paris']);
  },
  'structured output': async ({ model }) => {
    const message = await client.messages.parse({
      ...LIMIT,
      model: model('json'),
      messages: [user('Describe a person.')],
      output_config: { format: zodOutputFormat(z.object({ name: z.string(), age: z.int() })) },
    });
    assert.equal(message.parsed_output?.name, 'Ada');
  },
  image: async ({ model }) => {
    const message = await client.messages.create({
      ...LIMIT,
      model: model('vision'),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is in this image?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: RED_PNG } },
          ],
        },
      ],
    });
    assert.match(textOf(message), SEEN);
  },
  'reasoning replay': async ({ model, upstream }) => {
    const options = { ...LIMIT, model: model('reasoner'), thinking: { type: 'enabled', budget_tokens: 2048 } } as const;
    const question = user('What is six times seven?');
    const first = await client.messages.stream({ ...options, messages: [question] }).finalMessage();
    const thinking = first.content.find((block) => block.type === 'thinking');
    assert.match(thinking?.thinking ?? '', /First I read the question/);
    const second = await client.messages.create({
      ...options,
      messages: [question, { role: 'assistant', content: first.content }, user('Again?')],
    });
    remembered(upstream, textOf(second));
  },
  error: async ({ model }) => {
    for (const stream of [false, true])
      await assert.rejects(
        async () => client.messages.create({ ...LIMIT, model: model('error-429'), messages: [user('Hi')], stream }),
        (error) =>
          error instanceof RateLimitError &&
          error.status === 429 &&
          error.type === 'rate_limit_error' &&
          /Too many requests/.test(error.message),
      );
  },
});

test('tokens are counted and models listed as Anthropic does it', async () => {
  const { input_tokens } = await client.messages.countTokens({
    model: 'sandbox/echo',
    messages: [user('One two three four')],
  });
  assert(input_tokens >= 4);
  const ids: string[] = [];
  for await (const model of client.models.list({ limit: 1000 })) {
    assert.equal(model.type, 'model');
    ids.push(model.id);
  }
  assert(ids.includes('over-gemini/echo'));
});
