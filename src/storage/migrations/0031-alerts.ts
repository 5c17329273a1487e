import { type Migration, table } from './migration.ts';

/** What managers want to be told of, and what they were told. `due_at` is null where nobody waits to be told. */
export const ALERTS: Migration = {
  id: '0031-alerts',
  steps: [
    table(`create table alert (id text primary key, account_id text not null, name text not null,
      enabled bigint not null, watched text not null, mails text not null, url text, raised text not null,
      words text not null, raised_at bigint, last_event text not null,
      created_at bigint not null, updated_at bigint not null)`),
    'create index alert_of_account on alert (account_id)',
    table(`create table alert_event (alert_id text not null, id text not null, account_id text not null,
      at bigint not null, kind text not null, words text not null, tellings text not null, tries bigint not null,
      due_at bigint, primary key (alert_id, id))`),
    'create index alert_event_due on alert_event (due_at)',
  ],
};
