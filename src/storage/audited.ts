import type { Acting } from '../access/acting.ts';
import { query, type Row, type Value, type Work } from './work.ts';

/** What of each table the audit log tells. Secrets, digests of secrets and what nobody administers are not among it. */
const TOLD = {
  api_key: [
    'hash',
    'name',
    'label',
    'workspace_id',
    'is_management',
    'disabled',
    'expires_at',
    'creator_user_id',
    'external_user',
  ],
  account: ['id', 'prepaid', 'credits'],
  payment_account: ['account_id', 'below', 'credits', 'top_ups'],
  budget: ['scope', 'source', 'interval', 'amount', 'with_byok'],
  workspace: ['id', 'slug', 'name', 'description', 'byok_in_budgets', 'default_provider_sort'],
  workspace_member: ['workspace_id', 'person_id'],
  person: ['id', 'email', 'name', 'role'],
  passkey: ['id', 'name', 'created_at'],
  identity: ['issuer', 'subject', 'person_id', 'means'],
  invitation: ['id', 'email', 'role', 'workspaces', 'expires_at'],
  session: ['person_id', 'created_at', 'address', 'agent', 'means'],
  sign_in: ['kind', 'person_id', 'expires_at'],
  auth_code: ['workspace_id', 'key_name', 'limit_nano', 'limit_reset', 'key_expires_at', 'creator_id'],
  provider_key: [
    'id',
    'payer',
    'workspace_id',
    'provider',
    'name',
    'label',
    'weight',
    'disabled',
    'sort_order',
    'is_fallback',
    'is_required',
    'is_byok_only',
    'declared_zdr',
    'allowed_models',
    'allowed_keys',
    'allowed_members',
  ],
  observability_destination: ['id', 'workspace_id', 'name', 'kind', 'enabled', 'settings'],
  mcp_server: ['id', 'workspace_id', 'name', 'url', 'enabled', 'settings'],
  alert: ['id', 'name', 'enabled', 'watched', 'mails'],
  preset: ['id', 'workspace_id', 'slug', 'name', 'description', 'status', 'designated_version_id'],
  guardrail: ['id', 'workspace_id', 'name', 'description', 'settings', 'amount', 'interval', 'with_byok'],
  guardrail_assignment: ['guardrail_id', 'scope'],
} as const;
export type Told = keyof typeof TOLD;
export const TOLD_COLUMNS: { readonly [table in Told]: readonly string[] } = TOLD;

/** Rows that an act is about: those of a table where a column has this value. */
export type Rows = { readonly table: Told; readonly column: string; readonly value: string };
/** What is done, and the rows it is done to; the first ones name the object. */
export type Act = {
  readonly act: string;
  readonly rows: readonly Rows[];
  /** What it is done to, where that is not what the first rows are named by. */
  readonly object?: string;
};
/** The same, with who does it; it may have come over a channel. */
export type Entry = {
  readonly id: string;
  readonly at: number;
  readonly actor: Acting['actor'];
  readonly act: Act;
};

/** Null = nobody acts, or nobody's log is known. */
export function entryOf(acting: Acting | null, act: Act | undefined): Entry | null {
  if (acting === null || acting.actor.accountId === '') return null;
  const { world, actor } = acting;
  const at = world.now();
  return { id: world.newId('act'), at, actor, act: act ?? { act: actor.asked, rows: [] } };
}

type Seen = ReadonlyMap<string, readonly Row[]>;
/** Of many rows the first tell enough; what an act does to thousands is said in its name. */
const ROWS_MAX = 100;

export function* seen({ act }: Entry): Work<Seen> {
  const found = new Map<string, readonly Row[]>();
  for (const { table, column, value } of act.rows) {
    const columns = TOLD[table].map((name) => `"${name}"`).join(', ');
    const { rows } = yield query(`select ${columns} from ${table} where "${column}" = ? limit ${ROWS_MAX}`, [value]);
    found.set(table, [...(found.get(table) ?? []), ...rows]);
  }
  return found;
}

/** In the transaction of the act itself: there is no act without its entry, and no entry of what was not done. */
export function* logged({ id, at, actor, act }: Entry, before: Seen, after: Seen): Work<void> {
  const [was, is] = differing(telling(before), telling(after));
  const nameOf = `coalesce((select coalesce(email, name) from person where id = ?),
    (select label from api_key where hash = ?))`;
  yield query(
    `insert into audit_log (account_id, id, at, actor_kind, actor_id, actor_name, address, act, object, before, after)
      values (?, ?, ?, ?, ?, ${nameOf}, ?, ?, ?, ?, ?)`,
    [
      actor.accountId,
      id,
      BigInt(Math.floor(at)),
      actor.kind,
      actor.id,
      actor.id,
      actor.id,
      actor.address,
      act.act,
      act.object ?? act.rows[0]?.value ?? '',
      was && JSON.stringify(was),
      is && JSON.stringify(is),
    ],
  );
}

export const isChanged = (before: Seen, after: Seen): boolean =>
  JSON.stringify(telling(before)) !== JSON.stringify(telling(after));

type Telling = { readonly [member: string]: unknown };

/** The first table's only row stands for the object; others, and several, stand under their table's name. */
function telling(seen: Seen): Telling | null {
  const told: { [member: string]: unknown } = {};
  let isFirst = true;
  for (const [table, rows] of seen) {
    const plain = rows.map(plainRow);
    if (isFirst && plain.length === 1) Object.assign(told, plain[0]);
    else if (plain.length > 0) told[table] = plain;
    isFirst = false;
  }
  return Object.keys(told).length === 0 ? null : told;
}

const plainRow = (row: Row): Telling =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainValue(value)]));
/** An amount beyond what JSON's numbers hold exactly is written out. */
const plainValue = (value: Value): string | number | null =>
  typeof value === 'bigint' ? (Number.isSafeInteger(Number(value)) ? Number(value) : String(value)) : value;

/** Of what was there before and after only what differs. */
function differing(before: Telling | null, after: Telling | null): readonly [Telling | null, Telling | null] {
  if (before === null || after === null) return [before, after];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const of = (told: Telling): Telling =>
    Object.fromEntries(changed.flatMap((name) => (name in told ? [[name, told[name]]] : [])));
  return [of(before), of(after)];
}
