/**
 * The chat request, field by field: the one table that the docs are rendered from and that a test holds against the
 * decoder. What OpenRouter and OpenAI accept, in our words.
 */
export type RequestField = {
  readonly name: string;
  readonly type: string;
  /** What values it takes; empty where the type says it all. */
  readonly range?: string;
  /** What happens without it. */
  readonly otherwise?: string;
  readonly meaning: string;
  readonly example?: unknown;
};

export type FieldGroup = {
  readonly id: string;
  readonly title: string;
  readonly intro: string;
  readonly fields: readonly RequestField[];
};

const MODEL: FieldGroup = {
  id: 'model-choice',
  title: 'Which model',
  intro: 'One model, and others to fall back to.',
  fields: [
    {
      name: 'model',
      type: 'string',
      otherwise: 'the default model of this instance',
      meaning:
        'The model to ask: author/slug, a bare name that is unique, or with a variant such as :nitro, :floor or :free.',
      example: 'openai/gpt-4.1-mini',
    },
    {
      name: 'models',
      type: 'string[]',
      meaning:
        'Further models, tried in this order when every endpoint of the one before failed. The answer names the one that spoke.',
      example: ['openai/gpt-4.1-mini', 'anthropic/claude-haiku-4.5'],
    },
    {
      name: 'provider',
      type: 'object',
      meaning:
        'Which providers may serve the request and in which order; its members are listed below. An unknown member is refused.',
      example: { order: ['openai', 'azure'], allow_fallbacks: false },
    },
    {
      name: 'plugins',
      type: 'object[]',
      meaning: 'Steps of the gateway around the call, each named by its id.',
      example: [{ id: 'response-healing' }],
    },
    {
      name: 'preset',
      type: 'string',
      meaning: 'A stored set of fields; what the request says itself wins.',
      example: 'support',
    },
    {
      name: 'route',
      type: 'string',
      range: 'fallback, sort',
      meaning: 'Accepted for old clients; changes nothing.',
      example: 'fallback',
    },
  ],
};

const CONVERSATION: FieldGroup = {
  id: 'conversation',
  title: 'Conversation',
  intro: 'What was said so far.',
  fields: [
    {
      name: 'messages',
      type: 'object[]',
      range: 'at least one',
      meaning:
        'Messages with the roles system, developer, user, assistant and tool. Content is a string or a list of parts (text, image_url, input_audio, file, video_url). A last message of the assistant is continued.',
      example: [{ role: 'user', content: 'Hello' }],
    },
    {
      name: 'prompt',
      type: 'string',
      meaning: 'In place of messages: text to be completed.',
      example: 'Once upon a time',
    },
    {
      name: 'modalities',
      type: 'string[]',
      range: 'text, image, audio',
      otherwise: 'text',
      meaning: 'What the answer may consist of.',
      example: ['text', 'audio'],
    },
    {
      name: 'audio',
      type: 'object',
      meaning: 'Voice and format of spoken output.',
      example: { voice: 'alloy', format: 'wav' },
    },
    {
      name: 'image_config',
      type: 'object',
      meaning: 'Size and proportions of drawn output, in the model’s words.',
      example: { aspect_ratio: '16:9' },
    },
  ],
};

const LIMITS_AND_STREAM: FieldGroup = {
  id: 'length',
  title: 'Length and delivery',
  intro: 'How much comes back, and how.',
  fields: [
    {
      name: 'max_completion_tokens',
      type: 'integer',
      range: '≥ 1',
      otherwise: 'the model’s own limit',
      meaning:
        'Tokens after which the answer is cut off, reasoning included. Endpoints that allow fewer are not asked.',
      example: 1024,
    },
    {
      name: 'max_tokens',
      type: 'integer',
      range: '≥ 1',
      meaning: 'The older name of max_completion_tokens.',
      example: 1024,
    },
    {
      name: 'stop',
      type: 'string or string[]',
      range: 'OpenAI allows 4',
      meaning: 'Sequences before which the answer ends.',
      example: ['\n\n'],
    },
    {
      name: 'stream',
      type: 'boolean',
      otherwise: 'false',
      meaning: 'The answer comes piece by piece as server-sent events, ended by [DONE].',
      example: true,
    },
    {
      name: 'stream_options',
      type: 'object',
      meaning: 'Accepted for OpenAI clients. Usage is always sent in the last chunk.',
      example: { include_usage: true },
    },
    {
      name: 'usage',
      type: 'object',
      meaning: 'Accepted for old clients; usage and cost are always reported.',
      example: { include: true },
    },
    {
      name: 'service_tier',
      type: 'string',
      range: 'auto, default, flex, priority, fast, scale',
      meaning: 'How urgent the request is, for providers that price urgency.',
      example: 'flex',
    },
  ],
};

