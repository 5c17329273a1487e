import { type Fault, fault } from '../base/fault.ts';
import type { Principal, Role } from '../facts/principal.ts';
import type { Receipt } from '../facts/receipt.ts';
import { OWNER_ACCOUNT_ID } from './owner.ts';

/** What can be done here. A route names the one it does. */
export type Verb =
  /** Spend: every inference. */
  | 'call'
  /** Ask about oneself: the own key, its records, where a call would go. */
  | 'look'
  /** Read the records of all keys of the account. */
  | 'read-records'
  /** Read what the account has, has spent, and on what. */
  | 'read-spending'
  /** Buy credits for the account, now and by itself. */
  | 'pay'
  /** Read how the account is set up: its workspaces, budgets, people, where its receipts go. Never a secret. */
  | 'read-settings'
  /** Keep how calls are made under a name, for all of the workspace. */
  | 'use-presets'
  /** See keys: one's own; those of others, too, with `read-settings`. */
  | 'see-keys'
  /** Make keys and change them: one's own; those of others, too, with `manage-keys`. */
  | 'have-keys'
  | 'manage-keys'
  | 'manage-workspaces'
  | 'manage-members'
  /** Say who owns the account: whoever may not can neither make an owner nor change one. */
  | 'manage-owners'
  /** Keys at providers that the account pays itself. */
  | 'manage-provider-keys'
  /** What calls of keys, members and workspaces are held to. */
  | 'manage-guardrails'
  /** Where receipts of its workspaces are sent to. */
  | 'manage-observability'
  /** MCP servers whose tools calls of its workspaces can use. */
  | 'manage-mcp-servers'
  /** Read who did what. */
  | 'read-audit-log'
  /** Promise a program a key, as the person it asks. */
  | 'consent'
  /** What concerns the instance and not one account: its figures, the operator's own keys at providers. */
  | 'operate';

export const VERBS: readonly Verb[] = [
  'call',
  'look',
  'read-records',
  'read-spending',
  'pay',
  'read-settings',
  'use-presets',
  'see-keys',
  'have-keys',
  'manage-keys',
  'manage-workspaces',
  'manage-members',
  'manage-owners',
  'manage-provider-keys',
  'manage-guardrails',
  'manage-observability',
  'manage-mcp-servers',
  'read-audit-log',
  'consent',
  'operate',
];

const verbs = (...some: readonly Verb[]): ReadonlySet<Verb> => new Set(some);

/** The one table of rights. Whatever else a role should be able to do is a word here. */
const MAY: { readonly [role in Role]: ReadonlySet<Verb> } = {
  caller: verbs('call', 'look', 'use-presets'),
  // Management keys can make no call (spec §1.0).
  manager: verbs(
    'look',
    'read-records',
    'read-spending',
    'pay',
    'read-settings',
    'use-presets',
    'see-keys',
    'have-keys',
    'manage-keys',
    'manage-workspaces',
    'manage-members',
    'manage-provider-keys',
    'manage-guardrails',
    'manage-observability',
    'manage-mcp-servers',
    'read-audit-log',
    'operate',
  ),
  owner: verbs(...VERBS),
  admin: verbs(...VERBS.filter((verb) => verb !== 'manage-owners')),
  member: verbs('call', 'look', 'use-presets', 'see-keys', 'have-keys', 'consent'),
  billing: verbs('look', 'read-spending', 'pay'),
  viewer: verbs('look', 'read-records', 'read-spending', 'read-settings', 'see-keys'),
};

/** The instance is run by the account that it was set up with: other accounts' managers administer those alone. */
const isOperator = ({ accountId }: Principal): boolean => accountId === OWNER_ACCOUNT_ID;

export const may = (principal: Principal | null, verb: Verb): boolean =>
  principal !== null && MAY[principal.role].has(verb) && (verb !== 'operate' || isOperator(principal));

export const NOBODY: Fault = Object.freeze(fault('authentication', 'Missing Authentication header'));
const NO_CALLS: Fault = Object.freeze(fault('permission_denied', 'Management keys cannot be used for inference'));
const NO_MANAGER: Fault = Object.freeze(fault('permission_denied', 'Only management keys can perform this operation'));
const NO_OPERATOR: Fault = Object.freeze(
  fault('permission_denied', 'Only management keys of the account that runs this instance can perform this operation'),
);

const ofRole = (role: Role): Fault =>
  fault('permission_denied', `Your role in this organization, ${role}, does not allow this`);

/** Why it may not; null = it may. Says nothing of what there is. */
export function objectionTo(principal: Principal | null, verb: Verb | 'none'): Fault | null {
  if (verb === 'none' || may(principal, verb)) return null;
  if (principal === null) return NOBODY;
  if (principal.kind === 'session' && !MAY[principal.role].has(verb)) return ofRole(principal.role);
  if (verb === 'call') return NO_CALLS;
  return MAY[principal.role].has(verb) ? NO_OPERATOR : NO_MANAGER;
}

/** Is this of the principal's own account? Of all others nothing is there. */
export const owns = (
  principal: Principal | null,
  thing: { readonly accountId: string } | null | undefined,
): thing is { readonly accountId: string } =>
  principal !== null && thing !== null && thing !== undefined && thing.accountId === principal.accountId;

/** A receipt belongs to the key that made the call; of the account's other callers only its managers may read it. */
export const maySee = (
  principal: Principal | null,
  { accountId, keyId }: Pick<Receipt, 'accountId' | 'keyId'>,
): boolean =>
  principal !== null &&
  principal.accountId === accountId &&
  (principal.keyId === keyId || may(principal, 'read-records'));

/** Rankings, apps and what is used how much are everybody's affair only where the operator says so. */
export const seesBoards = (
  principal: Principal | null,
  { boards }: { readonly boards: 'public' | 'private' | 'closed' },
): boolean => boards === 'public' || principal !== null;
