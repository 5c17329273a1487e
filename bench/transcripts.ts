/** What upstreams answer and clients ask in the benchmarks: about 2 KB each way, or a thousand events of 210 bytes. */

export const REPLY = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1750000000,
  model: 'gpt-4.1-mini-2025-04-14',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'lorem ipsum dolor sit amet '.repeat(60), refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 420,
    completion_tokens: 360,
    total_tokens: 780,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  },
};
export const BODY = JSON.stringify({
  model: 'openai/gpt-4.1-mini',
  messages: [{ role: 'user', content: 'consectetur adipiscing elit '.repeat(66) }],
});

export const EVENTS = 1_000;
const WORDS = 'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor '.split(' ');
const word = (at: number): string => ` ${WORDS[at % WORDS.length]}`;

const frames = (items: readonly object[], named = false): string =>
  items
    .map((item) => `${named ? `event: ${(item as { type: string }).type}\n` : ''}data: ${JSON.stringify(item)}\n\n`)
    .join('');

const chunk = (delta: object, finish: string | null) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1750000000,
  model: 'gpt-4.1-mini-2025-04-14',
  system_fingerprint: 'fp_1',
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
});
const openai = `${frames([
  chunk({ role: 'assistant', content: '' }, null),
  ...Array.from({ length: EVENTS }, (_, at) => chunk({ content: word(at) }, null)),
  chunk({}, 'stop'),
  {
    ...chunk({}, null),
    choices: [],
    usage: { prompt_tokens: 20, completion_tokens: EVENTS, total_tokens: EVENTS + 20 },
  },
])}data: [DONE]\n\n`;
const anthropic = frames(
  [
    {
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        content: [],
        model: 'claude-sonnet-4-5',
        stop_reason: null,
        usage: { input_tokens: 20, output_tokens: 1 },
      },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...Array.from({ length: EVENTS }, (_, at) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: word(at) },
    })),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: EVENTS },
    },
    { type: 'message_stop' },
  ],
  true,
);
const gemini = frames(
  Array.from({ length: EVENTS }, (_, at) => ({
    candidates: [
      {
        content: { role: 'model', parts: [{ text: word(at) }] },
        index: 0,
        ...(at === EVENTS - 1 && { finishReason: 'STOP' }),
      },
    ],
    usageMetadata: { promptTokenCount: 20, candidatesTokenCount: at + 1, totalTokenCount: at + 21 },
    modelVersion: 'gemini-2.5-flash',
  })),
);

export const bodyFor = (model: string): string =>
  JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Tell me a story.' }] });

/** A whole stream of each wire format, and a model that answers in it. */
export const STREAMS = [
  { name: 'openai-chat', model: 'openai/gpt-4.1-mini', text: openai },
  { name: 'anthropic', model: 'anthropic/claude-sonnet-4.5', text: anthropic },
  { name: 'gemini', model: 'google/gemini-2.5-flash', text: gemini },
] as const;