const SAMPLING: FieldGroup = {
  id: 'sampling',
  title: 'Sampling',
  intro:
    'How the next token is drawn. A field that is not sent is not sent on either: the provider’s own default holds, which is usually the one named here.',
  fields: [
    {
      name: 'temperature',
      type: 'number',
      range: '0 – 2',
      otherwise: '1',
      meaning: 'Low values stay with the likeliest words, high ones stray from them.',
      example: 0.7,
    },
    {
      name: 'top_p',
      type: 'number',
      range: '0 – 1',
      otherwise: '1',
      meaning: 'Draws only from the likeliest tokens whose probabilities add up to this.',
      example: 0.9,
    },
    {
      name: 'top_k',
      type: 'integer',
      range: '≥ 0',
      otherwise: '0, off',
      meaning: 'Draws only from this many of the likeliest tokens.',
      example: 40,
    },
    {
      name: 'min_p',
      type: 'number',
      range: '0 – 1',
      otherwise: '0',
      meaning: 'Leaves out tokens less likely than this share of the likeliest one.',
      example: 0.05,
    },
    {
      name: 'top_a',
      type: 'number',
      range: '0 – 1',
      otherwise: '0',
      meaning: 'Like min_p, with the likeliest probability squared.',
      example: 0.1,
    },
    {
      name: 'frequency_penalty',
      type: 'number',
      range: '−2 – 2',
      otherwise: '0',
      meaning: 'Makes a token less likely each time it has appeared.',
      example: 0.2,
    },
    {
      name: 'presence_penalty',
      type: 'number',
      range: '−2 – 2',
      otherwise: '0',
      meaning: 'Makes a token less likely once it has appeared at all.',
      example: 0.2,
    },
    {
      name: 'repetition_penalty',
      type: 'number',
      range: '0 – 2',
      otherwise: '1',
      meaning: 'Divides the likelihood of tokens from the whole input; 1 changes nothing.',
      example: 1.1,
    },
    {
      name: 'seed',
      type: 'integer',
      meaning: 'The same seed and request should give the same answer, as far as the provider can.',
      example: 42,
    },
    {
      name: 'logit_bias',
      type: 'object',
      range: 'token id → −100 – 100',
      meaning: 'Added to the likelihood of single tokens.',
      example: { '50256': -100 },
    },
    {
      name: 'logprobs',
      type: 'boolean',
      otherwise: 'false',
      meaning: 'Reports the log probability of every token of the answer.',
      example: true,
    },
    {
      name: 'top_logprobs',
      type: 'integer',
      range: '0 – 20',
      meaning: 'How many alternatives to report per token; needs logprobs.',
      example: 5,
    },
  ],
};

const TOOLS: FieldGroup = {
  id: 'tools-and-format',
  title: 'Tools and format',
  intro: 'Functions that the model may call, and the shape of its answer.',
  fields: [
    {
      name: 'tools',
      type: 'object[]',
      meaning:
        'Functions in OpenAI’s schema, converted for every other vendor. Send them with every request of the loop.',
      example: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }],
    },
    {
      name: 'tool_choice',
      type: 'string or object',
      range: 'none, auto, required, or one function',
      otherwise: 'auto',
      meaning: 'Whether a tool must be called, and which.',
      example: 'auto',
    },
    {
      name: 'parallel_tool_calls',
      type: 'boolean',
      otherwise: 'true',
      meaning: 'Whether one answer may call several tools.',
      example: false,
    },
    {
      name: 'response_format',
      type: 'object',
      range: 'text, json_object, json_schema',
      meaning:
        'JSON, or JSON that follows a schema. With provider.require_parameters only endpoints that enforce it are asked.',
      example: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: { type: 'object' } } },
    },
    {
      name: 'structured_outputs',
      type: 'boolean',
      meaning: 'Says that the schema of response_format must be enforced.',
      example: true,
    },
    {
      name: 'prediction',
      type: 'object',
      meaning: 'Text that the answer will largely repeat, to be faster.',
      example: { type: 'content', content: 'const a = 1;' },
    },
    {
      name: 'verbosity',
      type: 'string',
      range: 'low, medium, high',
      meaning: 'How long-winded the answer should be.',
      example: 'low',
    },
    {
      name: 'web_search_options',
      type: 'object',
      meaning: 'How much a model with a search of its own should read.',
      example: { search_context_size: 'low' },
    },
  ],
};

