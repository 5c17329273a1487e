import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../base/json.ts';
import { lawsForClient, lawsForPair, lawsForUpstream } from '../laws.ts';
import { sampleTarget } from '../samples.ts';
import { cohereChatClient } from './client/index.ts';
import { cohereChatUpstream } from './index.ts';

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name));

lawsForUpstream(
  cohereChatUpstream,
  ['tools', 'citations'].map((name) => ({
    name,
    target: sampleTarget('cohere-chat'),
    bytes: fixture(`${name}.sse`),
    twin: JSON.parse(fixture(`${name}.json`).toString()),
  })),
);

const CHATS: readonly JsonObject[] = [
  { model: 'author/model', messages: [{ role: 'user', content: 'Hello' }] },
  {
    model: 'author/model',
    stream: true,
    messages: [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Where does it rain?' },
          { type: 'image_url', image_url: { url: 'https://pictures.test/map.png', detail: 'low' } },
        ],
      },
      {
        role: 'assistant',
        tool_plan: 'Two places.',
        tool_calls: [
          { id: 'call_a', type: 'function', function: { name: 'weather', arguments: '{"city":"Köln"}' } },
          { id: 'call_b', type: 'function', function: { name: 'weather', arguments: '{"city":"Bonn"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_a', content: 'Rain' },
      { role: 'tool', tool_call_id: 'call_b', content: [{ type: 'document', document: { data: { sky: 'clear' } } }] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'So.' },
          { type: 'text', text: 'In Köln.' },
        ],
      },
      { role: 'user', content: 'Why?' },
    ],
    documents: [{ id: 'one', data: { title: 'Rain', snippet: 'It falls.' } }, 'Clouds are water.'],
    tools: [
      {
        type: 'function',
        function: {
          name: 'weather',
          description: 'Tells the weather',
          parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
        },
      },
    ],
    strict_tools: true,
    tool_choice: 'REQUIRED',
    max_tokens: 99,
    stop_sequences: ['END'],
    temperature: 0.2,
    p: 0.9,
    k: 20,
    seed: 7,
    frequency_penalty: 0.5,
    logprobs: true,
    thinking: { type: 'enabled', token_budget: 500 },
    citation_options: { mode: 'FAST' },
    safety_mode: 'STRICT',
    priority: 3,
  },
  {
    model: 'author/model',
    messages: [{ role: 'user', content: 'Name one.' }],
    response_format: { type: 'json_object', json_schema: { type: 'object', properties: { name: { type: 'string' } } } },
    thinking: { type: 'disabled' },
  },
];
lawsForClient(cohereChatClient, { bodies: CHATS });
lawsForPair(cohereChatClient, cohereChatUpstream, {
  bodies: CHATS,
  target: sampleTarget('cohere-chat'),
});
