import { type Migration, table } from './migration.ts';

export const JOBS: Migration = {
  id: '0013-jobs',
  steps: [
    table(`create table job (id text not null primary key, kind text not null, phase text not null, status text not null,
      account_id text not null, workspace_id text not null, key_id text not null, created_at bigint not null,
      state text not null, hold text, tries bigint not null, claim bigint not null, claimed_until bigint not null,
      unwanted bigint not null, due_at bigint not null, deadline_at bigint not null)`),
    'create index job_due on job (phase, due_at)',
    'create index job_listed on job (account_id, workspace_id, kind, created_at, id)',
  ],
};
