import type { Route } from '../../route.ts';
import { ACTIVITY } from './activity.ts';
import { AUDIT_LOG } from './audit-log.ts';
import { AUTH_KEY_ROUTES } from './auth-keys.ts';
import { BYOK_ROUTES } from './byok.ts';
import { COINBASE, CREDITS } from './credits.ts';
import { EXTERNAL_USER_ROUTES } from './external-users.ts';
import { FEEDBACK_ROUTES } from './feedback.ts';
import { GENERATION, GENERATION_CONTENT } from './generation.ts';
import { GUARDRAIL_ASSIGNMENT_ROUTES } from './guardrail-assignments.ts';
import { GUARDRAIL_ROUTES } from './guardrails.ts';
import { INVITATION_ROUTES } from './invitations.ts';
import { KEY_ROUTES } from './key.ts';
import { KEYS_ROUTES } from './keys.ts';
import { MEMBER_ROUTES } from './members.ts';
import { OAUTH_ROUTES } from './oauth.ts';
import { OPERATOR_KEY_ROUTES } from './operator-keys.ts';
import { PAYMENT_ROUTES } from './payments.ts';
import { PEOPLE_ROUTES } from './people.ts';
import { SCIM_ROUTES } from './scim.ts';
import { SETTINGS_ROUTES } from './settings.ts';
import { WORKSPACE_BUDGET_ROUTES } from './workspace-budgets.ts';
import { WORKSPACE_ROUTES } from './workspaces.ts';

/** Keys, credit, records and activity of the caller's account. */
export const ACCOUNT_ROUTES: readonly Route[] = [
  GENERATION,
  GENERATION_CONTENT,
  ...FEEDBACK_ROUTES,
  ...KEY_ROUTES,
  CREDITS,
  COINBASE,
  ...PAYMENT_ROUTES,
  ...KEYS_ROUTES,
  ...AUTH_KEY_ROUTES,
  ...OAUTH_ROUTES,
  ...EXTERNAL_USER_ROUTES,
  ...SCIM_ROUTES,
  ...SETTINGS_ROUTES,
  ...WORKSPACE_ROUTES,
  ...WORKSPACE_BUDGET_ROUTES,
  ...MEMBER_ROUTES,
  ...PEOPLE_ROUTES,
  ...INVITATION_ROUTES,
  AUDIT_LOG,
  ...BYOK_ROUTES,
  ...OPERATOR_KEY_ROUTES,
  ...GUARDRAIL_ASSIGNMENT_ROUTES,
  ...GUARDRAIL_ROUTES,
  ACTIVITY,
];
