import type { Difficulty, Routed, Task } from '../facts/routing.ts';

/** What a router model chose, as the grounds of a receipt keep it. */
export type RoutedCells = readonly [
  router: string,
  task: Task,
  difficulty: Difficulty,
  pool: number,
  ...chosen: (readonly [model: string, reason: string])[],
];

export const routedCells = ({ router, demand, pool, chosen }: Routed): RoutedCells => [
  router,
  demand.task,
  demand.difficulty,
  pool,
  ...chosen.map(({ model, reason }) => [model, reason] as const),
];

export const routedFrom = ([router, task, difficulty, pool, ...chosen]: RoutedCells): Routed => ({
  router,
  demand: { task, difficulty },
  pool,
  chosen: chosen.map(([model, reason]) => ({ model, reason })),
});
