import type { Call } from '../../call/call.ts';
import type { Message } from '../../call/message.ts';
import { type Demand, type Difficulty, TASKS, type Task } from '../../facts/routing.ts';
import { EASY, HARD, SIGNS } from './words.ts';

/** Of what the user says last, so many characters of its beginning and of its end; of instructions the beginning. */
const HEAD = 1_200;
const TAIL = 400;
const RULES_HEAD = 400;
/** What instructions say of the work, beside what the user says. */
const RULES_WEIGHT = 0.4;
const LONG_TOKENS = 40_000;

/** What a call asks for, by what it brings with it and by the words of its last turn. Some 100 µs, whatever the size. */
export function demandOf(call: Call, promptTokens: number): Demand {
  const last = call.messages.findLast(({ role }) => role === 'user');
  const said = excerpt(textOf(last));
  const spoken = taskOf(said, excerptOfRules(call), call.output.type === 'json' || call.output.type === 'json-schema');
  const task = structural(call, last, promptTokens) ?? spoken;
  return { task, difficulty: difficultyOf(call, said, { task, spoken, promptTokens }) };
}

function textOf(message: Message | undefined): string {
  let text = '';
  for (const part of message?.parts ?? []) if (part.type === 'text') text += `${text && '\n'}${part.text}`;
  return text;
}

const excerpt = (text: string): string =>
  (text.length <= HEAD + TAIL ? text : `${text.slice(0, HEAD)}\n${text.slice(-TAIL)}`).toLowerCase().trim();

const excerptOfRules = (call: Call): string =>
  textOf(call.messages.find(({ role }) => role === 'system' || role === 'developer'))
    .slice(0, RULES_HEAD)
    .toLowerCase();

/** What is there to be seen, called or read through decides before any word does. */
function structural({ tools }: Call, last: Message | undefined, promptTokens: number): Task | null {
  if (tools.length > 0) return 'agent';
  if (last?.parts.some(({ type }) => type === 'image' || (type as string) === 'video')) return 'vision';
  return promptTokens > LONG_TOKENS ? 'long' : null;
}

/** JSON that is wanted by a field weighs as the word would. */
const WANTS_JSON = 2.5;
const SAID_MIN = 1;

function taskOf(said: string, rules: string, wantsJson: boolean): Task {
  const weights = new Map<Task, number>();
  const add = (task: Task, weight: number): void => void weights.set(task, (weights.get(task) ?? 0) + weight);
  for (const [task, weight, sign] of SIGNS) {
    if (sign.test(said)) add(task, weight);
    // How a program greets its model is no chat.
    if (rules !== '' && task !== 'chat' && task !== 'knowledge' && sign.test(rules)) add(task, weight * RULES_WEIGHT);
  }
  if (wantsJson) add('extraction', WANTS_JSON);
  if (asksForANumber(said)) add('maths', ASKED_NUMBER);
  let best: Task = 'chat';
  let most = 0;
  for (const task of TASKS) {
    const weight = weights.get(task) ?? 0;
    if (weight >= SAID_MIN && weight > most) [best, most] = [task, weight];
  }
  return best;
}

const ASKED_NUMBER = 2;
/** Quantities and a question for another, as problems in words have them; years are none. */
function asksForANumber(said: string): boolean {
  const least = /\bhow (?:many|much|long|far|old|fast)\b/.test(said) ? 1 : 2;
  if (least === 2 && !/\bwhat (?:is|are|do|does|was|will)\b|\bfind\b/.test(said)) return false;
  const numbers = said.match(/\d+(?:[.,]\d+)*/g) ?? [];
  return numbers.filter((number) => !/^(?:1[0-9]|20)\d\d$/.test(number)).length >= least;
}

type Known = { readonly task: Task; readonly spoken: Task; readonly promptTokens: number };

function difficultyOf(call: Call, said: string, { task, spoken, promptTokens }: Known): Difficulty {
  let points = HARD.filter((sign) => sign.test(said)).length;
  if (said.length > 500) points += 1;
  if (promptTokens > 6_000) points += 1;
  if ((said.match(/^\s*(?:[-*•]|\d+[.)])\s/gm)?.length ?? 0) >= 4) points += 1;
  if (spoken === 'maths' || spoken === 'code' || task === 'agent' || task === 'long') points += 1;
  if (spoken === 'chat' || spoken === 'translation') points -= 1;
  if (EASY.test(said)) points -= 1;
  points += EFFORT_POINTS[call.reasoning?.effort ?? 'medium'];
  return points <= 0 ? 'easy' : points <= 2 ? 'ordinary' : 'hard';
}

/** A caller who asks for more thought knows why. */
const EFFORT_POINTS = { none: -1, minimal: -1, low: -1, medium: 0, high: 2, xhigh: 3, max: 3 } as const;
