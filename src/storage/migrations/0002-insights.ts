import { type Migration, table } from './migration.ts';

export const INSIGHTS: Migration = {
  id: '0002-insights',
  steps: [
    table(`create table roll_up (day text not null, model text not null, endpoint text not null,
      provider text not null, app text not null, key_id text not null, workspace_id text not null, requests bigint,
      errors bigint, prompt_tokens bigint, completion_tokens bigint, reasoning_tokens bigint, cached_tokens bigint,
      cost bigint, byok_cost bigint, latency_ms bigint,
      primary key (day, model, endpoint, provider, app, key_id, workspace_id))`),
    table('create table app (id text not null, origin text, title text, categories text, primary key (id))'),
  ],
};
