import { usdNumber } from '../../base/money.ts';
import { completionTokens, promptTokens } from '../../call/usage.ts';
import type { Receipt } from '../../facts/receipt.ts';

/** Which calls go out. What prompts and answers say is kept nowhere, so no rule can ask for it. */
export const FILTER_FIELDS = [
  'model',
  'provider',
  'session_id',
  'user_id',
  'finish_reason',
  'total_cost',
  'total_tokens',
  'prompt_tokens',
  'completion_tokens',
] as const;
/** The contract's, but for `regex`: a pattern of a stranger's may take a program for ever. */
export const FILTER_OPERATORS = [
  'equals',
  'not_equals',
  'contains',
  'not_contains',
  'starts_with',
  'ends_with',
  'gt',
  'lt',
  'gte',
  'lte',
  'exists',
  'not_exists',
] as const;
type Field = (typeof FILTER_FIELDS)[number];
type Operator = (typeof FILTER_OPERATORS)[number];

export type FilterRule = { readonly field: Field; readonly operator: Operator; readonly value?: string | number };
export type FilterRules = {
  readonly enabled: boolean;
  readonly groups: readonly { readonly logic: 'and' | 'or'; readonly rules: readonly FilterRule[] }[];
};

const FIELDS: { readonly [field in Field]: (receipt: Receipt) => string | number | null } = {
  model: (receipt) => receipt.model ?? receipt.requestedModel,
  provider: (receipt) => receipt.provider,
  session_id: (receipt) => receipt.sessionId,
  user_id: (receipt) => receipt.user,
  finish_reason: (receipt) => receipt.finish,
  total_cost: (receipt) => usdNumber(receipt.bill.cost),
  total_tokens: ({ usage }) => promptTokens(usage) + completionTokens(usage),
  prompt_tokens: ({ usage }) => promptTokens(usage),
  completion_tokens: ({ usage }) => completionTokens(usage),
};

type Test = (found: string | number, wanted: string | number) => boolean;
const TESTS: { readonly [operator in Exclude<Operator, 'exists' | 'not_exists'>]: Test } = {
  equals: (found, wanted) => String(found) === String(wanted),
  not_equals: (found, wanted) => String(found) !== String(wanted),
  contains: (found, wanted) => String(found).includes(String(wanted)),
  not_contains: (found, wanted) => !String(found).includes(String(wanted)),
  starts_with: (found, wanted) => String(found).startsWith(String(wanted)),
  ends_with: (found, wanted) => String(found).endsWith(String(wanted)),
  gt: (found, wanted) => Number(found) > Number(wanted),
  lt: (found, wanted) => Number(found) < Number(wanted),
  gte: (found, wanted) => Number(found) >= Number(wanted),
  lte: (found, wanted) => Number(found) <= Number(wanted),
};

/** Every group must hold; within one, all of its rules or any of them, as it says. */
export function passes(receipt: Receipt, rules: FilterRules | null): boolean {
  if (rules === null || !rules.enabled) return true;
  return rules.groups.every(({ logic, rules: own }) => {
    if (own.length === 0) return true;
    return logic === 'or' ? own.some((rule) => holds(receipt, rule)) : own.every((rule) => holds(receipt, rule));
  });
}

/** What a call does not have is equal to nothing, and contains nothing. */
function holds(receipt: Receipt, { field, operator, value = '' }: FilterRule): boolean {
  const found = FIELDS[field](receipt);
  if (operator === 'exists' || operator === 'not_exists') return (found !== null) === (operator === 'exists');
  if (found === null) return operator === 'not_equals' || operator === 'not_contains';
  return TESTS[operator](found, value);
}
