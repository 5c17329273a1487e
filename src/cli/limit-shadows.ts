import type { BudgetStore } from '../access/budgets.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { keyScope } from '../facts/scope.ts';
import { shadowKeyOf } from '../gateway/shadow.ts';

/** Whose rule it is that a shadow costs no more in a day. */
const SOURCE = 'policy';

/** What shadows may cost in a day is a budget like any other: all processes keep it, and a kill forgets nothing. */
export async function limitShadows(budgets: BudgetStore, { policies }: Catalog, now: number): Promise<void> {
  const limits = policies.flatMap(({ name, shadow }) =>
    shadow === null
      ? []
      : [
          {
            scope: keyScope(shadowKeyOf(name)),
            source: SOURCE,
            interval: 'daily' as const,
            amount: shadow.dailyMax,
            withByok: false,
          },
        ],
  );
  if (limits.length > 0) await budgets.put(limits, now);
}
