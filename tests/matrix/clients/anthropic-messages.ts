import type { Json, JsonObject } from '../../../src/base/json.ts';
import { anthropicMessagesClient } from '../../../src/dialects/anthropic-messages/index.ts';
import { type Client, request } from '../client.ts';
import { DOCUMENT, type Medium, mediumOf, PICTURE } from '../media.ts';
import { CALLS, LOOSE_SCHEMA, type QuestionName, SCHEMA, TOOLS } from '../questions.ts';
import type { Told, ToldChoice } from '../told.ts';
import { type Block, foldMessage, type MessageBody } from './anthropic-messages-fold.ts';
import { billOf } from './openai-chat.ts';

const tools = TOOLS.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters }));
const user = (content: Json): JsonObject => ({ role: 'user', content });
const look = (text: string, part: JsonObject): JsonObject => ({ messages: [user([{ type: 'text', text }, part])] });
const hello = { messages: [user('Hello')] };
const inline = ({ mediaType, data }: Medium): JsonObject => ({ type: 'base64', media_type: mediaType, data });
const at = ({ url }: Medium): JsonObject => ({ type: 'url', url });
const called = ({ id, name, arguments: input }: (typeof CALLS)[number]): JsonObject => ({
  type: 'tool_use',
  id,
  name,
  input,
});
const mark = (ttl?: string): JsonObject => ({ cache_control: { type: 'ephemeral', ...(ttl && { ttl }) } });
const schema = (schema: JsonObject): JsonObject => ({ output_config: { format: { type: 'json_schema', schema } } });

