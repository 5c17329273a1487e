import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenRouter } from '@openrouter/sdk';
import type { ChatRequest, ChatResult } from '@openrouter/sdk/models';
import { TooManyRequestsResponseError } from '@openrouter/sdk/models/errors';
import { API_KEY, MANAGEMENT_KEY } from '../gateway-process.ts';
import { gatewayForClients, proveClient, RED_PNG_URL, remembered, SEEN } from './prove.ts';

const gateway = await gatewayForClients();
const options = { serverURL: gateway.base, retryConfig: { strategy: 'none' } } as const;
const client = new OpenRouter({ ...options, apiKey: API_KEY });
const manager = new OpenRouter({ ...options, apiKey: MANAGEMENT_KEY });
const user = (content: string) => ({ role: 'user', content }) as const;

/** This client checks every field of an answer against the published contract. */
async function ask(chatRequest: ChatRequest): Promise<ChatResult> {
  const result = await client.chat.send({ chatRequest: { ...chatRequest, stream: false } });
  assert('choices' in result);
  return result;
}

proveClient('@openrouter/sdk', {
  text: async ({ model }) => {
    const { choices, usage } = await ask({ model: model('echo'), messages: [user('Hello there')] });
    assert.equal(choices[0]?.message.content, 'Hello there');
    assert.equal(choices[0]?.finishReason, 'stop');
    assert(usage && usage.completionTokens > 0);
  },
  stream: async ({ model }) => {
    const stream = await client.chat.send({
      chatRequest: { model: model('echo'), messages: [user('One two three')], stream: true },
    });
    assert(!('choices' in stream));
    let text = '';
    let tokens = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      tokens += chunk.usage?.completionTokens ?? 0;
    }
    assert.equal(text, 'One two three');
    assert(tokens > 0);
  },
  tools: async ({ model }) => {
    const request: ChatRequest = {
      model: model('tools'),
      messages: [user('What is the weather in Paris?')],
      tools: [
        {
          type: 'function',
          function: {
            name: 'get_weather',
            parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
          },
        },
      ],
    };
    const message = (await ask(request)).choices[0]?.message;
    const call = message?.toolCalls?.[0];
    assert(message && call);
    assert.deepEqual(JSON.parse(call.function.arguments), { city: 'Paris' });
    const result = { role: 'tool', toolCallId: call.id, content: 'sunny, 21 degrees' } as const;
    const second = await ask({ ...request, messages: [...request.messages, message, result] });
    assert.match(String(second.choices[0]?.message.content), /get_weather returned .*sunny, 21 degrees/);
  },
  'structured output': async ({ model }) => {
    const { choices } = await ask({
      model: model('json'),
      messages: [user('Describe a person.')],
      responseFormat: {
        type: 'json_schema',
        jsonSchema: {
          name: 'person',
          strict: true,
          schema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
        },
      },
    });
    assert.deepEqual(JSON.parse(String(choices[0]?.message.content)), { name: 'Ada' });
  },
  image: async ({ model }) => {
    const { choices } = await ask({
      model: model('vision'),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is in this image?' },
            { type: 'image_url', imageUrl: { url: RED_PNG_URL } },
          ],
        },
      ],
    });
    assert.match(String(choices[0]?.message.content), SEEN);
  },
  'reasoning replay': async ({ model, upstream }) => {
    const question = user('What is six times seven?');
    const request = { model: model('reasoner'), reasoning: { effort: 'high' as const } };
    const message = (await ask({ ...request, messages: [question] })).choices[0]?.message;
    assert(message);
    assert.match(message.reasoning ?? '', /First I read the question/);
    const second = await ask({ ...request, messages: [question, message, user('Again?')] });
    remembered(upstream, String(second.choices[0]?.message.content));
  },
  error: async ({ model }) => {
    await assert.rejects(
      ask({ model: model('error-429'), messages: [user('Hi')] }),
      (error) =>
        error instanceof TooManyRequestsResponseError &&
        error.statusCode === 429 &&
        /Too many requests/.test(error.error.message),
    );
  },
});

test('models, their count, one model and its endpoints are what the contract says', async () => {
  const listed: string[] = [];
  for await (const page of await client.models.list()) for (const { id } of page.result.data) listed.push(id);
  assert(listed.includes('openai/gpt-4.1-mini'));
  assert.equal((await client.models.count()).data.count, listed.length);
  const one = await client.models.get({ author: 'openai', slug: 'gpt-4.1-mini' });
  assert.equal(one.data.id, 'openai/gpt-4.1-mini');
  const { data } = await client.endpoints.list({ author: 'openai', slug: 'gpt-4.1-mini' });
  assert(data.endpoints.length > 0);
  assert((await client.providers.list()).data.length > 0);
});

test('a key tells about itself, the account about its credits, and a generation about its call', async () => {
  const { data: key } = await client.apiKeys.getCurrentKeyMetadata();
  assert.equal(key.limit, null);
  const { id } = await ask({ model: 'over-gemini/echo', messages: [user('Hello there')] });
  const { data: generation } = await client.generations.getGeneration({ id });
  assert.equal(generation.model, 'over-gemini/echo');
  assert(generation.totalCost > 0);
  const { data: credits } = await manager.credits.getCredits();
  assert(credits.totalUsage > 0);
  assert(credits.totalCredits >= credits.totalUsage, 'nobody owes what is paid later');
});

test('keys are made, found, changed and deleted', async () => {
  const made = await manager.apiKeys.create({ requestBody: { name: 'A program', limit: 5 } });
  assert.match(made.key, /^sk-sw-v1-/);
  const { hash } = made.data;
  assert((await manager.apiKeys.list()).data.some((key) => key.hash === hash));
  const changed = await manager.apiKeys.update({ hash, requestBody: { disabled: true } });
  assert.equal(changed.data.disabled, true);
  assert.equal((await manager.apiKeys.get({ hash })).data.name, 'A program');
  assert.equal((await manager.apiKeys.delete({ hash })).deleted, true);
});

test('embeddings', async () => {
  const result = await client.embeddings.generate({
    requestBody: { model: 'sandbox/embed', input: ['one', 'two'], encodingFormat: 'float' },
  });
  assert(typeof result === 'object' && result.data.length === 2);
});

test('the Responses API', async () => {
  const response = await client.responses.send({
    responsesRequest: { model: 'over-anthropic-messages/echo', input: 'Hello there', stream: false },
  });
  assert('output' in response);
  assert.match(JSON.stringify(response.output), /Hello there/);
});
