import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../base/json.ts';
import { lawsForClient, lawsForPair, lawsForUpstream } from '../laws.ts';
import { sampleTarget } from '../samples.ts';
import { ollamaChatClient, ollamaGenerateClient } from './client/index.ts';
import { ollamaUpstream } from './index.ts';

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name));
const target = sampleTarget('ollama');

lawsForUpstream(
  ollamaUpstream,
  ['tools'].map((name) => ({
    name,
    target,
    bytes: fixture(`${name}.ndjson`),
    twin: JSON.parse(fixture(`${name}.json`).toString()),
  })),
);

const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const WEATHER: JsonObject = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'Tells the weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const CHATS: readonly JsonObject[] = [
  { model: 'author/model', messages: [{ role: 'user', content: 'Hello' }] },
  {
    model: 'author/model:latest',
    stream: false,
    keep_alive: '5m',
    think: 'high',
    truncate: true,
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Where does it rain?', images: [PICTURE] },
      {
        role: 'assistant',
        content: 'I ask.',
        thinking: 'Two places.',
        tool_calls: [
          { function: { name: 'weather', arguments: { city: 'Köln' } } },
          { id: 'call_b', function: { index: 1, name: 'weather', arguments: { city: 'Bonn' } } },
        ],
      },
      { role: 'tool', tool_name: 'weather', content: 'Rain' },
      { role: 'tool', tool_name: 'weather', tool_call_id: 'call_b', content: 'Sun', images: [PICTURE] },
    ],
    tools: [WEATHER],
    format: { type: 'object', properties: { city: { type: 'string' } } },
    options: {
      temperature: 0.2,
      top_k: 20,
      min_p: 0.05,
      repeat_penalty: 1.1,
      num_predict: 99,
      stop: ['\n\n'],
      num_ctx: 8192,
    },
    logprobs: true,
    top_logprobs: 2,
  },
];
const QUESTIONS: readonly JsonObject[] = [
  { model: 'author/model', prompt: 'Why?', system: 'Be brief.', images: [PICTURE], format: 'json', think: true },
  { model: 'author/model', prompt: 'def f(', suffix: 'return x', options: { seed: 1 }, raw: false, context: [] },
  { model: 'author/model', prompt: '[INST] Why? [/INST]', raw: true, stream: false },
];

lawsForClient(ollamaChatClient, { bodies: CHATS });
lawsForClient(ollamaGenerateClient, { bodies: QUESTIONS });
lawsForPair(ollamaChatClient, ollamaUpstream, {
  bodies: CHATS,
  target: sampleTarget('ollama', { endpoint: { upstreamId: 'gpt-oss:20b' } }),
});
