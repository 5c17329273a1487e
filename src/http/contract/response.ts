import { nano } from '../../base/money.ts';
import type { Event } from '../../call/event.ts';
import type { Reply } from '../../call/reply.ts';
import { usageOf } from '../../call/usage.ts';
import type { AnswerContext } from '../../dialects/dialect.ts';
import { CLIENT_DIALECTS } from '../../dialects/registry.ts';
import { sampleAnswer } from '../../dialects/samples.ts';
import type { FieldGroup } from './field.ts';
import type { ClientId } from './support.ts';

const USAGE = usageOf({ input: 204, inputCacheRead: 1024, output: 9, outputReasoning: 18 });
const BILL = {
  cost: nano(227_200n),
  inputCost: nano(184_000n),
  outputCost: nano(43_200n),
  upstreamCost: null,
  isByok: false,
};

/** One answer as every dialect writes it: a thought, a sentence, its usage and its cost. */
const REPLY: Reply = {
  choices: [
    {
      index: 0,
      parts: [
        { type: 'reasoning', kind: 'text', text: 'A river of France.', format: 'unknown' },
        { type: 'text', text: 'The Loire.' },
      ],
      finish: 'stop',
      nativeFinish: 'stop',
    },
  ],
  usage: USAGE,
  bill: BILL,
};
const EVENTS: readonly Event[] = [
  { type: 'start', id: 'up-1', model: 'sample' },
  { type: 'text', choice: 0, text: 'The ' },
  { type: 'text', choice: 0, text: 'Loire.' },
  { type: 'finish', choice: 0, reason: 'stop', native: 'stop' },
  { type: 'usage', usage: USAGE, bill: BILL },
  { type: 'end' },
];

const answer = (): AnswerContext => ({
  ...sampleAnswer(),
  id: 'gen-01jd7yq9k6kbsmh82m',
  created: 1_764_000_000,
  model: 'openai/gpt-4.1-mini',
  provider: 'OpenAI',
});

/** What the encoders themselves make of it. */
export const replyIn = (client: ClientId): unknown => CLIENT_DIALECTS.chat[client]?.encodeReply(REPLY, answer());

export function streamIn(client: ClientId): string {
  const encode = CLIENT_DIALECTS.chat[client]?.encodeEvents(answer());
  return encode ? EVENTS.map((event) => encode(event)).join('') : '';
}

/** The members of an answer of Chat Completions, by their path in it. */
export const ANSWER: FieldGroup = {
  id: 'answer',
  title: 'The answer',
  intro: 'Members of the body of Chat Completions. Other dialects carry the same in their own places.',
  fields: [
    { name: 'id', type: 'string', meaning: 'Names the receipt. Also in the header X-Generation-Id, before the body.' },
    { name: 'model', type: 'string', meaning: 'The model that answered, which a fallback may have chosen.' },
    { name: 'provider', type: 'string', meaning: 'The provider that answered.' },
    {
      name: 'choices.0.message.content',
      type: 'string or null',
      meaning: 'The text; null where the answer is nothing but tool calls.',
    },
    {
      name: 'choices.0.message.reasoning',
      type: 'string',
      meaning: 'The reasoning as text, where the model shows it and reasoning.exclude is not set.',
    },
    {
      name: 'choices.0.message.reasoning_details',
      type: 'object[]',
      meaning: 'The same in pieces with their signatures. Send it back unchanged between tool calls.',
    },
    {
      name: 'choices.0.finish_reason',
      type: 'string',
      range: 'stop, length, tool_calls, content_filter, error',
      meaning: 'Why the answer ended, in one vocabulary for all vendors.',
    },
    {
      name: 'choices.0.native_finish_reason',
      type: 'string or null',
      meaning: 'The same in the vendor’s own word.',
    },
    {
      name: 'usage.prompt_tokens',
      type: 'integer',
      meaning: 'All tokens of the prompt, those read from a cache and written to one included.',
    },
    {
      name: 'usage.prompt_tokens_details.cached_tokens',
      type: 'integer',
      meaning: 'Of these, read from a cache, at its lower price.',
    },
    {
      name: 'usage.prompt_tokens_details.cache_write_tokens',
      type: 'integer',
      meaning: 'Of these, written to a cache, with vendors that charge for it.',
    },
    {
      name: 'usage.completion_tokens',
      type: 'integer',
      meaning: 'All tokens of the answer, reasoning included.',
    },
    {
      name: 'usage.completion_tokens_details.reasoning_tokens',
      type: 'integer',
      meaning: 'Of these, reasoning, shown or not.',
    },
    {
      name: 'usage.cost',
      type: 'number',
      meaning: 'US dollars that were charged. GET /api/v1/generation?id=… has every digit of it.',
    },
    {
      name: 'usage.is_byok',
      type: 'boolean',
      meaning: 'Whether the caller’s own key of the provider was used.',
    },
    {
      name: 'usage.cost_details',
      type: 'object',
      meaning: 'The same cost by prompt and answer; what the provider itself charged, where it says so.',
    },
  ],
};
