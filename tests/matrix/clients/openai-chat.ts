import type { Json, JsonObject } from '../../../src/base/json.ts';
import { openaiChatClient } from '../../../src/dialects/openai-chat/index.ts';
import { foldStream } from '../../recordings-fold.ts';
import { type Client, request } from '../client.ts';
import { DOCUMENT, dataUrl, FILM, mediumOf, PICTURE, SOUND } from '../media.ts';
import { CALLS, LOOSE_SCHEMA, type QuestionName, SCHEMA, TOOLS } from '../questions.ts';
import type { Told, ToldBill, ToldUsage } from '../told.ts';

const tools = TOOLS.map((tool) => ({ type: 'function', function: tool }));
const user = (content: Json): JsonObject => ({ role: 'user', content });
const look = (text: string, part: JsonObject): JsonObject => ({ messages: [user([{ type: 'text', text }, part])] });
const hello = { messages: [user('Hello')] };
const schema = (schema: JsonObject): JsonObject => ({
  response_format: { type: 'json_schema', json_schema: { name: 'place', strict: true, schema } },
});
const image = (url: string): JsonObject => ({ type: 'image_url', image_url: { url } });
const marked = (text: string, ttl?: string): JsonObject[] => [
  { type: 'text', text, cache_control: { type: 'ephemeral', ...(ttl && { ttl }) } },
];
const called = ({ id, name, arguments: input }: (typeof CALLS)[number]): JsonObject => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(input) },
});

