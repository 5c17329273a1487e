import { type Fault, fault } from '../../base/fault.ts';
import { arrayOf, isObject, type Json, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { DecisionAnswer, DecisionCall, DecisionQuestion, DecisionSubject } from '../../call/decision.ts';
import type { Loss } from '../../call/loss.ts';
import type { Target } from '../../facts/target.ts';
import { dataWishes } from '../data-wishes.ts';
import { certaintyOf, decisionReply, errorIn, nativeOf, probabilityIn } from '../decision-answer.ts';
import type { WholeDialect } from '../dialect.ts';
import { decodeFault } from '../openai-fault.ts';

/**
 * `POST /systemone` as TypeSafe AI has it, and after it OpenRouter, Fireworks, Perplexity and others: a state, questions
 * by name, answers by the same names (typesafe-sdk 0.7.5 of PyPI, read 2026-11-29).
 */
export const systemoneUpstream: WholeDialect<'decisions'> = {
  id: 'systemone',
  entriesMax: () => Number.MAX_SAFE_INTEGER,
  assets: () => [],
  encodeCall: (call, target) => {
    const losses: Loss[] = [];
    const state = stateOf(call.subject, target);
    if (!state.ok) return state;
    const names = namesOf(call);
    const wishes = dataWishes(call.gateway, target);
    const body = {
      ...nativeOf(call, 'systemone', losses),
      model: target.endpoint.upstreamId,
      state: state.value,
      questions: Object.fromEntries(call.questions.map((question, at) => [names[at] ?? '', writeQuestion(question)])),
      ...(wishes && { provider: wishes }),
    };
    return ok({ path: target.endpoint.dialect.path ?? '/systemone', headers: {}, body, losses });
  },
  decodeReply: (body, context) => {
    const answer = objectOf(body);
    const error = errorIn(answer, context);
    if (error) return failed(error);
    const answers = objectOf(answer.answers);
    const names = namesOf(context.call);
    const read = context.call.questions.map((question, at) => readAnswer(question, answers[names[at] ?? '']));
    return decisionReply(read, answer, context);
  },
  decodeFault,
};

/** The callers' own where each question has another one, else their places. */
function namesOf({ questions }: DecisionCall): readonly string[] {
  const names = new Set(questions.map(({ name }) => name));
  const own = names.size === questions.length && !names.has(null) && !names.has('');
  return questions.map(({ name }, at) => (own && name !== null ? name : String(at)));
}

/** A conversation is written as JSON; nobody says how a picture would be. */
function stateOf(subject: DecisionSubject, target: Target): Result<Json, Fault> {
  if (subject.kind === 'state') return ok(subject.state);
  const items: Json[] = [];
  for (const [at, item] of subject.items.entries()) {
    const parts = [...arrayOf(item.content), ...arrayOf(item.output)].map(objectOf);
    if (parts.some(({ type }) => type === 'input_image')) return failed(takesNoImages(target, at));
    items.push(plain(item));
  }
  const [only] = items;
  return ok(items.length === 1 && isObject(only) && only.role === 'user' ? (only.content ?? '') : items);
}

const takesNoImages = ({ endpoint }: Target, at: number): Fault =>
  fault('upstream_not_implemented', `${endpoint.provider.name} decides about nothing but texts.`, {
    param: `input[${at}]`,
  });

/** Parts of text as one text. */
function plain(item: JsonObject): JsonObject {
  const text = (content: Json | undefined): Json | undefined =>
    Array.isArray(content) && content.every((part) => isObject(part) && typeof part.text === 'string')
      ? content.map((part) => stringOf(objectOf(part).text)).join('')
      : content;
  const { content, output, ...rest } = item;
  return {
    ...rest,
    ...(content !== undefined && { content: text(content) }),
    ...(output !== undefined && { output: text(output) }),
  };
}

function writeQuestion(question: DecisionQuestion): JsonObject {
  const { instructions } = question;
  const asked = instructions === undefined ? {} : { instructions };
  switch (question.type) {
    case 'predicate':
      return { type: 'noul', ...asked, ...(question.criteria && { criteria: question.criteria }) };
    case 'choice':
      return {
        type: 'choice',
        ...asked,
        criteria: Object.fromEntries(
          question.choices.map(({ value, description }) => [String(value), description ?? null]),
        ),
      };
    case 'score':
      return { type: 'score', ...asked, criteria: question.levels.map(writeLevel) };
    default:
      return question satisfies never;
  }
}

const writeLevel = ({ label, description }: { label: Json; description?: Json }): Json =>
  description === undefined
    ? label
    : typeof label === 'string' && typeof description === 'string'
      ? `${label}: ${description}`
      : { label, description };

function readAnswer(question: DecisionQuestion, value: Json | undefined): DecisionAnswer | null {
  if (!isObject(value)) return null;
  if (value.type === 'refusal') return { type: 'refusal' };
  if (question.type === 'predicate') {
    const probability = probabilityIn(value.noul);
    return probability === null ? null : { type: 'predicate', probability };
  }
  const probabilities = objectOf(value.probabilities);
  if (question.type === 'choice') {
    const names = question.choices.map((choice) => String(choice.value));
    const chosen = names.indexOf(stringOf(value.choice));
    if (chosen < 0) return null;
    return {
      type: 'choice',
      chosen,
      ...certaintyOf(
        value.confidence,
        names.map((name) => probabilities[name]),
      ),
    };
  }
  const { score, confidence } = value;
  if (typeof score !== 'number' || score < 0 || score > question.levels.length - 1) return null;
  return {
    type: 'score',
    score,
    ...certaintyOf(
      confidence,
      question.levels.map((_, at) => probabilities[at]),
    ),
  };
}
