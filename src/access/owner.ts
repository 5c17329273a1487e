/** The account of whoever runs the instance, and the workspace every key belongs to unless told otherwise. */
export const OWNER_ACCOUNT_ID = 'owner';
/** A UUID, because clients of the keys API expect one (spec §1.10). */
export const DEFAULT_WORKSPACE_ID = '00000000-0000-4000-8000-000000000001';
/** That workspace as it is made with its account. */
export const FIRST_WORKSPACE = {
  id: DEFAULT_WORKSPACE_ID,
  slug: 'default',
  name: 'Default workspace',
  description: null,
  byokInBudgets: false,
  updatedAt: null,
} as const;
