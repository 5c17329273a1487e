import Anthropic from '@anthropic-ai/sdk';

// An Anthropic client appends /v1/messages itself, so its base URL ends with /api.
const client = new Anthropic({
  baseURL: `${process.env.SWITCHWRIGHT_BASE_URL ?? 'http://127.0.0.1:8787'}/api`,
  authToken: process.env.SWITCHWRIGHT_API_KEY ?? '',
  apiKey: null,
});

const message = await client.messages.create({
  model: process.env.MODEL ?? 'openai/gpt-4.1-mini',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'Say hello in one word.' }],
});
for (const block of message.content) if (block.type === 'text') console.log(block.text);
