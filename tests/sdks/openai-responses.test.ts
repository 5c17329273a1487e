import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI, { RateLimitError } from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import type { ResponseInput, ResponseInputItem } from 'openai/resources/responses/responses';
import { z } from 'zod';
import { API_KEY } from '../gateway-process.ts';
import { gatewayForClients, proveClient, RED_PNG_URL, remembered, SEEN } from './prove.ts';

const gateway = await gatewayForClients();
const client = new OpenAI({ baseURL: gateway.base, apiKey: API_KEY, maxRetries: 0 });
const user = (content: string) => ({ role: 'user', content }) as const;

proveClient('openai, Responses', {
  text: async ({ model }) => {
    const response = await client.responses.create({ model: model('echo'), input: 'Hello there' });
    assert.equal(response.output_text, 'Hello there');
    assert.equal(response.status, 'completed');
    assert(response.usage && response.usage.output_tokens > 0);
  },
  stream: async ({ model }) => {
    const stream = client.responses.stream({ model: model('echo'), input: 'One two three' });
    let text = '';
    for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta;
    assert.equal(text, 'One two three');
    assert.equal((await stream.finalResponse()).output_text, 'One two three');
  },
  tools: async ({ model }) => {
    const input: ResponseInput = [user('What is the weather in Paris?')];
    const tools = [
      {
        type: 'function',
        name: 'get_weather',
        strict: true,
        parameters: {
          type: 'object',
          properties: { city: { type: 'string' } },
          required: ['city'],
          additionalProperties: false,
        },
      },
    ] as const;
    const first = await client.responses.create({ model: model('tools'), input, tools: [...tools] });
    const call = first.output.find((item) => item.type === 'function_call');
    assert(call);
    assert.deepEqual(JSON.parse(call.arguments), { city: 'Paris' });
    input.push(...(first.output as ResponseInputItem[]), {
      type: 'function_call_output',
      call_id: call.call_id,
      output: 'sunny, 21 degrees',
    });
    const second = await client.responses.stream({ model: model('tools'), input, tools: [...tools] }).finalResponse();
    assert.match(second.output_text, /get_weather returned .*sunny, 21 degrees/);
  },
  'structured output': async ({ model }) => {
    const response = await client.responses.parse({
      model: model('json'),
      input: 'Describe a person.',
      text: { format: zodTextFormat(z.object({ name: z.string(), age: z.int().min(1).max(99) }), 'person') },
    });
    assert.equal(response.output_parsed?.name, 'Ada');
  },
  image: async ({ model }) => {
    const response = await client.responses.create({
      model: model('vision'),
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is in this image?' },
            { type: 'input_image', image_url: RED_PNG_URL, detail: 'auto' },
          ],
        },
      ],
    });
    assert.match(response.output_text, SEEN);
  },
  'reasoning replay': async ({ model, upstream }) => {
    const options = {
      model: model('reasoner'),
      store: false,
      include: ['reasoning.encrypted_content'],
      reasoning: { effort: 'high', summary: 'auto' },
    } as const;
    const question = user('What is six times seven?');
    const first = await client.responses.create({ ...options, include: [...options.include], input: [question] });
    assert(first.output.some(({ type }) => type === 'reasoning'));
    const input = [question, ...(first.output as ResponseInputItem[]), user('Again?')];
    const second = await client.responses.create({ ...options, include: [...options.include], input });
    remembered(upstream, second.output_text);
  },
  error: async ({ model }) => {
    for (const stream of [false, true])
      await assert.rejects(
        async () => client.responses.create({ model: model('error-429'), input: 'Hi', stream }),
        (error) => error instanceof RateLimitError && error.status === 429 && /Too many requests/.test(error.message),
      );
  },
});

test('a model that does not exist is a 400 with its name', async () => {
  await assert.rejects(
    client.responses.create({ model: 'nobody/nothing', input: 'Hi' }),
    /^Error: 400 nobody\/nothing/,
  );
});

test('a stream shows what the provider was sent, if it is asked to, and only then', async () => {
  const ask = { model: 'over-openai-chat/echo', input: 'Hello there', stream: true } as const;
  const debugged = { ...ask, debug: { echo_upstream_body: true } };
  for (const body of [ask, debugged]) {
    const types: string[] = [];
    const numbers: number[] = [];
    let echo: unknown;
    for await (const event of await client.responses.create(body)) {
      types.push(event.type);
      numbers.push(event.sequence_number);
      if ((event.type as string) === 'response.debug') echo = event;
    }
    assert.deepEqual(numbers, [...numbers.keys()]);
    assert.equal(types.indexOf('response.debug'), body === ask ? -1 : 2);
    if (body === ask) continue;
    const { debug } = echo as { debug: { echo_upstream_body: { messages: unknown; stream: boolean } } };
    assert.deepEqual(debug.echo_upstream_body.messages, [{ role: 'user', content: 'Hello there' }]);
    assert.equal(debug.echo_upstream_body.stream, true);
  }
});
