import type { EndpointHealth } from './health.ts';
import type { Rejection } from './plan.ts';
import type { Question } from './question.ts';

/** What a plan rests on, and what came of it, as its receipt keeps it: whoever asks later need not ask the present. */
export type Grounds = {
  /** Of the text that they were read from. */
  readonly format: number;
  /** What was asked, but for what is kept elsewhere: the catalogue, health, the seed. */
  readonly question: Omit<Question, 'catalog' | 'enabled' | 'health' | 'seed'>;
  /** Providers that could be called with the account's own keys alone; absent = none. */
  readonly withoutOperator?: readonly string[];
  /** A mark of what the catalogue said of the candidates' models. */
  readonly print: string;
  /** In the order in which they were to be tried. */
  readonly candidates: readonly GroundsCandidate[];
  readonly rejected: readonly GroundsRejection[];
};

/** A candidate as its call's receipt keeps it. */
export type GroundsCandidate = {
  readonly endpoint: string;
  readonly reason: string;
  /** What the call was expected to cost there, in nano-dollars; rough, only for comparing. */
  readonly expectedNanoUsd: number;
  /** As it was then; null = it had seen no traffic. What a plan never looks at is null in it. */
  readonly health: EndpointHealth | null;
};

/** Why it needs a key is not written down: the catalogue knows the key's name. */
export type GroundsRejection = Pick<Rejection, 'endpoint' | 'step'> & {
  readonly reason: string | null;
  /** The health of an endpoint that lost its place only to the first candidate. */
  readonly health: EndpointHealth | null;
};
