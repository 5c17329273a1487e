import { arrayOf, isObject, type Json, type JsonObject, objectOf } from '../../base/json.ts';
import { failed, ok } from '../../base/result.ts';
import { type DecisionAnswer, type DecisionQuestion, type DecisionSubject, wordsOf } from '../../call/decision.ts';
import type { Loss } from '../../call/loss.ts';
import { certaintyOf, decisionReply, errorIn, nativeOf, probabilityIn } from '../decision-answer.ts';
import type { WholeDialect } from '../dialect.ts';
import { decodeFault } from '../openai-fault.ts';

/** OpenAI's `POST /decisions`: an input, and a list of questions that is answered in its order (openai 3.57 of PyPI, read 2026-11-29). */
export const openaiDecisionsUpstream: WholeDialect<'decisions'> = {
  id: 'openai-decisions',
  entriesMax: () => Number.MAX_SAFE_INTEGER,
  assets: () => [],
  encodeCall: (call, target) => {
    const losses: Loss[] = [];
    const body = {
      ...nativeOf(call, 'openai-decisions', losses),
      model: target.endpoint.upstreamId,
      input: inputOf(call.subject),
      questions: call.questions.map(writeQuestion),
      ...(call.user !== undefined && { safety_identifier: call.user }),
    };
    return ok({ path: target.endpoint.dialect.path ?? '/decisions', headers: {}, body, losses });
  },
  decodeReply: (body, context) => {
    const answer = objectOf(body);
    const error = errorIn(answer, context);
    if (error) return failed(error);
    const answers = arrayOf(answer.answers);
    return decisionReply(
      context.call.questions.map((question, at) => readAnswer(question, answers[at])),
      answer,
      context,
    );
  },
  decodeFault,
};

/** Anything but a text is written as JSON, which is how OpenAI's own clients send it. */
const inputOf = (subject: DecisionSubject): Json => (subject.kind === 'items' ? subject.items : wordsOf(subject.state));

function writeQuestion(question: DecisionQuestion): JsonObject {
  const asked = {
    ...(question.name !== null && { name: question.name }),
    instructions: instructionsOf(question),
  };
  switch (question.type) {
    case 'predicate':
      return { type: 'predicate', ...asked };
    case 'choice':
      return {
        type: 'choice',
        ...asked,
        choices: question.choices.map(({ value, description }) => ({ value, ...described(description) })),
      };
    case 'score':
      return {
        type: 'score',
        ...asked,
        levels: question.levels.map(({ label, description }) => ({
          label: wordsOf(label),
          ...described(description),
        })),
      };
    default:
      return question satisfies never;
  }
}

const described = (description: Json | undefined): JsonObject =>
  description === undefined ? {} : { description: wordsOf(description) };

/** There is no other place for what makes a predicate true or false. */
function instructionsOf(question: DecisionQuestion): string {
  const lines = question.instructions === undefined ? [] : [wordsOf(question.instructions)];
  if (question.type === 'predicate') {
    const { true: yes, false: no } = question.criteria ?? {};
    if (yes !== undefined) lines.push(`True: ${wordsOf(yes)}`);
    if (no !== undefined) lines.push(`False: ${wordsOf(no)}`);
  }
  return lines.join('\n') || (question.name ?? '');
}

function readAnswer(question: DecisionQuestion, value: Json | undefined): DecisionAnswer | null {
  if (!isObject(value)) return null;
  if (value.type === 'refusal') return { type: 'refusal' };
  if (question.type === 'predicate') {
    const probability = probabilityIn(value.probability);
    return probability === null ? null : { type: 'predicate', probability };
  }
  const told = arrayOf(value.probabilities).map(objectOf);
  if (question.type === 'choice') {
    const values = question.choices.map((choice) => choice.value);
    const chosen = (values as readonly unknown[]).indexOf(value.choice);
    if (chosen < 0) return null;
    const probabilities = values.map((one) => told.find((entry) => entry.value === one)?.probability);
    return { type: 'choice', chosen, ...certaintyOf(value.confidence, probabilities) };
  }
  const { score, confidence } = value;
  if (typeof score !== 'number' || score < 0 || score > question.levels.length - 1) return null;
  const probabilities = question.levels.map((_, at) => told.find((entry) => entry.value === at)?.probability);
  return { type: 'score', score, ...certaintyOf(confidence, probabilities) };
}
