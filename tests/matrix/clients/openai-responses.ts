import type { Json, JsonObject } from '../../../src/base/json.ts';
import { openaiResponsesClient } from '../../../src/dialects/openai-responses/client/index.ts';
import { type Client, request } from '../client.ts';
import { DOCUMENT, dataUrl, FILM, mediumOf, PICTURE, SOUND } from '../media.ts';
import { CALLS, LOOSE_SCHEMA, type QuestionName, SCHEMA, TOOLS } from '../questions.ts';
import type { Told, ToldChoice } from '../told.ts';
import { billOf } from './openai-chat.ts';
import { foldResponses, type Item, type ResponseBody } from './openai-responses-fold.ts';

const tools = TOOLS.map((tool) => ({ type: 'function', ...tool }));
const user = (text: string): JsonObject => ({ role: 'user', content: text });
const look = (text: string, part: JsonObject): JsonObject => ({
  input: [{ role: 'user', content: [{ type: 'input_text', text }, part] }],
});
const hello = { input: 'Hello' };
const schema = (schema: JsonObject): JsonObject => ({
  text: { format: { type: 'json_schema', name: 'place', strict: true, schema } },
});
const image = (image_url: string): JsonObject => ({ type: 'input_image', image_url, detail: 'auto' });
const called = ({ id, name, arguments: input }: (typeof CALLS)[number]): JsonObject => ({
  type: 'function_call',
  call_id: id,
  name,
  arguments: JSON.stringify(input),
});
const marked = (text: string, ttl?: string): JsonObject[] => [
  { type: 'input_text', text, cache_control: { type: 'ephemeral', ...(ttl && { ttl }) } },
];

const ASKS: { readonly [question in QuestionName]?: JsonObject } = {
  text: { input: 'Grüße, 🌍', max_output_tokens: 500, temperature: 0.5 },
  'system prompt': { ...hello, instructions: 'Be brief.' },
  conversation: { input: [user('One?'), { role: 'assistant', content: 'Two.' }, user('Three?')] },
  prefill: { input: [user('Count.'), { role: 'assistant', content: 'One, two,' }] },
  tools: { ...hello, tools },
  'strict tools': { ...hello, tools: tools.map((tool) => ({ ...tool, strict: true })) },
  'no tool': { ...hello, tools, tool_choice: 'none' },
  'allowed tools': {
    ...hello,
    tools,
    tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'weather' }] },
  },
  "a vendor's own tool": { ...hello, tools: [{ type: 'web_search' }] },
  'required tool': { ...hello, tools, tool_choice: 'required' },
  'named tool': { ...hello, tools, tool_choice: { type: 'function', name: 'weather' } },
  'one call at a time': { ...hello, tools, parallel_tool_calls: false },
  'tool results': {
    input: [
      user('Weather?'),
      ...CALLS.map(called),
      ...CALLS.map(({ id, result }) => ({ type: 'function_call_output', call_id: id, output: result })),
    ],
    tools,
  },
  'tool result with an image': {
    input: [
      user('Draw.'),
      called(CALLS[0]),
      {
        type: 'function_call_output',
        call_id: CALLS[0].id,
        output: [{ type: 'input_text', text: 'A map' }, image(dataUrl(PICTURE))],
      },
    ],
    tools,
  },
  reasoning: { ...hello, max_output_tokens: 4000, tools, reasoning: { effort: 'medium', summary: 'auto' } },
  'much reasoning': { ...hello, max_output_tokens: 4000, reasoning: { effort: 'high' } },
  'hidden reasoning': { ...hello, max_output_tokens: 4000, reasoning: { effort: 'medium', exclude: true } },
  'reasoning budget': { ...hello, max_output_tokens: 4000, reasoning: { max_tokens: 2000 } },
  'no reasoning': { ...hello, reasoning: { effort: 'none' } },
  JSON: { ...hello, text: { format: { type: 'json_object' } } },
  'JSON schema': { ...hello, ...schema(SCHEMA) },
  'JSON schema, emulated': { ...hello, ...schema(SCHEMA) },
  'JSON schema, loosely written': { ...hello, ...schema(LOOSE_SCHEMA) },
  'image by URL': look('Look', image(PICTURE.url)),
  'image as data': look('Look', image(dataUrl(PICTURE))),
  'PDF by URL': look('Read', { type: 'input_file', file_url: DOCUMENT.url }),
  'PDF as data': look('Read', { type: 'input_file', filename: 'a.pdf', file_data: dataUrl(DOCUMENT) }),
  'audio as data': look('Listen', { type: 'input_audio', input_audio: { data: SOUND.data, format: 'wav' } }),
  'video by URL': look('Watch', { type: 'input_video', video_url: FILM.url }),
  'video as data': look('Watch', { type: 'input_video', video_url: dataUrl(FILM) }),
  'image wanted': { ...hello, modalities: ['image', 'text'] },
  'sampling: top_p': { ...hello, top_p: 0.9 },
  'sampling: top_k': { ...hello, top_k: 40 },
  'sampling: seed': { ...hello, seed: 7 },
  'sampling: penalties': { ...hello, frequency_penalty: 0.5, presence_penalty: 0.25 },
  'sampling: logit bias': { ...hello, logit_bias: { '50256': -100 } },
  'stop sequences': { ...hello, stop: ['three'] },
  'six stop sequences': { ...hello, stop: ['1', '2', '3', '4', '5', '6'] },
  verbosity: { ...hello, text: { verbosity: 'low' } },
  'service tier': { ...hello, service_tier: 'priority' },
  'cache breakpoint': { input: [{ role: 'user', content: marked('Long.') }, user('Hello')] },
  'automatic cache breakpoint': { ...hello, cache_control: { type: 'ephemeral' } },
  'log probabilities': { ...hello, top_logprobs: 2, include: ['message.output_text.logprobs'] },
};

