import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type {
  DecisionAnswer,
  DecisionCall,
  DecisionQuestion,
  DecisionReply,
  DecisionSubject,
} from '../../call/decision.ts';
import { type Complaints, complain, readOneOf, wrongType } from '../../call/read.ts';
import { completionTokens, promptTokens } from '../../call/usage.ts';
import { encodeBill } from '../bill.ts';
import type { AnswerContext } from '../dialect.ts';
import { CHOICES_MAX, isWithin, LEVELS_MAX, missing, QUESTIONS_MAX, readGuidance, readList, readMap } from './read.ts';

type Asked = Pick<DecisionCall, 'subject' | 'questions'>;

const TYPES = ['noul', 'choice', 'score'] as const;

/** `state`, and questions by name. */
export function readMapped(to: Complaints, body: JsonObject): Asked {
  const entries = readMap(to, body.questions, 'questions') ?? [];
  if (body.questions !== undefined) isWithin(to, entries.length, [1, QUESTIONS_MAX], 'questions');
  const questions = entries
    .slice(0, QUESTIONS_MAX)
    .flatMap(([name, value]) => readQuestion(to, name, value, `questions.${name.slice(0, 100)}`) ?? []);
  return { subject: readState(to, body.state), questions };
}

function readState(to: Complaints, state: Json | undefined): DecisionSubject {
  if (state === undefined || state === null) missing(to, 'state');
  return { kind: 'state', state: readGuidance(to, state, 'state') ?? '' };
}

function readQuestion(
  to: Complaints,
  name: string,
  value: Json | undefined,
  path: string,
): DecisionQuestion | undefined {
  if (!isObject(value)) return wrongType(to, path, 'an object', value);
  const type = readOneOf(to, value, 'type', TYPES, `${path}.type`);
  if (type === undefined) return missing(to, `${path}.type`);
  const instructions = readGuidance(to, value.instructions, `${path}.instructions`);
  const asked = { name, ...(instructions !== undefined && { instructions }) };
  const at = `${path}.criteria`;
  if (type === 'noul') return { ...asked, type: 'predicate', ...readCriteria(to, value, at) };
  if (type === 'choice') {
    const criteria = readMap(to, value.criteria, at);
    if (!criteria || !isWithin(to, criteria.length, [1, CHOICES_MAX], at)) return undefined;
    const choices = criteria.map(([label, guide]) => {
      const description = readGuidance(to, guide, `${at}.${label.slice(0, 100)}`);
      return { value: label, ...(description !== undefined && { description }) };
    });
    return { ...asked, type, choices };
  }
  const levels = readList(to, value.criteria, at);
  if (!levels || !isWithin(to, levels.length, [1, LEVELS_MAX], at)) return undefined;
  return {
    ...asked,
    type,
    levels: levels.map((level, index) => ({ label: readGuidance(to, level, `${at}[${index}]`) ?? '' })),
  };
}

function readCriteria(to: Complaints, value: JsonObject, at: string): { criteria?: { true?: Json; false?: Json } } {
  if (value.criteria === undefined || value.criteria === null) {
    if (value.instructions === undefined || value.instructions === null)
      complain(to, at, `A noul question needs 'instructions' or 'criteria'.`);
    return {};
  }
  if (!isObject(value.criteria)) return wrongType(to, at, 'an object', value.criteria) ?? {};
  const yes = readGuidance(to, value.criteria.true, `${at}.true`);
  const no = readGuidance(to, value.criteria.false, `${at}.false`);
  return { criteria: { ...(yes !== undefined && { true: yes }), ...(no !== undefined && { false: no }) } };
}

/** The answers by the names of their questions. */
export function writeMapped(
  { answers, usage, bill }: DecisionReply,
  { id, model, provider, call, extra }: AnswerContext<'decisions'>,
): JsonObject {
  const named = call.questions.map((question, at): [string, JsonObject] => [
    question.name ?? String(at),
    writeAnswer(question, answers[at] ?? { type: 'refusal' }),
  ]);
  return {
    id,
    model,
    provider,
    answers: Object.fromEntries(named),
    usage: {
      input_tokens: usage ? promptTokens(usage) : 0,
      output_tokens: usage ? completionTokens(usage) : 0,
      ...(bill && encodeBill(bill)),
    },
    ...extra,
  };
}

function writeAnswer(question: DecisionQuestion, answer: DecisionAnswer): JsonObject {
  if (answer.type === 'predicate') return { type: 'noul', noul: answer.probability };
  if (answer.type === 'choice' && question.type === 'choice')
    return {
      type: 'choice',
      choice: String(question.choices[answer.chosen]?.value ?? ''),
      ...written(answer, (at) => String(question.choices[at]?.value ?? at)),
    };
  if (answer.type === 'score' && question.type === 'score')
    return {
      type: 'score',
      score: answer.score,
      legend: Object.fromEntries(question.levels.map(({ label, description }, at) => [at, description ?? label])),
      ...written(answer, String),
    };
  return { type: 'refusal' };
}

const written = (
  { confidence, probabilities }: Extract<DecisionAnswer, { confidence?: number }>,
  nameOf: (at: number) => string,
): JsonObject => ({
  ...(probabilities && { probabilities: Object.fromEntries(probabilities.map((one, at) => [nameOf(at), one])) }),
  ...(confidence !== undefined && { confidence }),
});
