import type { Json, JsonObject } from '../../../src/base/json.ts';
import { anthropicMessagesClient } from '../../../src/dialects/anthropic-messages/index.ts';
import { type Client, request } from '../client.ts';
import { CALLS, DOCUMENT, PICTURE, PICTURE_URL, type QuestionName, SCHEMA, TOOLS } from '../questions.ts';
import type { Told, ToldChoice } from '../told.ts';
import { type Block, foldMessage, type MessageBody } from './anthropic-messages-fold.ts';

const tools = TOOLS.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters }));
const user = (content: Json): JsonObject => ({ role: 'user', content });
const look = (text: string, part: JsonObject): JsonObject => ({ messages: [user([{ type: 'text', text }, part])] });
const hello = { messages: [user('Hello')] };
const data = (media_type: string, text: string): JsonObject => ({ type: 'base64', media_type, data: text });

const ASKS: { readonly [question in QuestionName]?: JsonObject } = {
  text: { messages: [user('Grüße, 🌍')], max_tokens: 500, temperature: 0.5 },
  'system prompt': { ...hello, system: 'Be brief.' },
  conversation: { messages: [user('One?'), { role: 'assistant', content: 'Two.' }, user('Three?')] },
  tools: { ...hello, tools },
  'required tool': { ...hello, tools, tool_choice: { type: 'any' } },
  'named tool': { ...hello, tools, tool_choice: { type: 'tool', name: 'weather' } },
  'one call at a time': { ...hello, tools, tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
  'tool results': {
    messages: [
      user('Weather?'),
      {
        role: 'assistant',
        content: CALLS.map(({ id, name, arguments: input }) => ({ type: 'tool_use', id, name, input })),
      },
      user(CALLS.map(({ id, result }) => ({ type: 'tool_result', tool_use_id: id, content: result }))),
    ],
    tools,
  },
  reasoning: { ...hello, tools, thinking: { type: 'enabled', budget_tokens: 2000 } },
  'JSON schema': { ...hello, output_config: { format: { type: 'json_schema', schema: SCHEMA } } },
  'image by URL': look('Look', { type: 'image', source: { type: 'url', url: PICTURE_URL } }),
  'image as data': look('Look', { type: 'image', source: data('image/png', PICTURE) }),
  'PDF as data': look('Read', { type: 'document', source: data('application/pdf', DOCUMENT) }),
  'stop sequences': { ...hello, stop_sequences: ['three'] },
  'cache breakpoint': {
    messages: [user([{ type: 'text', text: 'Long.', cache_control: { type: 'ephemeral' } }]), user('Hello')],
  },
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
        }
      : null,
    error: error ? { message: error.message, kind: error.metadata?.class ?? error.type } : null,
    turn: (body.content ?? []) as unknown as Json,
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
    citations: of('text').flatMap(({ citations }) => (citations ?? []).flatMap(({ url }) => url ?? [])),
    logprobs: [],
  };
}

function replay(turn: Json): JsonObject {
  const answers = (turn as unknown as Block[]).flatMap((block) =>
    block.type === 'tool_use' ? { type: 'tool_result', tool_use_id: block.id, content: 'Rain' } : [],
  );
  return {
    model: 'author/model',
    max_tokens: 4000,
    thinking: { type: 'enabled', budget_tokens: 2000 },
    messages: [user('Weather?'), { role: 'assistant', content: turn }, user(answers)],
    tools,
  };
}

export const messagesClient: Client = {
  dialect: anthropicMessagesClient,
  request: () => request(),
  ask: (question) => ASKS[question] && { model: 'author/model', max_tokens: 4000, ...ASKS[question] },
  fold: foldMessage,
  tell,
  replay,
  cannot: {
    'two-choices': 'a message has one answer',
    logprobs: 'a message has no log probabilities',
  },
  refusalIsText: true,
  tellsStop: true,
};
