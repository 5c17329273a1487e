import { query } from '../work.ts';
import { type Migration, table } from './migration.ts';

/** Who did what. Rows are only ever added: the store itself refuses whatever would change one. */
export const AUDIT_LOG: Migration = {
  id: '0022-audit-log',
  steps: [
    table(`create table audit_log (account_id text not null, id text not null, at bigint not null,
      actor_kind text not null, actor_id text not null, actor_name text, address text, act text not null,
      object text not null, before text, after text, primary key (account_id, id))`),
    'create index audit_log_of_actor on audit_log (account_id, actor_id, id)',
    'create index audit_log_of_object on audit_log (account_id, object, id)',
    function* ({ dialect }) {
      if (dialect === 'sqlite') {
        for (const event of ['update', 'delete'])
          yield query(`create trigger audit_log_no_${event} before ${event} on audit_log
            begin select raise(abort, 'the audit log is never changed'); end`);
        return;
      }
      yield query(`create function audit_log_refuse() returns trigger language plpgsql as
        $$ begin raise exception 'the audit log is never changed'; end $$`);
      yield query(`create trigger audit_log_kept before update or delete or truncate on audit_log
        for each statement execute function audit_log_refuse()`);
    },
  ],
};
