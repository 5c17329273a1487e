import { type Migration, table } from './migration.ts';

/** What was paid for credits, and what of it went back. Amounts of cards in cents, of credits in nano-dollars. */
export const PAYMENTS: Migration = {
  id: '0032-payments',
  steps: [
    table(`create table payment (id text primary key, account_id text, credits bigint not null, charged bigint not null,
      refunded bigint not null, booked bigint not null, bookings bigint not null, created_at bigint not null)`),
    table(`create table payment_dispute (id text primary key, payment_id text not null, amount bigint not null,
      state bigint not null)`),
    'create index payment_dispute_of_payment on payment_dispute (payment_id)',
    table(`create table payment_account (account_id text primary key, customer text, card text, below bigint,
      credits bigint, top_ups bigint not null, taken_until bigint not null, failure text)`),
    'create index payment_account_watched on payment_account (taken_until) where below is not null',
  ],
};
