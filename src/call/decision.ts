import type { Json, JsonObject } from '../base/json.ts';
import type { Native, UserPart } from './message.ts';
import type { CommonCall, CommonReply } from './operation.ts';

/** Typed questions about something, in no vendor's words. Every field that is absent was not sent and is not sent upstream. */
export type DecisionCall = CommonCall & {
  readonly subject: DecisionSubject;
  /** At least one. */
  readonly questions: readonly DecisionQuestion[];
  /** Subject and questions once more, as parts, to be counted. */
  readonly parts: readonly UserPart[];
  /** How they came, which is how they are answered: by name, as System One has it, or in a list, as OpenAI has it. */
  readonly form: 'map' | 'list';
  /** Top-level fields we do not model; they reach an endpoint of the same dialect unchanged. */
  readonly native?: Native;
};

/** What is decided about: any JSON, or the items of a conversation as OpenAI writes them. */
export type DecisionSubject =
  | { readonly kind: 'state'; readonly state: Json }
  | { readonly kind: 'items'; readonly items: readonly JsonObject[] };

/** One question; its name is unique where its call's form is a map. Guidance is any JSON but null. */
export type DecisionQuestion = { readonly name: string | null; readonly instructions?: Json } & (
  | { readonly type: 'predicate'; readonly criteria?: { readonly true?: Json; readonly false?: Json } }
  | { readonly type: 'choice'; readonly choices: readonly DecisionChoice[] }
  | { readonly type: 'score'; readonly levels: readonly DecisionLevel[] }
);
/** What can be chosen. A text and a boolean that are written alike are two choices. */
export type DecisionChoice = { readonly value: string | boolean; readonly description?: Json };
/** A step of a scale, the lowest first. */
export type DecisionLevel = { readonly label: Json; readonly description?: Json };

/** Probabilities and confidence go from 0 to 1; those of choices and levels stand in the order of the question. */
export type DecisionAnswer =
  | { readonly type: 'predicate'; readonly probability: number }
  | ({ readonly type: 'choice' /** Its place in the question. */; readonly chosen: number } & Certainty)
  | ({ readonly type: 'score' /** A level's place, or between two. */; readonly score: number } & Certainty)
  /** The model declined to answer this one. */
  | { readonly type: 'refusal' };
export type Certainty = { readonly confidence?: number; readonly probabilities?: readonly number[] };

/** The answers, in the order of the questions. */
export type DecisionReply = CommonReply & { readonly answers: readonly DecisionAnswer[] };

/** As the model reads it: a text as it is, all else as it is written. */
export const wordsOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