const ASKS: { readonly [question in QuestionName]?: JsonObject } = {
  text: { messages: [user('Grüße, 🌍')], max_tokens: 500, temperature: 0.5 },
  'system prompt': { ...hello, system: 'Be brief.' },
  conversation: { messages: [user('One?'), { role: 'assistant', content: 'Two.' }, user('Three?')] },
  prefill: { messages: [user('Count.'), { role: 'assistant', content: 'One, two,' }] },
  tools: { ...hello, tools },
  'strict tools': { ...hello, tools: tools.map((tool) => ({ ...tool, strict: true })) },
  'no tool': { ...hello, tools, tool_choice: { type: 'none' } },
  "a vendor's own tool": { ...hello, tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
  'required tool': { ...hello, tools, tool_choice: { type: 'any' } },
  'named tool': { ...hello, tools, tool_choice: { type: 'tool', name: 'weather' } },
  'one call at a time': { ...hello, tools, tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
  'tool results': {
    messages: [
      user('Weather?'),
      {
        role: 'assistant',
        content: CALLS.map(called),
      },
      user(CALLS.map(({ id, result }) => ({ type: 'tool_result', tool_use_id: id, content: result }))),
    ],
    tools,
  },
  'tool result with an image': {
    messages: [
      user('Draw.'),
      { role: 'assistant', content: [called(CALLS[0])] },
      user([
        {
          type: 'tool_result',
          tool_use_id: CALLS[0].id,
          content: [
            { type: 'text', text: 'A map' },
            { type: 'image', source: inline(PICTURE) },
          ],
        },
      ]),
    ],
    tools,
  },
  reasoning: { ...hello, tools, thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } },
  'much reasoning': { ...hello, thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
  'hidden reasoning': { ...hello, thinking: { type: 'enabled', budget_tokens: 2000, display: 'omitted' } },
  'reasoning budget': { ...hello, thinking: { type: 'enabled', budget_tokens: 2000 } },
  'no reasoning': { ...hello, thinking: { type: 'disabled' } },
  'JSON schema': { ...hello, ...schema(SCHEMA) },
  'JSON schema, emulated': { ...hello, ...schema(SCHEMA) },
  'JSON schema, loosely written': { ...hello, ...schema(LOOSE_SCHEMA) },
  'image by URL': look('Look', { type: 'image', source: at(PICTURE) }),
  'image as data': look('Look', { type: 'image', source: inline(PICTURE) }),
  'PDF by URL': look('Read', { type: 'document', source: at(DOCUMENT) }),
  'PDF as data': look('Read', { type: 'document', source: inline(DOCUMENT) }),
  'sampling: top_p': { ...hello, top_p: 0.9 },
  'sampling: top_k': { ...hello, top_k: 40 },
  'stop sequences': { ...hello, stop_sequences: ['three'] },
  'six stop sequences': { ...hello, stop_sequences: ['1', '2', '3', '4', '5', '6'] },
  verbosity: { ...hello, output_config: { effort: 'low' } },
  'service tier': { ...hello, service_tier: 'priority' },
  'cache breakpoint': { messages: [user([{ type: 'text', text: 'Long.', ...mark() }]), user('Hello')] },
  'cache breakpoints everywhere': {
    system: [{ type: 'text', text: 'Be brief.', ...mark('1h') }],
    messages: [
      user('Weather?'),
      { role: 'assistant', content: [called(CALLS[0])] },
      user([{ type: 'tool_result', tool_use_id: CALLS[0].id, content: 'Rain', ...mark() }]),
    ],
    tools: [{ ...tools[0], ...mark('1h') }],
  },
  'automatic cache breakpoint': { ...hello, ...mark() },
};

const FINISHES: { readonly [reason: string]: string } = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

function tell(json: Json): Told {
  const body = json as unknown as MessageBody;
  const { usage, error } = body;
  const caches = (usage?.cache_read_input_tokens ?? 0) + (usage?.cache_creation_input_tokens ?? 0);
  return {
    choices: body.content ? [choiceOf(body)] : [],
    usage: usage
      ? {
          prompt: usage.input_tokens + caches,
          completion: usage.output_tokens,
          cacheRead: usage.cache_read_input_tokens,
          cacheWrite: usage.cache_creation_input_tokens,
          reasoning: usage.output_tokens_details?.thinking_tokens ?? null,
          ...billOf(usage),
        }
      : null,
    error: error ? { message: error.message, kind: error.metadata?.class ?? error.type } : null,
    turn: (body.content ?? []) as unknown as Json,
    tier: usage?.service_tier ?? null,
  };
}

function choiceOf(body: MessageBody): ToldChoice {
  const blocks = body.content ?? [];
  const of = <Type extends Block['type']>(type: Type) =>
    blocks.filter((block): block is Extract<Block, { type: Type }> => block.type === type);
  return {
    text: of('text')
      .map(({ text }) => text)
      .join(''),
    refusal: '',
    reasoning: of('thinking')
      .map(({ thinking }) => thinking)
      .join(''),
    tools: of('tool_use').map(({ id, name, input }) => ({ id, name, arguments: JSON.stringify(input) })),
    finish: FINISHES[body.stop_reason ?? ''] ?? body.stop_reason ?? '',
    stopSequence: body.stop_sequence ?? null,
    citations: of('text').flatMap(({ citations }) =>
      (citations ?? []).flatMap(({ title, url }) => (url ? `${title} ${url}` : [])),
    ),
    documents: of('text').flatMap(({ citations }) =>
      (citations ?? []).flatMap(({ document_title }) => document_title ?? []),
    ),
    images: of('image').map(({ source }) => mediumOf(source.data ?? source.url ?? '')),
    audio: '',
    transcript: '',
    vendorItems: of('server_tool_use').length + of('web_search_tool_result').length,
    logprobs: [],
  };
}

function replay(turns: readonly Json[]): JsonObject {
  const answered = turns.flatMap((turn) => {
    const results = (turn as unknown as Block[]).flatMap((block) =>
      block.type === 'tool_use' ? { type: 'tool_result', tool_use_id: block.id, content: 'Rain' } : [],
    );
    return [{ role: 'assistant', content: turn }, user(results)];
  });
  return {
    model: 'author/model',
    max_tokens: 4000,
    thinking: { type: 'enabled', budget_tokens: 2000 },
    messages: [user('Weather?'), ...answered],
    tools,
  };
}

export const messagesClient: Client = {
  dialect: anthropicMessagesClient,
  hidesThoughts: true,
  request: () => request(),
  ask: (question) => ASKS[question] && { model: 'author/model', max_tokens: 4000, ...ASKS[question] },
  fold: foldMessage,
  tell,
  replay,
  cannot: {
    'two-choices': 'a message has one answer',
    logprobs: 'a message has no log probabilities',
    'predicted-tokens': 'a message counts no predictions',
    audio: 'a message has no audio: its transcript is the text',
  },
  refusalIsText: true,
  tellsStop: true,
};
