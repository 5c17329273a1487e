import { type Migration, table } from './migration.ts';

const KEYS = `account_id text not null, grain text not null, at text not null, workspace_id text not null,
  key_id text not null, model text not null, provider text not null, app text not null, dialect text not null,
  finish text not null, streamed text not null, context text not null`;
const KEY = 'account_id, grain, at, workspace_id, key_id, model, provider, app, dialect, finish, streamed, context';
const FIGURES = `requests bigint, errors bigint, prompt_tokens bigint, completion_tokens bigint, reasoning_tokens bigint,
  cached_tokens bigint, cost bigint, byok_requests bigint, byok_cost bigint, byok_fees bigint, cached_responses bigint,
  timed bigint, latency_ms bigint, generation_ms bigint, generated_tokens bigint`;

/**
 * Analytics, and what of accounts is kept beside calls. What was summed up by days before is told by days: how fast those
 * calls were, how they ended and what of them others' keys paid was never summed up.
 */
export const ANALYTICS: Migration = {
  id: '0021-analytics',
  steps: [
    table(`create table tally (${KEYS}, ${FIGURES}, primary key (${KEY}))`),
    table(`create table tally_of_user (${KEYS}, external_user text not null, ${FIGURES},
      primary key (${KEY}, external_user))`),
    table(`create table tally_speed (${KEYS}, speed text not null, bucket bigint not null, calls bigint,
      primary key (${KEY}, speed, bucket))`),
    `insert into tally (${KEY}, requests, errors, prompt_tokens, completion_tokens, reasoning_tokens, cached_tokens, cost,
        byok_requests, byok_cost, byok_fees, cached_responses, timed, latency_ms, generation_ms, generated_tokens)
      select account_id, 'd', day, workspace_id, key_id, model, provider, app, '', '', '', '', sum(requests),
        sum(case when endpoint = '' then errors else 0 end), sum(prompt_tokens), sum(completion_tokens),
        sum(reasoning_tokens), sum(cached_tokens), sum(cost), 0, sum(byok_cost), 0, 0, 0, 0, 0, 0
      from roll_up group by account_id, day, workspace_id, key_id, model, provider, app having sum(requests) > 0`,
  ],
};
