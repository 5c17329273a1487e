import { type Migration, table } from './migration.ts';

export const OUTBOX: Migration = {
  id: '0008-outbox',
  steps: [
    table('create table destination (id text not null, workspace_id text, primary key (id))'),
    table(`create table outbox (destination text not null, id text not null, month text, claimed_until bigint,
      primary key (destination, id))`),
  ],
};
