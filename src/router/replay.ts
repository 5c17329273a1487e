import type { Catalog } from '../catalog/catalog.ts';
import type { Grounds } from '../facts/grounds.ts';
import type { Plan } from '../facts/plan.ts';
import type { Question } from '../facts/question.ts';
import type { FilterStep } from './filters.ts';
import { groundsFrom, groundsText, healthOf } from './grounds-text.ts';
import { isKept, plan } from './plan.ts';

/** The part of a receipt that says how its call was planned. */
export type Planned = {
  readonly requestedModel: string;
  readonly operation: Question['operation'];
  readonly seed: number;
  readonly grounds?: string;
};

/**
 * `same`: the question of then, asked anew, gives the plan of then, bit for bit. `changed`: the catalogue says something
 * else of these models by now, so that only what was written down can be told. `other`: it says the same, and yet this
 * release plans otherwise.
 */
export type Replay = {
  readonly grounds: Grounds;
  readonly outcome: 'same' | 'changed' | 'other';
  /** What is planned now; null where the catalogue has changed. */
  readonly plan: Plan | null;
};

/** Plans a call of the past again, with the health, the keys and the seed of then. Null = its receipt keeps no grounds. */
export function replay(planned: Planned, catalog: Catalog): Replay | null {
  const grounds = planned.grounds === undefined ? null : groundsFrom(planned.grounds, planned);
  if (!grounds) return null;
  const question = questionOf(grounds, planned.seed, catalog);
  const decided = plan(question);
  const text = groundsText(question, decided, grounds.format);
  if (text === planned.grounds) return { grounds, outcome: 'same', plan: decided };
  const now = groundsFrom(text, planned);
  if (now?.print !== grounds.print) return { grounds, outcome: 'changed', plan: null };
  return { grounds, outcome: 'other', plan: decided };
}

const WITHOUT_KEY: FilterStep = 'credentials';

/** Which providers had a key is told by who was rejected for having none. */
function questionOf(grounds: Grounds, seed: number, catalog: Catalog): Question {
  const enabled = new Set(catalog.providers.keys());
  for (const { step, endpoint } of grounds.rejected)
    if (step === WITHOUT_KEY) enabled.delete(catalog.endpoints.get(endpoint)?.provider.slug ?? '');
  for (const provider of grounds.withoutOperator ?? []) enabled.delete(provider);
  const kept = grounds.candidates.find(({ reason }) => isKept(reason))?.endpoint ?? null;
  return { ...grounds.question, catalog, enabled, health: healthOf(grounds), home: () => kept, seed };
}
