/** The AI SDK does the same whatever provider package is below it. */
import assert from 'node:assert/strict';
import {
  APICallError,
  generateText,
  isStepCount,
  type LanguageModel,
  type ModelMessage,
  Output,
  streamText,
  tool,
} from 'ai';
import { z } from 'zod';
import { type Capability, type Proof, RED_PNG, remembered, SEEN } from './prove.ts';

const QUESTION = { role: 'user', content: 'What is six times seven?' } as const;

type ProviderOptions = NonNullable<Parameters<typeof generateText>[0]['providerOptions']>;

/** What must be said in the words of the format below: that thoughts are wanted, that its own structured output is. */
type Wording = { readonly thinking?: ProviderOptions; readonly output?: ProviderOptions };

export const aiSdkProofs = (
  chat: (id: string) => LanguageModel,
  { thinking = {}, output: native = {} }: Wording = {},
): { readonly [C in Capability]: Proof } => ({
  text: async ({ model }) => {
    const { text, finishReason, usage } = await generateText({ model: chat(model('echo')), prompt: 'Hello there' });
    assert.equal(text, 'Hello there');
    assert.equal(finishReason, 'stop');
    assert((usage.outputTokens ?? 0) > 0);
  },
  stream: async ({ model }) => {
    const result = streamText({ model: chat(model('echo')), prompt: 'One two three' });
    let text = '';
    for await (const piece of result.textStream) text += piece;
    assert.equal(text, 'One two three');
    assert(((await result.usage).outputTokens ?? 0) > 0);
  },
  tools: async ({ model }) => {
    const asked: string[] = [];
    const options = {
      model: chat(model('tools')),
      prompt: 'What is the weather in Paris?',
      stopWhen: isStepCount(3),
      tools: {
        get_weather: tool({
          description: 'The weather in a city.',
          inputSchema: z.object({ city: z.string() }),
          execute: ({ city }) => {
            asked.push(city);
            return 'sunny, 21 degrees';
          },
        }),
      },
    };
    const told = /get_weather returned .*sunny, 21 degrees/;
    assert.match((await generateText(options)).text, told);
    assert.match(await streamText(options).text, told);
    assert.deepEqual(asked, ['Paris', 'Paris']);
  },
  'structured output': async ({ model }) => {
    const { output } = await generateText({
      model: chat(model('json')),
      prompt: 'Describe a person.',
      providerOptions: native,
      output: Output.object({ schema: z.object({ name: z.string(), age: z.int() }) }),
    });
    assert.equal(output.name, 'Ada');
  },
  image: async ({ model }) => {
    const { text } = await generateText({
      model: chat(model('vision')),
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is in this image?' },
            { type: 'file', mediaType: 'image/png', data: RED_PNG },
          ],
        },
      ],
    });
    assert.match(text, SEEN);
  },
  'reasoning replay': async ({ model, upstream }) => {
    const options = { model: chat(model('reasoner')), providerOptions: thinking };
    const first = streamText({ ...options, messages: [QUESTION] });
    assert.match((await first.reasoningText) ?? '', /First I read the question/);
    const { messages } = await first.response;
    const again: ModelMessage[] = [QUESTION, ...messages, { role: 'user', content: 'Again?' }];
    const second = await generateText({ ...options, messages: again });
    remembered(upstream, second.text);
  },
  error: async ({ model }) => {
    const options = { model: chat(model('error-429')), prompt: 'Hi', maxRetries: 0 };
    const isRateLimit = (error: unknown): boolean =>
      APICallError.isInstance(error) && error.statusCode === 429 && /Too many requests/.test(error.message);
    await assert.rejects(generateText(options), isRateLimit);
    let seen: unknown;
    for await (const part of streamText({ ...options, onError: () => {} }).fullStream)
      if (part.type === 'error') seen = part.error;
    assert(isRateLimit(seen), String(seen));
  },
});
