import { ChatOpenRouter } from '@langchain/openrouter';

const chat = new ChatOpenRouter({
  model: process.env.MODEL ?? 'openai/gpt-4.1-mini',
  baseURL: `${process.env.SWITCHWRIGHT_BASE_URL ?? 'http://127.0.0.1:8787'}/api/v1`,
  apiKey: process.env.SWITCHWRIGHT_API_KEY ?? '',
});

const answer = await chat.invoke('Say hello in one word.');
console.log(answer.text);
