import type { AnswerName } from './matrix/answers.ts';
import { dialectOf, isEmbedding, RECORDINGS, type Recording } from './recordings.ts';

/** What a recording is evidence of, in the words of the matrix. */
export type Evidence = AnswerName | 'refused call';

/** Counts by upstream dialect and feature: whole answers and streams. */
export type EvidenceTable = {
  readonly provenance: { readonly [word: string]: number };
  readonly dialects: {
    readonly [dialect: string]: {
      readonly [feature in Evidence]?: { readonly whole: number; readonly stream: number };
    };
  };
};

/** What the recorder wrote about a recording where the answer itself does not tell. */
const BY_WORDS: readonly (readonly [pattern: RegExp, feature: AnswerName])[] = [
  [/signature|signed/i, 'signed-reasoning'],
  [/redacted|encrypted/i, 'encrypted-reasoning'],
  [/json_schema|structured output/i, 'structured'],
  [/stop_sequence/i, 'stop-sequence'],
  [/logprobs/i, 'logprobs'],
  [/citation|grounding|annotation/i, 'citations'],
];

const FINISHES: { readonly [finish: string]: AnswerName } = { length: 'length', content_filter: 'content-filter' };

function evidenceOf({ expect, exercises }: Recording): Set<Evidence> {
  if (expect.error) return new Set(['refused call']);
  if (expect.stream_error) return new Set(['stream-error']);
  const found = new Set<Evidence>(BY_WORDS.filter(([words]) => words.test(exercises)).map(([, feature]) => feature));
  const { choices = [], usage = {} } = expect;
  for (const choice of choices) {
    const { content, reasoning, reasoning_contains, refusal, tool_calls = [], finish_reason = '' } = choice;
    if (typeof content === 'string' && content !== '') found.add('text');
    if (typeof content === 'string' && /[^\x20-\x7e\s]/.test(content)) found.add('unicode');
    if (reasoning || reasoning_contains) found.add('reasoning');
    if (refusal) found.add('refusal');
    if (tool_calls.length === 1) found.add('tool');
    if (tool_calls.length > 1) found.add('parallel-tools');
    if (tool_calls.some((call) => JSON.stringify(call.arguments) === '{}')) found.add('zero-argument-tool');
    const finish = FINISHES[finish_reason];
    if (finish) found.add(finish);
  }
  if (choices.length > 1) found.add('two-choices');
  if ((usage.cached_tokens ?? 0) > 0) found.add('cache-read');
  if ((usage.cache_creation_tokens ?? 0) > 0) found.add('cache-write');
  if ((usage.reasoning_tokens ?? 0) > 0) found.add('reasoning-count');
  return found;
}

/** Counts the recordings beside the checkout. Embeddings are no chats and are not counted. */
export function countRecordings(): EvidenceTable {
  const provenance: { [word: string]: number } = {};
  const dialects: { [dialect: string]: { [feature in Evidence]?: { whole: number; stream: number } } } = {};
  for (const recording of RECORDINGS.filter((one) => !isEmbedding(one))) {
    provenance[recording.provenance] = (provenance[recording.provenance] ?? 0) + 1;
    const features = dialects[dialectOf(recording)] ?? {};
    dialects[dialectOf(recording)] = features;
    for (const feature of evidenceOf(recording)) {
      const count = features[feature] ?? { whole: 0, stream: 0 };
      count[recording.stream ? 'stream' : 'whole']++;
      features[feature] = count;
    }
  }
  return { provenance, dialects };
}