const REASONING: FieldGroup = {
  id: 'reasoning-and-cache',
  title: 'Reasoning and caching',
  intro: 'How hard the model thinks, and what is remembered of the prompt.',
  fields: [
    {
      name: 'reasoning',
      type: 'object',
      meaning:
        'effort (none to max) or max_tokens, converted to what the model understands; exclude hides the reasoning without saving it; enabled switches it on at medium effort.',
      example: { effort: 'high', exclude: false },
    },
    {
      name: 'reasoning_effort',
      type: 'string',
      range: 'none, minimal, low, medium, high, xhigh, max',
      meaning: 'Short for reasoning.effort.',
      example: 'low',
    },
    {
      name: 'include_reasoning',
      type: 'boolean',
      meaning: 'The older switch: false is reasoning.exclude.',
      example: true,
    },
    {
      name: 'cache_control',
      type: 'object',
      range: 'ttl 5m or 1h',
      meaning: 'Caches the prompt up to its end, with vendors that must be asked. On single parts it marks the place.',
      example: { type: 'ephemeral', ttl: '5m' },
    },
    {
      name: 'prompt_cache_key',
      type: 'string',
      meaning: 'Requests with the same key look in the same cache.',
      example: 'manual-v3',
    },
  ],
};

const ATTRIBUTION: FieldGroup = {
  id: 'attribution',
  title: 'For your records',
  intro: 'Kept in the receipt.',
  fields: [
    { name: 'user', type: 'string', meaning: 'Your own id of the person who asks.', example: 'user-123' },
    {
      name: 'session_id',
      type: 'string',
      range: '≤ 256 characters',
      meaning: 'Groups the requests of one conversation, and keeps them on one endpoint while its cache is warm.',
      example: 'chat-42',
    },
    {
      name: 'metadata',
      type: 'object',
      range: '≤ 16 pairs',
      meaning: 'Strings of your own.',
      example: { team: 'search' },
    },
  ],
};

export const PROVIDER_FIELDS: readonly RequestField[] = [
  {
    name: 'provider.order',
    type: 'string[]',
    meaning: 'Providers in this order, before all others.',
    example: ['openai', 'azure'],
  },
  { name: 'provider.only', type: 'string[]', meaning: 'No others than these.', example: ['openai'] },
  { name: 'provider.ignore', type: 'string[]', meaning: 'None of these.', example: ['azure'] },
  {
    name: 'provider.allow_fallbacks',
    type: 'boolean',
    otherwise: 'true',
    meaning: 'false: only the first choice, or those in order.',
    example: false,
  },
  {
    name: 'provider.require_parameters',
    type: 'boolean',
    otherwise: 'false',
    meaning: 'Only endpoints that take every field of the request.',
    example: true,
  },
  {
    name: 'provider.data_collection',
    type: 'string',
    range: 'allow, deny',
    otherwise: 'allow',
    meaning: 'deny: no endpoint that stores prompts or trains on them.',
    example: 'deny',
  },
  { name: 'provider.zdr', type: 'boolean', meaning: 'Only endpoints that keep nothing.', example: true },
  {
    name: 'provider.enforce_distillable_text',
    type: 'boolean',
    meaning: 'Only models whose author lets others learn from their output.',
    example: true,
  },
  {
    name: 'provider.quantizations',
    type: 'string[]',
    range: 'int4, int8, fp4, fp6, fp8, fp16, bf16, fp32, unknown …',
    meaning: 'Only endpoints of these precisions.',
    example: ['fp8', 'bf16'],
  },
  {
    name: 'provider.sort',
    type: 'string or object',
    range: 'price, throughput, latency, exacto',
    otherwise: 'cheap and healthy first, weighted',
    meaning: 'Strictly in this order, in place of the weighted draw.',
    example: 'throughput',
  },
  {
    name: 'provider.max_price',
    type: 'object',
    range: 'prompt and completion in $/M; request, image, audio',
    meaning: 'No endpoint that costs more.',
    example: { prompt: 1, completion: 2 },
  },
  {
    name: 'provider.preferred_min_throughput',
    type: 'number or object',
    range: 'tokens per second',
    meaning: 'Slower endpoints come last.',
    example: 50,
  },
  {
    name: 'provider.preferred_max_latency',
    type: 'number or object',
    range: 'seconds',
    meaning: 'Endpoints slower to begin come last.',
    example: 2,
  },
];

const PROVIDER: FieldGroup = {
  id: 'provider',
  title: 'Which providers',
  intro:
    'Members of the provider object. An unknown member gives 400, so that a misspelt restriction is never ignored.',
  fields: PROVIDER_FIELDS,
};

export const REQUEST_GROUPS: readonly FieldGroup[] = [
  CONVERSATION,
  MODEL,
  PROVIDER,
  LIMITS_AND_STREAM,
  SAMPLING,
  TOOLS,
  REASONING,
  ATTRIBUTION,
];

/** The groups that a model's `supported_parameters` may name. */
export const PARAMETER_GROUPS: readonly FieldGroup[] = [SAMPLING, LIMITS_AND_STREAM, TOOLS, REASONING];
