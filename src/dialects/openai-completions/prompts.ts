import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type { TextCompletion } from '../../call/call.ts';
import { type Complaints, complain, present, readBoolean, readNumber, readString } from '../../call/read.ts';

export type Prompt = TextCompletion['prompts'][number];

/** As many prompts as OpenAI takes in one call (platform.openai.com/docs/api-reference/completions, read 2026-11-29). */
const PROMPTS_MAX = 128;

/** Reads `prompt` in its four shapes (a text, texts, token ids, lists of token ids), and what only a completion can ask. */
export function readTextCompletion(to: Complaints, body: JsonObject): TextCompletion {
  const suffix = readString(to, body, 'suffix');
  const echo = readBoolean(to, body, 'echo');
  const bestOf = readNumber(to, body, 'best_of', { min: 1, max: 20, whole: true });
  const n = typeof body.n === 'number' ? body.n : 1;
  if (bestOf !== undefined && bestOf < n) complain(to, 'best_of', "'best_of' must be at least 'n'.");
  if (bestOf !== undefined && bestOf > 1 && body.stream === true)
    complain(to, 'best_of', "'best_of' cannot be streamed: the best answer is known when all have ended.");
  return {
    prompts: readPrompts(to, body.prompt),
    ...present({
      suffix: suffix === '' ? undefined : suffix,
      echo: echo === true ? (true as const) : undefined,
      bestOf: bestOf === undefined || bestOf <= n ? undefined : bestOf,
    }),
  };
}

function readPrompts(to: Complaints, prompt: Json | undefined): Prompt[] {
  if (typeof prompt === 'string') return [prompt];
  if (prompt === undefined || prompt === null) return refuse(to, "Missing required parameter: 'prompt'.");
  if (!Array.isArray(prompt)) return refuse(to, "'prompt' must be a string, token ids, or an array of either.");
  if (prompt.length === 0) return refuse(to, "'prompt' must not be empty.");
  if (isTokens(prompt)) return [prompt];
  if (prompt.length > PROMPTS_MAX) return refuse(to, `At most ${PROMPTS_MAX} prompts are taken at once.`);
  if (prompt.every((entry) => typeof entry === 'string')) return prompt;
  if (prompt.every(isTokens)) return prompt;
  return refuse(to, "'prompt' must hold strings, token ids, or arrays of token ids, and not a mixture.");
}

function refuse(to: Complaints, message: string): Prompt[] {
  complain(to, 'prompt', message);
  return [''];
}

const isTokens = (value: Json): value is number[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  !isObject(value) &&
  value.every((entry) => typeof entry === 'number' && Number.isInteger(entry) && entry >= 0);
