import { defaultGuardrailId } from '../../../access/guardrails.ts';
import type { Person } from '../../../access/people/person.ts';
import { digestOf } from '../../../access/secret.ts';
import type { Workspace } from '../../../access/workspaces.ts';
import { nano, usdNumber } from '../../../base/money.ts';
import { uuidOf } from '../../../base/uuid.ts';
import type { PersonRole } from '../../../facts/principal.ts';
import type { Budget } from '../../../facts/scope.ts';
import type { LoggingWish } from '../../../gateway/contents/content.ts';
import { iso } from './key-json.ts';

/** An id that follows from what it names, as the contract has it for default guardrails. */
const derivedId = (name: string): string => uuidOf(digestOf(name));

/**
 * A workspace as the API shows it (spec §1.11), and what of its calls it logs.
 */
export const workspaceJson = (workspace: Workspace, logging: LoggingWish) => ({
  id: workspace.id,
  name: workspace.name,
  slug: workspace.slug,
  description: workspace.description,
  default_text_model: null,
  default_image_model: null,
  default_provider_sort: workspace.defaultSort,
  disabled_server_tools: null,
  default_guardrail_id: defaultGuardrailId(workspace.id),
  include_byok_in_budgets: workspace.byokInBudgets,
  io_logging_api_key_ids: logging.keys,
  io_logging_sampling_rate: logging.rate,
  is_data_discount_logging_enabled: false,
  is_observability_broadcast_enabled: false,
  is_observability_io_logging_enabled: logging.enabled,
  created_by: workspace.createdBy,
  created_at: new Date(workspace.createdAt).toISOString(),
  updated_at: iso(workspace.updatedAt),
});

export const budgetJson = ({ id }: Workspace, { interval, amount, createdAt, updatedAt }: Budget) => ({
  id: derivedId(`${interval} budget of ${id}`),
  workspace_id: id,
  limit_usd: usdNumber(nano(amount)),
  reset_interval: interval === 'lifetime' ? null : interval,
  created_at: new Date(createdAt).toISOString(),
  updated_at: new Date(updatedAt ?? createdAt).toISOString(),
});

/** Owners and admins of an account are in all of its workspaces. */
export const memberJson = (workspace: Workspace, { id, role }: Pick<Person, 'id' | 'role'>) => ({
  id: derivedId(`${id} in ${workspace.id}`),
  workspace_id: workspace.id,
  user_id: id,
  role: isEverywhere(role) ? 'admin' : 'member',
  created_at: new Date(workspace.createdAt).toISOString(),
});

export const isEverywhere = (role: PersonRole): boolean => role === 'owner' || role === 'admin';
