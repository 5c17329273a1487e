import type { AuditEntry, AuditLogStore } from '../access/audit-log.ts';
import { type Json, parseJson } from '../base/json.ts';
import type { StoreClient } from './client.ts';
import { openKysely } from './kysely.ts';
import type { AuditLogRow } from './schema.ts';

const PAGE_MAX = 201;

/** The audit log, to read. It is written with the acts themselves (`audited.ts`). */
export function openAuditLogStore(client: StoreClient): AuditLogStore {
  const reading = openKysely({ ...client, query: client.look });
  return {
    list: async ({ accountId, before, actor, object, act, limit }) => {
      let asked = reading.selectFrom('audit_log').selectAll().where('account_id', '=', accountId);
      if (before !== undefined) asked = asked.where('id', '<', before);
      if (actor !== undefined) asked = asked.where('actor_id', '=', actor);
      if (object !== undefined) asked = asked.where('object', '=', object);
      if (act !== undefined) asked = asked.where('act', '=', act);
      const rows = await asked.orderBy('id', 'desc').limit(Math.min(limit, PAGE_MAX)).execute();
      return rows.map(entryOf);
    },
  };
}

const KINDS: readonly AuditEntry['actor']['kind'][] = ['person', 'key', 'shell', 'nobody'];

const entryOf = (row: AuditLogRow): AuditEntry => ({
  id: row.id,
  at: Number(row.at),
  actor: {
    kind: KINDS.find((kind) => kind === row.actor_kind) ?? 'nobody',
    id: row.actor_id,
    name: row.actor_name,
    address: row.address,
  },
  act: row.act,
  object: row.object,
  before: jsonOf(row.before),
  after: jsonOf(row.after),
});

const jsonOf = (text: string | null): Json | null => (text === null ? null : (parseJson(text) ?? null));
