import { type Migration, table } from './migration.ts';

/** Keys at providers, sealed, and which master secret they are sealed by. */
export const PROVIDER_KEYS: Migration = {
  id: '0012-provider-keys',
  steps: [
    table('create table vault (name text primary key, master text not null)'),
    table(`create table provider_key (id text primary key, payer text not null, account_id text not null,
      workspace_id text, provider text not null, name text, label text not null, secret text not null,
      weight bigint not null, disabled bigint not null, sort_order bigint not null, is_fallback bigint not null,
      is_required bigint not null, is_byok_only bigint not null, declared_zdr bigint, allowed_models text,
      allowed_keys text, allowed_members text, created_at bigint not null, updated_at bigint)`),
    'create index provider_key_listed on provider_key (account_id, payer, provider, sort_order)',
  ],
};
