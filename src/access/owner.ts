import { uuidOf } from '../base/uuid.ts';
import { digestOf } from './secret.ts';

/** The account of whoever runs the instance, and the workspace every key belongs to unless told otherwise. */
export const OWNER_ACCOUNT_ID = 'owner';
/** A UUID, because clients of the keys API expect one (spec §1.10). */
export const DEFAULT_WORKSPACE_ID = '00000000-0000-4000-8000-000000000001';
/** The workspace that is made with an account; the owner's has an id that is known beforehand. */
export const firstWorkspace = (accountId: string) => ({
  id: accountId === OWNER_ACCOUNT_ID ? DEFAULT_WORKSPACE_ID : uuidOf(digestOf(`first workspace of ${accountId}`)),
  slug: 'default',
  name: 'Default workspace',
  description: null,
  byokInBudgets: false,
  defaultSort: null,
  updatedAt: null,
});
