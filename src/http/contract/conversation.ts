import type { FieldGroup } from './field.ts';

export const CONVERSATION: FieldGroup = {
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

export const ATTRIBUTION: FieldGroup = {
  id: 'attribution',
  title: 'For your records',
  intro: 'Kept in the receipt.',
  fields: [
    { name: 'user', type: 'string', meaning: 'Your own id of the person who asks.', example: 'user-123' },
    {
      name: 'session_id',
      type: 'string',
      range: '≤ 256 characters',
      meaning: 'Groups the requests of one conversation in your records. Also taken from the header X-Session-Id.',
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

/** What old or other clients send: read and checked, so that a mistake is told, and then left alone. */
export const WITHOUT_EFFECT: FieldGroup = {
  id: 'without-effect',
  title: 'Accepted without effect',
  intro: 'Clients of OpenRouter send these. They are read and checked, and do nothing here.',
  fields: [
    {
      name: 'usage',
      type: 'object',
      meaning: 'Usage and cost are always reported.',
      example: { include: true },
    },
    {
      name: 'route',
      type: 'string',
      range: 'fallback, sort',
      meaning: 'models says what to fall back to.',
      example: 'fallback',
    },
    {
      name: 'preset',
      type: 'string',
      meaning:
        'The slug of a preset of the key’s workspace: what the request does not say (models, parameters, provider, tools, system prompt) the preset says. Also as model: @preset/support, or openai/gpt-4.1-mini@preset/support. Fields of the request win; tools are offered together; a system message of the request takes the place of the preset’s prompt. Presets are kept by POST /presets/{slug}/chat/completions, /messages or /responses with the body of a request.',
      example: 'support',
    },
    {
      name: 'transforms',
      type: 'string[]',
      range: 'middle-out',
      meaning:
        'middle-out is the plugin context-compression by its earlier name. An empty list turns off that models with a window of 8,192 tokens or less shorten prompts by themselves.',
      example: ['middle-out'],
    },
    {
      name: 'trace',
      type: 'object',
      meaning:
        'Where the call belongs in your own traces: `trace_id`, `parent_span_id`, `trace_name`, `span_name` or `generation_name`, and anything else as metadata; 4,096 characters at most. It is kept on the receipt and told to receivers of traces. The header `traceparent` (W3C Trace Context) says the first two as well.',
      example: { trace_id: 'nightly-42', trace_name: 'nightly' },
    },
  ],
};

/** What the gateway does around a call, and for its model. */
export const AROUND: FieldGroup = {
  id: 'around',
  title: 'Plugins and tools of the gateway',
  intro:
    'Steps around the call, and tools that the gateway runs for the model. What they cost is part of the bill, as server_tool_cost.',
  fields: [
    {
      name: 'plugins',
      type: 'object[]',
      meaning:
        'Steps of the gateway around the call, each named by its id; enabled: false turns one off. web searches the web once, by the model’s host where it searches itself, else by an engine (engine, max_results, search_prompt, include_domains, exclude_domains); :online behind the model’s name is the same. web-fetch reads the pages whose addresses the last message names. moderation has what the user says judged before it is sent, by model (openai/omni-moderation-latest): what is flagged is refused with 403 and its reasons, or with action flag only noted on the receipt; what cannot be judged is not sent. auto-router (auto-beta-router for openrouter/auto-beta) sets how openrouter/auto and openrouter/auto-code choose: allowed_models and excluded_models are patterns such as anthropic/*, of which an exclusion wins; cost_tier (low, medium, high, xhigh, max) is a fifth of the models that can take the request, by what it would cost there; cost_quality_tradeoff (0 to 10) is the older ceiling; without either, what seems hard may cost more; pin_model goes on with the model of the last assistant message. pareto-router sets openrouter/pareto-code: min_coding_score (0 to 1), or max_price in US dollars per million prompt tokens. context-compression makes a prompt fit a window that is too short for it: turns and then texts go from the middle, never the instructions, the first turn or the last one; half of the prompt has to fit, and what went is a loss; models with a window of 8,192 tokens or less do so by default. file-parser gives the text layer of PDFs in their place: by itself where no model named reads files, else with pdf.engine pdf-text (or cloudflare-ai, its name of today; native leaves them to the model); what has no text layer is read by the model that the operator has named for that (SWITCHWRIGHT_OCR_MODEL), at its price, and mistral-ocr has it read every PDF; what was read comes with the answer as a file annotation, which spares the second reading where it is sent along. response-healing puts right the JSON of an answer that is not streamed, where response_format asked for it: fences, words around it, commas, quotes, brackets; no value is made up, and an answer that was cut off stays as it is. Any other is a loss.',
      example: [
        { id: 'web', max_results: 3 },
        { id: 'auto-router', allowed_models: ['anthropic/*', 'openai/*'], cost_tier: 'medium' },
      ],
    },
    {
      name: 'max_tool_calls',
      type: 'integer',
      range: '≤ 30',
      otherwise: '30',
      meaning:
        'How often the model may ask for tools that the gateway runs: tools of the type openrouter:web_search, openrouter:web_fetch, openrouter:datetime, openrouter:image_generation, openrouter:advisor, openrouter:subagent, openrouter:fusion, openrouter:code_interpreter (and, in the formats that have them, openrouter:shell and openrouter:bash) where the operator has set up a sandbox, openrouter:experimental__search_models. After that it answers without.',
      example: 5,
    },
    {
      name: 'stop_server_tools_when',
      type: 'object[]',
      range: 'step_count_is, has_tool_call, max_tokens_used, max_cost, finish_reason_is',
      meaning: 'What else ends such a loop, any of several. max_tool_calls is ignored where it is said.',
      example: [{ type: 'step_count_is', step_count: 3 }],
    },
  ],
};
