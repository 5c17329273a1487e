import assert from 'node:assert/strict';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { ChatOpenRouter } from '@langchain/openrouter';
import { z } from 'zod';
import { API_KEY } from '../gateway-process.ts';
import { gatewayForClients, type Proofs, proveClient, RED_PNG_URL, SEEN } from './prove.ts';

const gateway = await gatewayForClients();
type Chat = ChatOpenAI | ChatOpenRouter;
const WEATHER = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather in a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
} as const;

const tokensOf = (message: object): number => {
  const { usage_metadata } = message as { usage_metadata?: { output_tokens: number } };
  return usage_metadata?.output_tokens ?? 0;
};

const proofs = (chat: (model: string) => Chat, method: 'jsonSchema' | 'functionCalling'): Proofs => ({
  text: async ({ model }) => {
    const answer = await chat(model('echo')).invoke('Hello there');
    assert.equal(answer.text, 'Hello there');
    assert(tokensOf(answer) > 0);
  },
  stream: async ({ model }) => {
    let text = '';
    let tokens = 0;
    for await (const chunk of await chat(model('echo')).stream('One two three')) {
      text += chunk.text;
      tokens += tokensOf(chunk);
    }
    assert.equal(text, 'One two three');
    assert(tokens > 0);
  },
  tools: async ({ model }) => {
    const bound = chat(model('tools')).bindTools([WEATHER]);
    const question = new HumanMessage('What is the weather in Paris?');
    const first = await bound.invoke([question]);
    const [call] = first.tool_calls ?? [];
    assert.equal(call?.name, 'get_weather');
    assert.deepEqual(call?.args, { city: 'Paris' });
    const result = new ToolMessage({ tool_call_id: call?.id ?? '', content: 'sunny, 21 degrees' });
    const second = await bound.invoke([question, first, result]);
    assert.match(second.text, /get_weather returned .*sunny, 21 degrees/);
  },
  'structured output': async ({ model }) => {
    const schema = z.object({ name: z.string(), age: z.int() });
    const card = method === 'jsonSchema' ? 'json' : 'tools';
    const structured = chat(model(card)).withStructuredOutput(schema, { name: 'person', method });
    const person = await structured.invoke('Describe a person.');
    assert.equal(person.name, 'Ada');
  },
  image: async ({ model }) => {
    const message = new HumanMessage({
      content: [
        { type: 'text', text: 'What is in this image?' },
        { type: 'image_url', image_url: { url: RED_PNG_URL } },
      ],
    });
    assert.match((await chat(model('vision')).invoke([message])).text, SEEN);
  },
  'reasoning replay': { cannot: 'keeps reasoning in additional_kwargs and does not send it back' },
  error: async ({ model }) => {
    await assert.rejects(chat(model('error-429')).invoke('Hi'), (error: Error & { status?: number }) =>
      /Too many requests/.test(error.message),
    );
  },
});

// Its table of models says which have JSON schemas; for those it does not know it wants another method.
const openrouter = (model: string): Chat =>
  new ChatOpenRouter({ model, baseURL: gateway.base, apiKey: API_KEY, maxRetries: 0 });
proveClient('@langchain/openrouter', proofs(openrouter, 'functionCalling'));

const openai = (model: string): Chat =>
  new ChatOpenAI({ model, apiKey: API_KEY, configuration: { baseURL: gateway.base }, maxRetries: 0 });
proveClient('@langchain/openai', proofs(openai, 'jsonSchema'));
