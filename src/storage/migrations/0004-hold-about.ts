import type { Migration } from './migration.ts';

export const HOLD_ABOUT: Migration = { id: '0004-hold-about', steps: ['alter table hold add column about text'] };
