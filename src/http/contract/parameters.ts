import type { FieldGroup } from './field.ts';

export const LIMITS_AND_STREAM: FieldGroup = {
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
      example: ['END'],
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
      meaning:
        'include_usage puts the usage into a last chunk of its own; without it, it stands in the chunk that ends the answer.',
      example: { include_usage: true },
    },
    {
      name: 'n',
      type: 'integer',
      range: '1 – 128',
      otherwise: '1',
      meaning: 'How many answers to draw. Few providers draw more than one.',
      example: 2,
    },
    {
      name: 'debug',
      type: 'object',
      meaning:
        'With echo_upstream_body: true a stream begins with one chunk for each provider that was asked: no choices, and debug.echo_upstream_body, the body it was sent; in /responses they are response.debug events. Credentials and all but the beginning of long texts are left out. Losses are listed at the end.',
      example: { echo_upstream_body: true },
    },
    {
      name: 'switchwright',
      type: 'object',
      meaning:
        'What only this gateway can be asked. on_cut: continue has a streamed answer that breaks off after its first words gone on with by the next endpoint, or by the same one once more, each exchange charged; fail tells the error. on_refusal: stop ends a call that a provider refuses for its content, next goes on to the caller’s next model. hedge (p50, p75, p90, p99; off) asks a second endpoint of the plan where the first one has sent no word of a streamed answer for longer than so many of a hundred of its answers took; whoever writes first answers, and the one that is given up is charged by an estimate, which the receipt tells. An unknown member is refused; X-Switchwright-On-Cut, X-Switchwright-On-Refusal and X-Switchwright-Hedge say the same.',
      example: { on_cut: 'continue' },
    },
    {
      name: 'service_tier',
      type: 'string',
      range: 'auto, default, flex, priority, fast, scale',
      meaning:
        'How urgent the request is: priority (or fast) goes to priority endpoints first, flex to nothing dearer where the model has flex endpoints. Elsewhere it is the provider’s to take. The answer tells the tier that served, and that is billed.',
      example: 'flex',
    },
  ],
};

export const SAMPLING: FieldGroup = {
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

export const TOOLS: FieldGroup = {
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

export const REASONING: FieldGroup = {
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
