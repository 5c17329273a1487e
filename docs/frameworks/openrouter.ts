import { OpenRouter } from '@openrouter/sdk';

const client = new OpenRouter({
  serverURL: `${process.env.SWITCHWRIGHT_BASE_URL ?? 'http://127.0.0.1:8787'}/api/v1`,
  apiKey: process.env.SWITCHWRIGHT_API_KEY ?? '',
});

const result = await client.chat.send({
  chatRequest: {
    model: process.env.MODEL ?? 'openai/gpt-4.1-mini',
    messages: [{ role: 'user', content: 'Say hello in one word.' }],
    stream: false,
  },
});
if ('choices' in result) console.log(result.choices[0]?.message.content);
