import type { Json } from '../../src/base/json.ts';
import { DOCUMENT, PICTURE, PICTURE_URL } from './questions.ts';

/** What an endpoint understands of a call, read from the body in its own dialect. */
export type Asked = {
  readonly system: string;
  readonly turns: readonly AskedTurn[];
  readonly tools: readonly { readonly name: string; readonly parameters: Json }[];
  /** `required`, a function's name, or null. */
  readonly toolChoice: string | null;
  readonly parallel: boolean;
  readonly reasoning: boolean;
  readonly schema: Json;
  readonly maxTokens: number | null;
  readonly temperature: number | null;
  readonly stop: readonly string[];
  readonly choices: number;
  readonly logprobs: boolean;
  readonly cacheMarks: number;
  /** Signatures and encrypted data of earlier reasoning, in order. */
  readonly opaque: readonly string[];
};

export type AskedTurn = {
  readonly role: 'user' | 'assistant' | 'tool';
  readonly text: string;
  readonly media?: readonly string[];
  readonly calls?: readonly { readonly name: string; readonly arguments: Json }[];
  readonly results?: readonly { readonly name: string; readonly text: string }[];
};

/** Which of the matrix's media this is: by URL, data URL or bare base64. */
export function mediumOf(source: string): string {
  const data = source.replace(/^data:[^,]*,/, '');
  if (source === PICTURE_URL || data === PICTURE) return 'picture';
  return data === DOCUMENT ? 'document' : `unknown: ${source.slice(0, 40)}`;
}

/** A turn without the members that hold nothing; `null` for a turn that says nothing at all. */
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
