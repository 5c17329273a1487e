import type { Json, JsonObject } from '../../src/base/json.ts';
import { EFFORTS, type Effort } from '../../src/call/call.ts';

/** What an endpoint understands of a call, read from the body in its own dialect. */
export type Asked = {
  readonly system: string;
  readonly turns: readonly AskedTurn[];
  readonly tools: readonly { readonly name: string; readonly parameters: Json }[];
  /** Names of the tools whose arguments are held to their schema. */
  readonly strictTools: readonly string[];
  /** Names of the tools that may be called, and whether one of them must be. */
  readonly callable: readonly string[];
  readonly mustCall: boolean;
  readonly parallel: boolean;
  /** Tools that the vendor runs itself. */
  readonly vendorTools: number;
  /** How much reasoning; a budget is read as the effort whose share of the output limit is nearest. Null = not said. */
  readonly effort: Effort | null;
  readonly schema: Json;
  /** JSON of whatever form. */
  readonly json: boolean;
  readonly maxTokens: number | null;
  readonly temperature: number | null;
  /** Other sampling, by the field's standard names. */
  readonly sampling: JsonObject;
  readonly stop: readonly string[];
  readonly choices: number;
  readonly logprobs: boolean;
  readonly modalities: readonly string[];
  readonly prediction: string | null;
  readonly verbosity: string | null;
  readonly tier: string | null;
  /** Where a breakpoint stands and for how long, in the order of the prompt: `tools 1h`, `user 5m`. */
  readonly cacheMarks: readonly string[];
  /** Signatures and encrypted data of earlier reasoning, in order. */
  readonly opaque: readonly string[];
};

export type AskedTurn = {
  readonly role: 'user' | 'assistant' | 'tool';
  readonly text: string;
  readonly media?: readonly string[];
  readonly calls?: readonly { readonly name: string; readonly arguments: Json }[];
  readonly results?: readonly AskedResult[];
};
export type AskedResult = { readonly name: string; readonly text: string; readonly media?: readonly string[] };

/** What a dialect has no words for is never read. */
export const NOTHING: Omit<Asked, 'system' | 'turns' | 'tools' | 'maxTokens' | 'temperature'> = {
  strictTools: [],
  callable: [],
  mustCall: false,
  parallel: true,
  vendorTools: 0,
  effort: null,
  schema: null,
  json: false,
  sampling: {},
  stop: [],
  choices: 1,
  logprobs: false,
  modalities: [],
  prediction: null,
  verbosity: null,
  tier: null,
  cacheMarks: [],
  opaque: [],
};

/** A turn without the members that hold nothing. */
export function turnOf(turn: Required<AskedTurn>): AskedTurn {
  const { role, text, media, calls, results } = turn;
  return {
    role,
    text,
    ...(media.length > 0 && { media }),
    ...(calls.length > 0 && { calls }),
    ...(results.length > 0 && { results }),
  };
}

export const resultOf = (name: string, text: string, media: readonly string[] = []): AskedResult => ({
  name,
  text,
  ...(media.length > 0 && { media }),
});

/** Neighbouring turns of results are one turn. */
export function joinResults(turns: readonly AskedTurn[]): AskedTurn[] {
  const joined: AskedTurn[] = [];
  for (const turn of turns) {
    const last = joined.at(-1);
    if (turn.role === 'tool' && last?.role === 'tool')
      joined[joined.length - 1] = { ...last, results: [...(last.results ?? []), ...(turn.results ?? [])] };
    else joined.push(turn);
  }
  return joined;
}

/** OpenRouter's shares of the output limit (openrouter.ai/docs/guides/best-practices/reasoning-tokens, read 2026-11-22). */
const SHARES: { readonly [effort: string]: number } = { minimal: 0.1, low: 0.2, medium: 0.5, high: 0.8, xhigh: 0.95 };

/** The effort that a budget is worth, of this output limit; a word that is no effort is none. */
export function effortOf(budget: number, outputLimit: number): Effort {
  if (budget === 0) return 'none';
  const distance = (effort: string): number => Math.abs((SHARES[effort] ?? 0) - budget / outputLimit);
  return Object.keys(SHARES).sort((a, b) => distance(a) - distance(b))[0] as Effort;
}

export const effortNamed = (word: string | undefined): Effort | null => EFFORTS.find((known) => known === word) ?? null;

/** Only the members that were sent. */
export const sent = (members: { readonly [name: string]: Json | undefined }): JsonObject =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as JsonObject;

/** A mark of Anthropic's kind, and its place. */
export const markAt = (place: string, control: Json | undefined): string[] =>
  control ? [`${place} ${(control as { ttl?: string }).ttl ?? '5m'}`] : [];
