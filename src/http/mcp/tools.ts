import { z } from 'zod';
import { isObject, type Json, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import { SORTS } from '../v1/models/query.ts';
import type { AskAnswer, AskCall } from './ask.ts';

/** What a tool answers with: an object for programs, which is also the text that a model reads. */
export type McpAnswer = { readonly isFailed?: true; readonly value: JsonObject; readonly text?: string };

/** One tool of the gateway's own MCP server. Their names are those of OpenRouter's, where it has one of the kind. */
export type McpTool<Input = unknown> = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: z.ZodType<Input>;
  /** Calling it changes nothing and costs nothing. */
  readonly isReading: boolean;
  readonly run: (input: Input, ask: (call: AskCall) => Promise<AskAnswer>) => Promise<McpAnswer>;
};
const tool = <Input>(made: McpTool<Input>): McpTool => made as McpTool;

const MODEL = z.string().min(1).max(200).describe('The model’s id, such as "openai/gpt-5".');
const MODELS_MAX = 50;
const DESCRIBED = 300;

const listModels = tool({
  name: 'list-models',
  title: 'Search the catalogue',
  description:
    'Searches the models that can be called here, and tells their ids, context lengths, modalities and prices in USD per token.',
  isReading: true,
  input: z.object({
    query: z.string().max(200).optional().describe('Words of a name, an id or a description.'),
    sort: z.enum(SORTS).optional(),
    input_modalities: z.string().max(100).optional().describe('Comma-separated, such as "image,file".'),
    output_modalities: z.string().max(100).optional().describe('Comma-separated; "text" unless said.'),
    supported_parameters: z.string().max(200).optional().describe('Comma-separated, such as "tools,reasoning".'),
    min_context: z.int().min(0).optional().describe('Tokens.'),
    max_price: z.number().min(0).optional().describe('USD per million prompt tokens.'),
    limit: z.int().min(1).max(MODELS_MAX).default(10),
  }),
  run: async ({ query, min_context, max_price, limit, ...rest }, ask) => {
    const answer = await ask({
      method: 'GET',
      path: '/models/user',
      query: texts({ ...rest, q: query, context: min_context, max_price, limit }),
    });
    const { data, total_count } = answer.json;
    if (answer.status >= 400) return failed(answer);
    return { value: { total: total_count ?? null, models: objects(data).map(inShort) } };
  },
});

const inShort = ({ id, name, description, context_length, architecture, pricing }: JsonObject): JsonObject => {
  const { input_modalities, output_modalities } = objectOf(architecture);
  return {
    id,
    name,
    description: stringOf(description).slice(0, DESCRIBED),
    context_length,
    input_modalities,
    output_modalities,
    pricing,
  };
};

const getModel = tool({
  name: 'get-model',
  title: 'Facts and prices of a model',
  description:
    'Tells everything that is known of one model: what it takes, what it can do, what it costs in USD per token.',
  isReading: true,
  input: z.object({ model: MODEL }),
  run: async ({ model }, ask) =>
    dataOf(await ask({ method: 'GET', path: '/model/:author/:slug', params: named(model) })),
});

const listEndpoints = tool({
  name: 'list-model-endpoints',
  title: 'Who serves a model',
  description:
    'Tells which providers serve a model here, each with its prices, limits, latency, throughput and uptime.',
  isReading: true,
  input: z.object({ model: MODEL }),
  run: async ({ model }, ask) =>
    dataOf(await ask({ method: 'GET', path: '/models/:author/:slug/endpoints', params: named(model) })),
});

const sendMessage = tool({
  name: 'send-message',
  title: 'Ask a model',
  description:
    'Sends a message to a model and returns its answer. This costs money, which is charged to the key of this connection; the answer tells how much, and the id of its receipt.',
  isReading: false,
  input: z.object({
    model: MODEL,
    message: z.string().min(1).describe('What to ask.'),
    system: z.string().optional().describe('Instructions for the model.'),
    earlier: z
      .array(z.object({ role: z.enum(['user', 'assistant']), content: z.string() }))
      .max(200)
      .optional()
      .describe('The conversation so far, oldest first.'),
    max_tokens: z.int().min(1).optional().describe('The most tokens that the answer may have.'),
    temperature: z.number().min(0).max(2).optional(),
    provider: z.record(z.string(), z.json()).optional().describe('Routing preferences, as the API takes them.'),
  }),
  run: async ({ message, system, earlier = [], ...rest }, ask) => {
    const messages = [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      ...earlier,
      { role: 'user', content: message },
    ];
    const { status, json, headers } = await ask({
      method: 'POST',
      path: '/chat/completions',
      body: { ...(rest as JsonObject), messages },
    });
    if (status >= 400) return failed({ status, json, headers });
    const [choice] = objects(json.choices);
    const said = objectOf(choice?.message);
    const text = stringOf(said.content) || stringOf(said.refusal);
    const usage = objectOf(json.usage);
    const value = {
      text,
      model: json.model,
      provider: json.provider,
      generation_id: json.id,
      finish_reason: choice?.finish_reason,
      prompt_tokens: usage.prompt_tokens,
      completion_tokens: usage.completion_tokens,
      cost_usd: usage.cost,
    };
    return { value, text };
  },
});

const getGeneration = tool({
  name: 'get-generation',
  title: 'The receipt of a call',
  description: 'Tells what one call of this key took, cost and where it went, by the id that its answer had.',
  isReading: true,
  input: z.object({ id: z.string().min(1).max(100).describe('Such as "gen-…".') }),
  run: async ({ id }, ask) => dataOf(await ask({ method: 'GET', path: '/generation', query: { id } })),
});

const getKey = tool({
  name: 'get-key',
  title: 'What this key has spent',
  description:
    'Tells what the key of this connection has spent today, this week, this month and in all, and its limits.',
  isReading: true,
  input: z.object({}),
  run: async (_, ask) => dataOf(await ask({ method: 'GET', path: '/key' })),
});

const getActivity = tool({
  name: 'get-activity',
  title: 'What the account used',
  description:
    'Tells requests, tokens and cost of the last 30 days by day, model and provider. It needs a management key.',
  isReading: true,
  input: z.object({ date: z.iso.date().optional().describe('One day of the last 30, UTC.') }),
  run: async ({ date }, ask) => {
    const answer = await ask({ method: 'GET', path: '/activity', query: texts({ date }) });
    return answer.status >= 400 ? failed(answer) : { value: { days: answer.json.data ?? [] } };
  },
});

export const MCP_TOOLS: readonly McpTool[] = [
  listModels,
  getModel,
  listEndpoints,
  sendMessage,
  getGeneration,
  getKey,
  getActivity,
];

const objects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

const texts = (values: { readonly [name: string]: string | number | undefined }): { [name: string]: string } =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );

/** `openai/gpt-5` → the two parts of its path. */
function named(model: string): { readonly author: string; readonly slug: string } {
  const at = model.indexOf('/');
  return at < 0 ? { author: model, slug: '-' } : { author: model.slice(0, at), slug: model.slice(at + 1) };
}

const dataOf = (answer: AskAnswer): McpAnswer =>
  answer.status >= 400 ? failed(answer) : { value: objectOf(answer.json.data) };

/** In the words of the API. */
function failed({ status, json, headers }: AskAnswer): McpAnswer {
  const { message, metadata } = objectOf(json.error);
  const text = stringOf(message) || `The gateway answered ${status}.`;
  const after = headers['retry-after'];
  const value = {
    error: text,
    status,
    ...(metadata !== undefined && { metadata }),
    ...(typeof after === 'string' && { retry_after_seconds: Number(after) }),
  };
  return { isFailed: true, value, text };
}
