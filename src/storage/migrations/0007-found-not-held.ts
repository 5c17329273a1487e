import { type Migration, table } from './migration.ts';

/**
 * Lists come in pages, and roll-ups say whose they are: nothing is filtered after it was read. What a deleted key has
 * used is its only account's.
 */
export const FOUND_NOT_HELD: Migration = {
  id: '0007-found-not-held',
  steps: [
    'create index api_key_listed on api_key (account_id, created_at, hash, disabled, workspace_id)',
    'create index session_ending on session (expires_at)',
    'create index sign_in_ending on sign_in (expires_at)',
    'alter table roll_up rename to roll_up_1',
    table(`create table roll_up (day text not null, model text not null, endpoint text not null,
      provider text not null, app text not null, account_id text not null, key_id text not null,
      workspace_id text not null, requests bigint, errors bigint, prompt_tokens bigint, completion_tokens bigint,
      reasoning_tokens bigint, cached_tokens bigint, cost bigint, byok_cost bigint, latency_ms bigint,
      primary key (day, model, endpoint, provider, app, account_id, key_id, workspace_id))`),
    `insert into roll_up (day, model, endpoint, provider, app, account_id, key_id, workspace_id, requests, errors,
        prompt_tokens, completion_tokens, reasoning_tokens, cached_tokens, cost, byok_cost, latency_ms)
      select day, model, endpoint, provider, app,
        coalesce((select k.account_id from api_key k where k.hash = r.key_id), 'owner'), key_id, workspace_id,
        requests, errors, prompt_tokens, completion_tokens, reasoning_tokens, cached_tokens, cost, byok_cost,
        latency_ms
      from roll_up_1 r`,
    'drop table roll_up_1',
    'create index roll_up_of_account on roll_up (account_id, day)',
  ],
};
