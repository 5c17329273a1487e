import { type Migration, table } from './migration.ts';

/** Every limit is a budget of its scope; what workspaces have spent is summed up as it is for accounts and keys. */
export const BUDGETS: Migration = {
  id: '0009-budgets',
  steps: [
    table(`create table budget (scope text not null, source text not null, "interval" text not null, amount bigint,
      with_byok bigint, created_at bigint, updated_at bigint, primary key (scope, source, "interval"))`),
    table(`create table rate (scope text not null, minute bigint not null, process text not null, taken bigint,
      primary key (scope, minute, process))`),
    `insert into budget (scope, source, "interval", amount, with_byok, created_at, updated_at)
      select 'key:' || hash, '', coalesce(limit_reset, 'lifetime'), limit_nano, include_byok_in_limit, created_at,
        updated_at
      from api_key where limit_nano is not null or limit_reset is not null or include_byok_in_limit <> 0`,
    'alter table api_key drop column limit_nano',
    'alter table api_key drop column limit_reset',
    'alter table api_key drop column include_byok_in_limit',
    `insert into usage (scope, day, cost, byok_cost)
      select 'workspace:' || workspace_id, day, cast(sum(cost) as bigint), cast(sum(byok_cost) as bigint)
      from roll_up group by 1, 2 having sum(cost) <> 0 or sum(byok_cost) <> 0`,
    `insert into usage (scope, day, cost, byok_cost)
      select 'workspace:' || workspace_id, 'all', cast(sum(cost) as bigint), cast(sum(byok_cost) as bigint)
      from roll_up group by 1, 2 having sum(cost) <> 0 or sum(byok_cost) <> 0`,
  ],
};
