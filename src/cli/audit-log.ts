import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { type AuditEntry, auditJson, everyEntry } from '../access/audit-log.ts';
import { OWNER_ACCOUNT_ID } from '../access/owner.ts';
import type { Configuration } from './configuration.ts';
import { openVisit } from './store.ts';
import { UsageError } from './usage.ts';

const SHOWN = 50;
const SHOWN_MAX = 1_000_000;

/** `switchwright audit-log`: who did what, newest first; as JSON Lines everything, for a file or another program. */
export async function auditLogCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      jsonl: { type: 'boolean', default: false },
      account: { type: 'string', default: OWNER_ACCOUNT_ID },
      actor: { type: 'string' },
      object: { type: 'string' },
      act: { type: 'string' },
      limit: { type: 'string' },
    },
  });
  const { jsonl, account: accountId, actor, object, act } = values;
  const most = values.limit === undefined ? (jsonl ? SHOWN_MAX : SHOWN) : Number(values.limit);
  if (!Number.isInteger(most) || most < 1 || most > SHOWN_MAX)
    throw new UsageError(`--limit takes a whole number from 1, not "${values.limit}".`);
  const storage = await openVisit(configuration);
  try {
    const question = { accountId, ...(actor && { actor }), ...(object && { object }), ...(act && { act }) };
    let left = most;
    for await (const entry of everyEntry(storage.accessStore.auditLog, question)) {
      await print(jsonl ? JSON.stringify(auditJson(entry)) : lineOf(entry));
      if (--left === 0) break;
    }
    if (left === most && !jsonl) console.log('Nothing is in the audit log.');
    return 0;
  } finally {
    await storage.close();
  }
}

const lineOf = ({ at, actor, act, object, before, after }: AuditEntry): string =>
  [
    new Date(at).toISOString().slice(0, 19).replace('T', ' '),
    actor.name ?? (actor.id || actor.kind),
    actor.address ?? 'this machine',
    act,
    object,
    before === null ? '' : `from ${JSON.stringify(before)}`,
    after === null ? '' : `to ${JSON.stringify(after)}`,
  ]
    .filter(Boolean)
    .join('  ')
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, '·');

/** Another program may read slowly. */
async function print(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}
