import type { RouterOptions } from '../call/router-options.ts';

/** Kinds of work that prompts ask for, as far as it matters to whom they go. */
export const TASKS = [
  'code',
  'maths',
  'translation',
  'extraction',
  'summary',
  'writing',
  'roleplay',
  'knowledge',
  'chat',
  'agent',
  'vision',
  'long',
] as const;
/** What a prompt asks for: `agent` has tools, `vision` pictures or films, `long` some book's length. */
export type Task = (typeof TASKS)[number];

export const DIFFICULTIES = ['easy', 'ordinary', 'hard'] as const;
/** How hard a prompt seems. */
export type Difficulty = (typeof DIFFICULTIES)[number];

/** What a prompt asks of whoever is to answer it. */
export type Demand = { readonly task: Task; readonly difficulty: Difficulty };

/** What a router model is told of a call. */
export type RoutingAsk = {
  readonly demand: Demand;
  /** The model that gave the conversation's last answer, as its caller wrote it down; null = nobody wrote it. */
  readonly answeredBy: string | null;
  /** By the id of the plugin that they were said under. */
  readonly optionsOf: (plugin: string) => RouterOptions;
};

/** What a router model chose, as the receipt keeps it. */
export type Routed = {
  /** The router model's id. */
  readonly router: string;
  readonly demand: Demand;
  /** How many models could have taken the call. */
  readonly pool: number;
  /** In the order in which they are tried, with a reason each. */
  readonly chosen: readonly RoutedModel[];
};
export type RoutedModel = { readonly model: string; readonly reason: string };
