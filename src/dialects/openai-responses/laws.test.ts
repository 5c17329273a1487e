import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../base/json.ts';
import { lawsForClient, lawsForPair, lawsForUpstream } from '../laws.ts';
import { sampleTarget } from '../samples.ts';
import { openaiResponsesClient } from './client/index.ts';
import { openaiResponsesUpstream } from './upstream/index.ts';

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'fixtures', name));
const json = (name: string): JsonObject => JSON.parse(fixture(name).toString());
const target = sampleTarget('openai-responses');

lawsForUpstream(
  openaiResponsesUpstream,
  ['tools', 'incomplete', 'refusal', 'one-index'].map((name) => ({
    name,
    target,
    bytes: fixture(`${name}.sse`),
    twin: json(`${name}.json`),
  })),
);

const bodies: JsonObject[] = [
  json('coding-agent.call.json'),
  {
    model: 'author/model',
    include: ['reasoning.encrypted_content'],
    input: 'Hello',
    max_output_tokens: 100,
    temperature: 0.5,
    top_p: 0.9,
    reasoning: { effort: 'low', summary: 'auto', context: 'all_turns' },
    text: {
      format: {
        type: 'json_schema',
        name: 'answer',
        schema: { type: 'object' },
        strict: true,
        description: 'An answer',
      },
      verbosity: 'low',
    },
    truncation: 'auto',
    safety_identifier: 'abc',
    store: false,
  },
  {
    model: 'author/model',
    include: ['reasoning.encrypted_content'],
    input: [
      {
        role: 'user',
        content: [{ type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' }],
      },
      { role: 'user', content: [{ type: 'input_file', file_url: 'https://example.test/a.pdf' }] },
      { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } }] },
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      { role: 'user', content: 'Please' },
    ],
    tools: [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: true }],
    tool_choice: { type: 'function', name: 'f' },
  },
];

lawsForClient(openaiResponsesClient, { bodies });
lawsForPair(openaiResponsesClient, openaiResponsesUpstream, { bodies, target });
