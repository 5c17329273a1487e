import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import type {
  DecisionAnswer,
  DecisionCall,
  DecisionChoice,
  DecisionLevel,
  DecisionQuestion,
  DecisionReply,
  DecisionSubject,
} from '../../call/decision.ts';
import { type Complaints, complain, readOneOf, readString, wrongType } from '../../call/read.ts';
import { completionTokens, promptTokens, type Usage } from '../../call/usage.ts';
import { encodeBill } from '../bill.ts';
import type { AnswerContext } from '../dialect.ts';
import { CHOICES_MAX, isWithin, LEVELS_MAX, missing, QUESTIONS_MAX, readGuidance, readList } from './read.ts';

type Asked = Pick<DecisionCall, 'subject' | 'questions'>;

const TYPES = ['predicate', 'choice', 'score'] as const;
/** What a conversation consists of: messages, and calls of tools with what came of them. */
const ITEMS: readonly unknown[] = [
  undefined,
  ...['message', 'function_call', 'function_call_output', 'custom_tool_call', 'custom_tool_call_output'],
];

/** `input`, and a list of questions. */
export function readListed(to: Complaints, body: JsonObject): Asked {
  const entries = readList(to, body.questions, 'questions') ?? [];
  if (body.questions !== undefined) isWithin(to, entries.length, [1, QUESTIONS_MAX], 'questions');
  const questions = entries
    .slice(0, QUESTIONS_MAX)
    .flatMap((value, at) => readQuestion(to, value, `questions[${at}]`) ?? []);
  return { subject: readInput(to, body.input), questions };
}

function readInput(to: Complaints, input: Json | undefined): DecisionSubject {
  if (typeof input === 'string') return { kind: 'state', state: input };
  if (!Array.isArray(input)) {
    wrongType(to, 'input', 'a string or an array of items', input);
    return { kind: 'items', items: [] };
  }
  if (input.length === 0) complain(to, 'input', `Invalid 'input': it cannot be an empty array.`);
  const items = input.map((item, at) => readItem(to, item, `input[${at}]`));
  return { kind: 'items', items: items.filter((item) => item !== undefined) };
}

function readItem(to: Complaints, item: Json, path: string): JsonObject | undefined {
  if (!isObject(item)) return wrongType(to, path, 'an object', item);
  if (!ITEMS.includes(item.type)) {
    complain(to, `${path}.type`, `Invalid value for '${path}.type': ${JSON.stringify(item.type)?.slice(0, 100)}.`);
    return undefined;
  }
  return item;
}

function readQuestion(to: Complaints, value: Json, path: string): DecisionQuestion | undefined {
  if (!isObject(value)) return wrongType(to, path, 'an object', value);
  const type = readOneOf(to, value, 'type', TYPES, `${path}.type`);
  if (type === undefined) return missing(to, `${path}.type`);
  const instructions = readGuidance(to, value.instructions, `${path}.instructions`);
  if (instructions === undefined) return missing(to, `${path}.instructions`);
  const asked = { name: readString(to, value, 'name', `${path}.name`) ?? null, instructions };
  if (type === 'predicate') return { ...asked, type };
  if (type === 'choice') {
    const choices = readList(to, value.choices, `${path}.choices`);
    if (!choices || !isWithin(to, choices.length, [2, CHOICES_MAX], `${path}.choices`)) return undefined;
    return {
      ...asked,
      type,
      choices: choices.flatMap((one, at) => readChoice(to, one, `${path}.choices[${at}]`) ?? []),
    };
  }
  const levels = readList(to, value.levels, `${path}.levels`);
  if (!levels || !isWithin(to, levels.length, [2, LEVELS_MAX], `${path}.levels`)) return undefined;
  return { ...asked, type, levels: levels.flatMap((one, at) => readLevel(to, one, `${path}.levels[${at}]`) ?? []) };
}

function readChoice(to: Complaints, choice: Json, path: string): DecisionChoice | undefined {
  if (!isObject(choice)) return wrongType(to, path, 'an object', choice);
  const { value } = choice;
  if (typeof value !== 'string' && typeof value !== 'boolean')
    return wrongType(to, `${path}.value`, 'a string or a boolean', value);
  const description = readString(to, choice, 'description', `${path}.description`);
  return { value, ...(description !== undefined && { description }) };
}

function readLevel(to: Complaints, level: Json, path: string): DecisionLevel | undefined {
  if (!isObject(level)) return wrongType(to, path, 'an object', level);
  const label = readString(to, level, 'label', `${path}.label`);
  if (label === undefined) return missing(to, `${path}.label`);
  const description = readString(to, level, 'description', `${path}.description`);
  return { label, ...(description !== undefined && { description }) };
}

/** The answers in the order of their questions. */
export function writeListed(
  { answers, usage, bill }: DecisionReply,
  { id, model, provider, call, extra }: AnswerContext<'decisions'>,
): JsonObject {
  return {
    id,
    model,
    provider,
    answers: call.questions.map((question, at) => ({
      name: question.name,
      ...writeAnswer(question, answers[at] ?? { type: 'refusal' }),
    })),
    usage: { ...writeUsage(usage ?? null), ...(bill && encodeBill(bill)) },
    ...extra,
  };
}

const writeUsage = (usage: Usage | null): JsonObject => ({
  input_tokens: usage ? promptTokens(usage) : 0,
  input_tokens_details: {
    cached_tokens: usage?.inputCacheRead ?? 0,
    cache_write_tokens: usage ? usage.inputCacheWrite + usage.inputCacheWrite1h : 0,
  },
  output_tokens: usage ? completionTokens(usage) : 0,
  output_tokens_details: { reasoning_tokens: usage?.outputReasoning ?? 0 },
  total_tokens: usage ? promptTokens(usage) + completionTokens(usage) : 0,
});

function writeAnswer(question: DecisionQuestion, answer: DecisionAnswer): JsonObject {
  if (answer.type === 'predicate') return { type: 'predicate', probability: answer.probability };
  if (answer.type === 'choice' && question.type === 'choice')
    return {
      type: 'choice',
      choice: question.choices[answer.chosen]?.value ?? '',
      ...(answer.confidence !== undefined && { confidence: answer.confidence }),
      probabilities: (answer.probabilities ?? []).map((probability, at) => ({
        value: question.choices[at]?.value ?? '',
        probability,
      })),
    };
  if (answer.type === 'score' && question.type === 'score')
    return {
      type: 'score',
      score: answer.score,
      ...(answer.confidence !== undefined && { confidence: answer.confidence }),
      probabilities: (answer.probabilities ?? []).map((probability, at) => ({
        value: at,
        label: labelOf(question.levels[at]),
        probability,
      })),
    };
  return { type: 'refusal' };
}

const labelOf = (level: DecisionLevel | undefined): string =>
  typeof level?.label === 'string' ? level.label : JSON.stringify(level?.label ?? '');