function tell(json: Json): Told {
  const body = json as unknown as ResponseBody;
  const { usage, output = [] } = body;
  const failure = body.error;
  return {
    choices: output.length > 0 || !failure ? [choiceOf(body, output)] : [],
    usage: usage
      ? {
          prompt: usage.input_tokens,
          completion: usage.output_tokens,
          cacheRead: usage.input_tokens_details.cached_tokens,
          cacheWrite: usage.input_tokens_details.cache_write_tokens,
          reasoning: usage.output_tokens_details.reasoning_tokens,
          ...billOf(usage),
        }
      : null,
    error: failure
      ? { message: failure.message, kind: body.metadata?.class ?? failure.metadata?.class ?? String(failure.code) }
      : null,
    turn: output as unknown as Json,
    tier: body.service_tier,
  };
}

function choiceOf(body: ResponseBody, output: readonly Item[]): ToldChoice {
  const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []));
  const texts = parts.filter((part) => part.type === 'output_text');
  const thoughts = output.filter((item) => item.type === 'reasoning');
  const calls = output.filter((item) => item.type === 'function_call');
  return {
    text: texts.map((part) => part.text).join(''),
    refusal: parts.map((part) => (part.type === 'refusal' ? part.refusal : '')).join(''),
    reasoning: thoughts
      .flatMap(({ summary, content = [] }) => [...summary, ...content].map(({ text }) => text))
      .join(''),
    tools: calls.map((item) => ({ id: item.call_id, name: item.name, arguments: item.arguments })),
    finish: finishOf(body, calls.length > 0),
    stopSequence: null,
    citations: texts.flatMap((part) => part.annotations.flatMap(({ title, url }) => (url ? `${title} ${url}` : []))),
    documents: texts.flatMap((part) => part.annotations.flatMap(({ filename }) => filename ?? [])),
    images: output.flatMap((item) => (item.type === 'image_generation_call' ? mediumOf(item.result ?? '') : [])),
    audio: '',
    transcript: '',
    vendorItems: output.filter(({ type }) => type === 'web_search_call').length,
    logprobs: texts.flatMap((part) => (part.logprobs ?? []).map(({ logprob }) => logprob)),
  };
}

function finishOf({ status, incomplete_details }: ResponseBody, hasCalls: boolean): string {
  if (status === 'failed') return 'error';
  if (incomplete_details) return incomplete_details.reason === 'max_output_tokens' ? 'length' : 'content_filter';
  return hasCalls ? 'tool_calls' : 'stop';
}

function replay(turns: readonly Json[]): JsonObject {
  const answered = (turns as unknown as readonly Item[][]).flatMap((items) => [
    ...(items as unknown as Json[]),
    ...items.flatMap((item) =>
      item.type === 'function_call' ? { type: 'function_call_output', call_id: item.call_id, output: 'Rain' } : [],
    ),
  ]);
  return {
    model: 'author/model',
    input: [user('Weather?'), ...answered],
    tools,
    reasoning: { effort: 'medium' },
  };
}

export const responsesClient: Client = {
  dialect: openaiResponsesClient,
  request: () => request(),
  ask: (question) => ASKS[question] && { model: 'author/model', ...ASKS[question] },
  fold: foldResponses,
  tell,
  replay,
  cannot: {
    'two-choices': 'the Responses API has one answer',
    'predicted-tokens': 'the Responses API has no predictions',
    audio: 'the Responses API answers without audio',
  },
  refusalIsText: false,
};
