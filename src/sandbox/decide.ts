import { arrayOf, type Json, type JsonObject, objectOf, optionalString, stringOf } from '../base/json.ts';
import { countTokens } from './words.ts';

/**
 * `POST /systemone`: the more words of an option stand in the state, the more probable it is. A `noul` is as probable as
 * its instructions' words are in the state.
 */
export function decide(body: JsonObject): JsonObject {
  const state = wordsOf(body.state);
  const questions = Object.entries(objectOf(body.questions));
  const tokens = countTokens(JSON.stringify(body.state ?? '')) + countTokens(JSON.stringify(body.questions ?? ''));
  return {
    model: optionalString(body.model) ?? 'decide',
    answers: Object.fromEntries(questions.map(([name, question]) => [name, answer(objectOf(question), state)])),
    usage: { input_tokens: tokens, output_tokens: 0 },
  };
}

function answer(question: JsonObject, state: ReadonlySet<string>): JsonObject {
  const { type, instructions, criteria } = question;
  if (type === 'noul') return { type: 'noul', noul: shared(wordsOf(instructions), state) };
  const labels = type === 'choice' ? Object.keys(objectOf(criteria)) : arrayOf(criteria).map((_, at) => String(at));
  const guides =
    type === 'choice' ? Object.entries(objectOf(criteria)).map((entry) => entry.join(' ')) : arrayOf(criteria);
  const weights = guides.map((guide) => 0.05 + shared(wordsOf(guide), state));
  const sum = weights.reduce((all, one) => all + one, 0);
  const shares = weights.map((weight) => rounded(weight / sum));
  const best = shares.indexOf(Math.max(...shares));
  const told = {
    probabilities: Object.fromEntries(labels.map((label, at) => [label, shares[at]])),
    confidence: shares[best] ?? 0,
  };
  if (type === 'choice') return { type: 'choice', choice: labels[best] ?? '', ...told };
  const score = rounded(shares.reduce((all, share, at) => all + share * at, 0));
  return { type: 'score', score, legend: Object.fromEntries(guides.map((guide, at) => [at, guide])), ...told };
}

const wordsOf = (value: Json | undefined): ReadonlySet<string> =>
  new Set(
    JSON.stringify(value ?? '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [],
  );

/** The part of these words that the state has. */
function shared(words: ReadonlySet<string>, state: ReadonlySet<string>): number {
  let count = 0;
  for (const word of words) if (state.has(word)) count++;
  return rounded(count / Math.max(1, words.size));
}

const rounded = (share: number): number => Math.round(share * 100) / 100;

/** The one category of the sandbox's judgements. */
const CATEGORY = 'violence';

/** `POST /moderations` as OpenAI has it: a text that says "violence" is flagged. */
export function moderate(body: JsonObject): JsonObject {
  const { input } = body;
  const list = Array.isArray(input) ? input : [input ?? ''];
  const inputs = list.every((entry) => typeof entry === 'string') ? list : [list];
  return {
    id: 'modr-sandbox',
    model: optionalString(body.model) ?? 'moderate',
    results: inputs.map((one) => {
      const isViolent = textOf(one as Json)
        .toLowerCase()
        .includes(CATEGORY);
      return {
        flagged: isViolent,
        categories: { [CATEGORY]: isViolent },
        category_scores: { [CATEGORY]: isViolent ? 0.98 : 0.01 },
        category_applied_input_types: { [CATEGORY]: ['text'] },
      };
    }),
  };
}

const textOf = (input: Json): string =>
  typeof input === 'string'
    ? input
    : arrayOf(input)
        .map((part) => stringOf(objectOf(part).text))
        .join(' ');
