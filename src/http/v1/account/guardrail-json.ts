import type { Assignment, Guardrail } from '../../../access/guardrails.ts';
import { nano, usdNumber } from '../../../base/money.ts';
import { labelOf } from '../../../content/builtins.ts';
import { iso } from './key-json.ts';

/** A guardrail as the API shows it (openrouter.ai, API of guardrails, read 2026-11-29). */
export const guardrailJson = (guardrail: Guardrail) => ({
  id: guardrail.id,
  name: guardrail.name,
  description: guardrail.description,
  workspace_id: guardrail.workspaceId,
  limit_usd: guardrail.budget === null ? null : usdNumber(nano(guardrail.budget.amount)),
  reset_interval: guardrail.budget?.interval ?? null,
  include_byok_in_budgets: guardrail.byokInBudget,
  ...guardrail.settings,
  content_filter_builtins:
    guardrail.settings.content_filter_builtins?.map((one) => ({ ...one, label: labelOf(one.slug) })) ?? null,
  created_at: new Date(guardrail.createdAt).toISOString(),
  updated_at: iso(guardrail.updatedAt),
});

const assignedJson = ({ id, guardrailId, assignedBy, createdAt }: Assignment) => ({
  id,
  guardrail_id: guardrailId,
  assigned_by: assignedBy,
  created_at: new Date(createdAt).toISOString(),
});

/** What stands behind the first colon, and behind the account of a member. */
const idIn = (scope: string): string => scope.slice(scope.indexOf(':') + 1);

export const keyAssignmentJson = (assignment: Assignment) => ({
  ...assignedJson(assignment),
  key_hash: idIn(assignment.scope),
  key_name: assignment.keyName ?? '',
  key_label: assignment.keyLabel ?? '',
});

export const memberAssignmentJson = (assignment: Assignment) => ({
  ...assignedJson(assignment),
  user_id: idIn(assignment.scope).slice(assignment.accountId.length + 1),
  organization_id: assignment.accountId,
});