const ASKS: { readonly [question in QuestionName]: JsonObject } = {
  text: { messages: [user('Grüße, 🌍')], max_tokens: 500, temperature: 0.5 },
  'system prompt': { messages: [{ role: 'system', content: 'Be brief.' }, user('Hello')] },
  conversation: { messages: [user('One?'), { role: 'assistant', content: 'Two.' }, user('Three?')] },
  prefill: { messages: [user('Count.'), { role: 'assistant', content: 'One, two,' }] },
  'speaker names': { messages: [{ ...user('Hello'), name: 'Ann' }] },
  tools: { ...hello, tools },
  'strict tools': { ...hello, tools: TOOLS.map((tool) => ({ type: 'function', function: { ...tool, strict: true } })) },
  'no tool': { ...hello, tools, tool_choice: 'none' },
  'allowed tools': {
    ...hello,
    tools,
    tool_choice: {
      type: 'allowed_tools',
      allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'weather' } }] },
    },
  },
  "a vendor's own tool": { ...hello, tools: [{ type: 'web_search_preview' }] },
  'required tool': { ...hello, tools, tool_choice: 'required' },
  'named tool': { ...hello, tools, tool_choice: { type: 'function', function: { name: 'weather' } } },
  'one call at a time': { ...hello, tools, parallel_tool_calls: false },
  'tool results': { ...results(), tools },
  'tool result with an image': {
    messages: [
      user('Draw.'),
      { role: 'assistant', content: null, tool_calls: [called(CALLS[0])] },
      {
        role: 'tool',
        tool_call_id: CALLS[0].id,
        content: [{ type: 'text', text: 'A map' }, image(dataUrl(PICTURE))],
      },
    ],
    tools,
  },
  'legacy functions': { ...hello, functions: [TOOLS[0]], function_call: { name: 'weather' } },
  'legacy function results': {
    messages: [
      user('Weather?'),
      {
        role: 'assistant',
        content: null,
        function_call: { name: 'weather', arguments: JSON.stringify(CALLS[0].arguments) },
      },
      { role: 'function', name: 'weather', content: CALLS[0].result },
    ],
    functions: [TOOLS[0]],
  },
  reasoning: { ...hello, max_tokens: 4000, tools, reasoning: { effort: 'medium' } },
  'much reasoning': { ...hello, max_tokens: 4000, reasoning_effort: 'high' },
  'hidden reasoning': { ...hello, max_tokens: 4000, reasoning: { effort: 'medium', exclude: true } },
  'reasoning budget': { ...hello, max_tokens: 4000, reasoning: { max_tokens: 2000 } },
  'no reasoning': { ...hello, reasoning: { enabled: false } },
  JSON: { ...hello, response_format: { type: 'json_object' } },
  'JSON schema': { ...hello, ...schema(SCHEMA) },
  'JSON schema, emulated': { ...hello, ...schema(SCHEMA) },
  'JSON schema, loosely written': { ...hello, ...schema(LOOSE_SCHEMA) },
  'image by URL': look('Look', image(PICTURE.url)),
  'image as data': look('Look', image(dataUrl(PICTURE))),
  'PDF by URL': look('Read', { type: 'file', file: { filename: 'a.pdf', file_data: DOCUMENT.url } }),
  'PDF as data': look('Read', { type: 'file', file: { filename: 'a.pdf', file_data: dataUrl(DOCUMENT) } }),
  'audio as data': look('Listen', { type: 'input_audio', input_audio: { data: SOUND.data, format: 'wav' } }),
  'video by URL': look('Watch', { type: 'video_url', video_url: { url: FILM.url } }),
  'video as data': look('Watch', { type: 'video_url', video_url: { url: dataUrl(FILM) } }),
  'image wanted': { ...hello, modalities: ['image', 'text'], image_config: { aspect_ratio: '1:1' } },
  'audio wanted': { ...hello, modalities: ['audio', 'text'], audio: { voice: 'alloy', format: 'pcm16' } },
  'sampling: top_p': { ...hello, top_p: 0.9 },
  'sampling: top_k': { ...hello, top_k: 40 },
  'sampling: seed': { ...hello, seed: 7 },
  'sampling: penalties': { ...hello, frequency_penalty: 0.5, presence_penalty: 0.25 },
  'sampling: logit bias': { ...hello, logit_bias: { '50256': -100 } },
  'stop sequences': { ...hello, stop: ['three'] },
  'six stop sequences': { ...hello, stop: ['1', '2', '3', '4', '5', '6'] },
  'two choices': { ...hello, n: 2 },
  'log probabilities': { ...hello, logprobs: true, top_logprobs: 2 },
  prediction: { ...hello, prediction: { type: 'content', content: 'Grüße' } },
  verbosity: { ...hello, verbosity: 'low' },
  'service tier': { ...hello, service_tier: 'priority' },
  'cache breakpoint': { messages: [user(marked('Long.')), user('Hello')] },
  'cache breakpoints everywhere': {
    messages: [
      { role: 'system', content: marked('Be brief.', '1h') },
      user('Weather?'),
      { role: 'assistant', content: null, tool_calls: [called(CALLS[0])] },
      { role: 'tool', tool_call_id: CALLS[0].id, content: marked('Rain') },
    ],
    tools: [{ ...tools[0], cache_control: { type: 'ephemeral', ttl: '1h' } }],
  },
  'automatic cache breakpoint': { ...hello, cache_control: { type: 'ephemeral' } },
};

function results(): JsonObject {
  return {
    messages: [
      user('Weather?'),
      { role: 'assistant', content: null, tool_calls: CALLS.map(called) },
      ...CALLS.map(({ id, result }) => ({ role: 'tool', tool_call_id: id, content: result })),
    ],
  };
}

type Message = {
  content: string | null;
  refusal: string | null;
  reasoning: string | null;
  tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  annotations?: { url_citation?: { url: string; title?: string }; file?: { name: string } }[];
  images?: { image_url: { url: string } }[];
  audio?: { data: string | null; transcript?: string } | null;
};
export type Body = {
  choices?: {
    message: Message;
    finish_reason: string;
    logprobs?: { content?: { logprob: number }[] | null } | null;
  }[];
  usage?: {
    prompt_tokens: number;
    completion_tokens: number;
    prompt_tokens_details: { cached_tokens: number; cache_write_tokens: number; audio_tokens: number };
    completion_tokens_details: {
      reasoning_tokens: number;
      audio_tokens: number;
      image_tokens: number;
      accepted_prediction_tokens?: number;
      rejected_prediction_tokens?: number;
    };
  } & Billed;
  service_tier?: string;
  error?: { message: string; metadata: { class: string } };
};

