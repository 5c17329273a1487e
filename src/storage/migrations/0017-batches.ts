import { type Migration, table } from './migration.ts';

export const BATCHES: Migration = {
  id: '0017-batches',
  steps: [
    table(`create table batch_line (batch_id text not null, line bigint not null, custom_id text not null,
      ended text not null, status bigint not null, generation_id text not null, body text not null,
      primary key (batch_id, line))`),
  ],
};
