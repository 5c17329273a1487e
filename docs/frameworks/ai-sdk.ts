import { createOpenRouter } from '@openrouter/ai-sdk-provider';
import { generateText } from 'ai';

const gateway = createOpenRouter({
  baseURL: `${process.env.SWITCHWRIGHT_BASE_URL ?? 'http://127.0.0.1:8787'}/api/v1`,
  apiKey: process.env.SWITCHWRIGHT_API_KEY ?? '',
});

const { text } = await generateText({
  model: gateway(process.env.MODEL ?? 'openai/gpt-4.1-mini'),
  prompt: 'Say hello in one word.',
});
console.log(text);
