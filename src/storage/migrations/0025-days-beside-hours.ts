import type { Migration } from './migration.ts';

const KEY = 'account_id, grain, at, workspace_id, key_id, model, provider, app, dialect, finish, streamed, context';
const TOLD = 'workspace_id, key_id, model, provider, app';
const FIGURES = [
  'requests',
  'errors',
  'prompt_tokens',
  'completion_tokens',
  'reasoning_tokens',
  'cached_tokens',
  'cost',
  'byok_requests',
  'byok_cost',
  'byok_fees',
  'cached_responses',
  'timed',
  'latency_ms',
  'generation_ms',
  'generated_tokens',
];

/** What hours say is also said by their days: each is summed up from the hours that are kept. */
const days = (table: string, more: string, figures: readonly string[]): string =>
  `insert into ${table} (${KEY}${more}, ${figures.join(', ')})
    select account_id, 'd', substr(at, 1, 10), ${TOLD}, '', '', '', ''${more},
      ${figures.map((figure) => `cast(sum(${figure}) as bigint)`).join(', ')}
    from ${table} where grain = 'h' group by account_id, substr(at, 1, 10), ${TOLD}${more}
    on conflict (${KEY}${more}) do update set
      ${figures.map((figure) => `${figure} = ${table}.${figure} + excluded.${figure}`).join(', ')}`;

/** Days are kept beside the hours that they consist of. */
export const DAYS_BESIDE_HOURS: Migration = {
  id: '0025-days-beside-hours',
  steps: [
    days('tally', '', FIGURES),
    days('tally_of_user', ', external_user', FIGURES),
    days('tally_speed', ', speed, bucket', ['calls']),
  ],
};
