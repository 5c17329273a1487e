import { type Migration, table } from './migration.ts';

export const GUARDRAILS: Migration = {
  id: '0018-guardrails',
  steps: [
    table(`create table guardrail (id text primary key, account_id text not null, workspace_id text not null,
      name text not null, description text, settings text not null, amount bigint, "interval" text,
      with_byok bigint not null, created_at bigint not null, updated_at bigint)`),
    'create index guardrail_of_workspace on guardrail (workspace_id, created_at)',
    table(`create table guardrail_assignment (scope text primary key, kind text not null, id text not null,
      guardrail_id text not null, account_id text not null, assigned_by text, created_at bigint not null)`),
    'create index guardrail_assignment_of_guardrail on guardrail_assignment (guardrail_id, kind, created_at)',
    'create index guardrail_assignment_of_account on guardrail_assignment (account_id, kind, created_at)',
  ],
};
