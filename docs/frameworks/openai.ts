import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: `${process.env.SWITCHWRIGHT_BASE_URL ?? 'http://127.0.0.1:8787'}/api/v1`,
  apiKey: process.env.SWITCHWRIGHT_API_KEY,
  defaultHeaders: { 'HTTP-Referer': 'https://example.com', 'X-Title': 'Example' },
});

const stream = await client.chat.completions.create({
  model: process.env.MODEL ?? 'openai/gpt-4.1-mini',
  messages: [{ role: 'user', content: 'Say hello in one word.' }],
  stream: true,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');
