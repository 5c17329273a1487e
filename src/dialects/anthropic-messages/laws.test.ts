import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../base/json.ts';
import { lawsForClient, lawsForPair, lawsForUpstream } from '../laws.ts';
import { EFFORTS, targetOf } from './fixtures/target.ts';
import { anthropicMessagesClient, anthropicMessagesUpstream } from './index.ts';

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name));
const json = (name: string): JsonObject => JSON.parse(fixture(name).toString());

lawsForUpstream(
  anthropicMessagesUpstream,
  ['thinking-tools', 'web-search'].map((name) => ({
    name,
    target: targetOf(),
    bytes: fixture(`${name}.sse`),
    twin: json(`${name}.json`),
  })),
);

const plain: JsonObject[] = [
  json('agent-call.json'),
  { model: 'author/model', max_tokens: 10, messages: [{ role: 'user', content: 'Hello' }] },
  {
    model: 'author/model',
    max_tokens: 4000,
    system: 'Be brief.',
    temperature: 0.3,
    top_p: 0.9,
    top_k: 40,
    service_tier: 'standard_only',
    inference_geo: 'eu',
    thinking: { type: 'disabled' },
    output_config: {
      format: { type: 'json_schema', schema: { type: 'object', properties: {}, additionalProperties: false } },
    },
    messages: [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'The answer' },
    ],
  },
  {
    model: 'author/model',
    max_tokens: 4000,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'document', source: { type: 'file', file_id: 'file_1' }, context: 'A plan' },
          { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'inner' }] } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
          { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
          {
            type: 'text',
            text: 'Found.',
            citations: [
              {
                type: 'web_search_result_location',
                url: 'https://a.example',
                title: 'A',
                cited_text: 'f',
                encrypted_index: 'eA',
              },
              { type: 'char_location', document_index: 0, start_char_index: 0, end_char_index: 2, cited_text: 'in' },
            ],
          },
        ],
      },
      { role: 'user', content: 'Thanks' },
    ],
    tools: [{ name: 'f', input_schema: { type: 'object', properties: {}, additionalProperties: false }, strict: true }],
    tool_choice: { type: 'tool', name: 'f' },
  },
];
const adaptive: JsonObject[] = [
  {
    model: 'author/model',
    max_tokens: 4000,
    messages: [{ role: 'user', content: 'Hello' }],
    thinking: { type: 'adaptive' },
    output_config: { effort: 'high', task_budget: { type: 'tokens', total: 5 } },
  },
  {
    model: 'author/model',
    max_tokens: 4000,
    messages: [{ role: 'user', content: 'Hello' }],
    output_config: { effort: 'low' },
  },
];

lawsForClient(anthropicMessagesClient, { bodies: [...plain, ...adaptive] });
lawsForPair(anthropicMessagesClient, anthropicMessagesUpstream, { bodies: plain, target: targetOf() });
lawsForPair(anthropicMessagesClient, anthropicMessagesUpstream, {
  bodies: adaptive,
  target: targetOf({ reasoning: EFFORTS }),
});
