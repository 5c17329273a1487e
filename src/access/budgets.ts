import type { Budget, Scope } from '../facts/scope.ts';

/** Which of a scope's budgets. */
export type BudgetName = Pick<Budget, 'scope' | 'source' | 'interval'>;

export type NewBudget = BudgetName & Pick<Budget, 'amount' | 'withByok'>;

/** Budgets as they are administered. A change counts for calls from the next one on, and rewrites nothing that was booked. */
export type BudgetStore = {
  readonly list: (scopes: readonly Scope[]) => Promise<readonly Budget[]>;
  /** New, or in the place of the one of its name; all of them or none. */
  readonly put: (budgets: readonly NewBudget[], now: number) => Promise<void>;
  /** False = there is none. */
  readonly remove: (name: BudgetName) => Promise<boolean>;
};
