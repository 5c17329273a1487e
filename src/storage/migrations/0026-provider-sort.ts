import type { Migration } from './migration.ts';

/** By what hosts are sorted for calls of a workspace that do not say it. */
export const PROVIDER_SORT: Migration = {
  id: '0026-provider-sort',
  steps: ['alter table workspace add column default_provider_sort text'],
};