export type Billed = {
  cost?: number;
  is_byok?: boolean;
  cost_details?: { [name: string]: number | null };
};

/** The money fields, which every dialect but one names alike. */
export function billOf({ cost, is_byok = false, cost_details = {} }: Billed): { readonly bill?: ToldBill } {
  if (cost === undefined) return {};
  const { upstream_inference_cost: upstream = null, ...details } = cost_details;
  const prompt = details.upstream_inference_prompt_cost ?? details.upstream_inference_input_cost ?? 0;
  const completion = details.upstream_inference_completions_cost ?? details.upstream_inference_output_cost ?? 0;
  return { bill: { cost, is_byok, upstream, prompt, completion } };
}

export const usageOf = (usage: Body['usage']): ToldUsage | null =>
  usage
    ? {
        prompt: usage.prompt_tokens,
        completion: usage.completion_tokens,
        cacheRead: usage.prompt_tokens_details.cached_tokens,
        cacheWrite: usage.prompt_tokens_details.cache_write_tokens,
        reasoning: usage.completion_tokens_details.reasoning_tokens,
        audioIn: usage.prompt_tokens_details.audio_tokens,
        audioOut: usage.completion_tokens_details.audio_tokens,
        imageOut: usage.completion_tokens_details.image_tokens,
        accepted: usage.completion_tokens_details.accepted_prediction_tokens ?? 0,
        rejected: usage.completion_tokens_details.rejected_prediction_tokens ?? 0,
        ...billOf(usage),
      }
    : null;

export const errorOf = (error: Body['error']) =>
  error ? { message: error.message, kind: error.metadata.class } : null;

function tell(json: Json): Told {
  const body = json as Body;
  return {
    choices: (body.choices ?? []).map(({ message, finish_reason, logprobs }) => ({
      text: message.content ?? '',
      refusal: message.refusal ?? '',
      reasoning: message.reasoning ?? '',
      tools: (message.tool_calls ?? []).map((call) => ({ id: call.id, ...call.function })),
      finish: finish_reason,
      stopSequence: null,
      citations: (message.annotations ?? []).flatMap(({ url_citation: told }) =>
        told ? `${told.title} ${told.url}` : [],
      ),
      documents: (message.annotations ?? []).flatMap(({ file }) => file?.name ?? []),
      images: (message.images ?? []).map(({ image_url }) => mediumOf(image_url.url)),
      audio: message.audio ? mediumOf(message.audio.data ?? '') : '',
      transcript: message.audio?.transcript ?? '',
      vendorItems: 0,
      logprobs: (logprobs?.content ?? []).map(({ logprob }) => logprob),
    })),
    usage: usageOf(body.usage),
    error: errorOf(body.error),
    turn: (body.choices?.[0]?.message ?? null) as Json,
    tier: body.service_tier ?? null,
  };
}

function replay(turns: readonly Json[]): JsonObject {
  const answered = turns.flatMap((turn) => [
    turn,
    ...((turn as Message).tool_calls ?? []).map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'Rain' })),
  ]);
  return {
    model: 'author/model',
    messages: [user('Weather?'), ...answered],
    tools,
    reasoning: { effort: 'medium' },
  };
}

export const chatClient: Client = {
  dialect: openaiChatClient,
  request: () => request(),
  ask: (question) => ({ model: 'author/model', ...ASKS[question] }),
  fold: (stream) => foldStream(stream) as unknown as Json,
  tell,
  replay,
  cannot: {},
  refusalIsText: false,
};
