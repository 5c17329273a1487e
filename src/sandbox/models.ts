import type { FaultCode } from '../base/fault.ts';
import type { Prompt } from './prompt.ts';
import { speakReasoner } from './reasoner.ts';
import { sampleOf } from './schema-sample.ts';
import type { Speech } from './speech.ts';
import { speakTools } from './tools.ts';
import { speakVision } from './vision.ts';
import { lorem } from './words.ts';

/** How an answer is brought: its pace, and what goes wrong on the way. */
export type Manner = {
  readonly firstMs?: number;
  readonly pieceMs?: number;
  /** After a few words: the connection closes, silence, an event of broken JSON; or no terminal frame at the end. */
  readonly mishap?: 'cut' | 'stall' | 'malformed' | 'no-end';
};

export type SandboxModel =
  | { readonly speak: (prompt: Prompt) => Speech | Promise<Speech>; readonly manner?: Manner }
  /** Refuses every call, as the dialect writes it. */
  | { readonly refuse: FaultCode; readonly message: string }
  | { readonly page: string };

const SLOW_FIRST_MS = 5_000;
const SLOW_PIECE_MS = 500;
const LOREM_WORDS = 100;
const LOREM_WORDS_MAX = 100_000;

const echo = ({ text }: Prompt): Speech => ({ text: text === '' ? 'There is nothing to repeat.' : text });

/** As many words as the option, the prompt ("200 words") or the standard says. */
function speakLorem({ text, dice, option }: Prompt): Speech {
  const wordCount = option('words') ?? Number(/\b(\d{1,6})\s+words\b/i.exec(text)?.[1] ?? LOREM_WORDS);
  return { text: lorem(dice, Math.min(wordCount, LOREM_WORDS_MAX)) };
}

function speakJson({ call, dice, text }: Prompt): Speech {
  const { output } = call;
  const value = output.type === 'json-schema' ? sampleOf(output.schema, dice, text.slice(0, 80)) : { answer: text };
  return { text: JSON.stringify(value) };
}

const refusal = (refuse: FaultCode, message: string): SandboxModel => ({ refuse, message });

/** The test cards, by their upstream id. */
export const SANDBOX_MODELS: { readonly [id: string]: SandboxModel } = {
  echo: { speak: echo },
  lorem: { speak: speakLorem },
  tools: { speak: speakTools },
  reasoner: { speak: speakReasoner },
  vision: { speak: speakVision },
  json: { speak: speakJson },
  empty: { speak: () => ({}) },
  'error-400': refusal('invalid_request', 'The sandbox refuses this request as malformed.'),
  'error-401': refusal('authentication', 'The sandbox does not accept this key.'),
  'error-402': refusal('payment_required', 'The account at the sandbox is empty.'),
  'error-403': refusal('permission_denied', 'This key may not use the sandbox.'),
  'error-429': refusal('rate_limit_exceeded', 'Too many requests to the sandbox.'),
  'error-500': refusal('server', 'The sandbox met an internal error.'),
  'error-503': refusal('overloaded', 'The sandbox is overloaded.'),
  'context-too-long': refusal(
    'context_length_exceeded',
    "This model's maximum context length is 16 tokens. However, your messages are longer. Please shorten them.",
  ),
  'content-filter': refusal('content_policy_violation', 'The prompt was refused by the content policy.'),
  'slow-first-token': { speak: speakLorem, manner: { firstMs: SLOW_FIRST_MS } },
  'slow-stream': { speak: speakLorem, manner: { pieceMs: SLOW_PIECE_MS } },
  'cut-stream': { speak: speakLorem, manner: { mishap: 'cut' } },
  'stalled-stream': { speak: speakLorem, manner: { mishap: 'stall' } },
  'malformed-chunk': { speak: speakLorem, manner: { mishap: 'malformed' } },
  'no-done': { speak: speakLorem, manner: { mishap: 'no-end' } },
  html: { page: '<!doctype html><title>502</title><h1>Bad Gateway</h1>' },
};
