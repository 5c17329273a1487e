import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json, JsonObject } from '../../base/json.ts';
import { lawsForClient, lawsForPair, lawsForUpstream, type StreamFixture } from '../laws.ts';
import { sampleTarget } from '../samples.ts';
import { openaiChatClient, openaiChatUpstream } from './index.ts';

const folder = join(import.meta.dirname, 'fixtures');
const files = readdirSync(folder);
const target = sampleTarget('openai-chat', {
  dialect: { quirks: ['reasoning-details', 'reasoning-object', 'cache-control', 'developer-role', 'custom-tools'] },
});

const fixtures: StreamFixture[] = files
  .filter((file) => file.endsWith('.sse'))
  .map((file) => {
    const twin = file.replace('.sse', '.json');
    return {
      name: file,
      target,
      bytes: readFileSync(join(folder, file)),
      ...(files.includes(twin) && { twin: JSON.parse(readFileSync(join(folder, twin), 'utf8')) as Json }),
    };
  });

const bodies: readonly JsonObject[] = [
  { model: 'a/b', messages: [{ role: 'user', content: 'Hello' }] },
  {
    model: 'a/b',
    stream: true,
    messages: [
      {
        role: 'system',
        content: [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      },
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        name: 'ann',
        content: [
          { type: 'text', text: 'Look' },
          { type: 'image_url', image_url: { url: 'https://a.test/i.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
          { type: 'file', file: { file_id: 'file_1' } },
          { type: 'video_url', video_url: { url: 'https://a.test/v.mp4' } },
        ],
      },
      {
        role: 'assistant',
        content: 'I call.',
        reasoning_details: [
          { type: 'reasoning.text', text: 'Hm', signature: 'c2ln', format: 'anthropic-claude-v1', index: 0 },
          { type: 'reasoning.encrypted', data: 'b3A=', id: 'call_1', format: 'google-gemini-v1', index: 1 },
        ],
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
          { id: 'call_2', type: 'custom', custom: { name: 'run', input: 'say "hi"\n' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '3' },
      { role: 'tool', tool_call_id: 'call_2', content: 'hi' },
      { role: 'assistant', content: null, refusal: 'No.', prefix: true },
    ],
    tools: [
      {
        type: 'function',
        function: { name: 'add', description: 'Adds', strict: true, parameters: { type: 'object', properties: {} } },
        cache_control: { type: 'ephemeral' },
      },
      {
        type: 'custom',
        custom: { name: 'run', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } } },
      },
    ],
    tool_choice: { type: 'function', function: { name: 'add' } },
    parallel_tool_calls: false,
    response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema: { type: 'object' } } },
    temperature: 0.5,
    top_p: 0.9,
    top_k: 40,
    min_p: 0.1,
    logit_bias: { '50256': -100 },
    logprobs: true,
    top_logprobs: 3,
    seed: 7,
    n: 2,
    max_tokens: 100,
    stop: ['a', 'b'],
    reasoning: { effort: 'high', summary: 'auto' },
    verbosity: 'low',
    modalities: ['text', 'audio'],
    audio: { voice: 'alloy', format: 'pcm16' },
    prediction: { type: 'content', content: 'x' },
    prompt_cache_key: 'k',
    service_tier: 'flex',
    web_search_options: { search_context_size: 'low' },
    safe_prompt: true,
  },
];

const gatewayBody: JsonObject = {
  model: 'a/b',
  models: ['c/d'],
  messages: [{ role: 'user', content: 'Hi' }],
  provider: { order: ['x'], max_price: { prompt: 1, completion: '2.5' }, sort: { by: 'price', partition: 'none' } },
  plugins: [{ id: 'web' }],
  functions: [{ name: 'f', parameters: {} }],
  function_call: { name: 'f' },
  include_reasoning: false,
  session_id: 's',
  metadata: { a: 'b' },
  stop: 'x',
};

lawsForUpstream(openaiChatUpstream, fixtures);
lawsForClient(openaiChatClient, { bodies: [...bodies, gatewayBody] });
lawsForPair(openaiChatClient, openaiChatUpstream, { bodies, target });
