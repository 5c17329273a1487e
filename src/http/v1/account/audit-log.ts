import { z } from 'zod';
import { auditJson, everyEntry } from '../../../access/audit-log.ts';
import { NOBODY } from '../../../access/may.ts';
import { CORS } from '../../headers.ts';
import { sendLines } from '../../lines.ts';
import type { Route } from '../../route.ts';
import { readBody } from './body.ts';
import { refusal } from './refusal.ts';

const NAME_LENGTH_MAX = 200;
const named = z.string().min(1).max(NAME_LENGTH_MAX).optional();
const LIMIT_MAX = 200;
const QUERY = z.object({
  before: named,
  actor_id: named,
  object_id: named,
  act: named,
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(50),
  format: z.enum(['json', 'jsonl']).default('json'),
});

/**
 * Who did what in the account, newest first; `before` asks for what is older than an entry. As JSON Lines all of it comes
 * at once, as fast as it is read.
 */
export const AUDIT_LOG: Route = {
  method: 'GET',
  path: '/organization/audit-log',
  auth: 'read-audit-log',
  query: QUERY,
  handle: async ({ query, caller, look }, { access: { auditLog }, log }) => {
    const asked = readBody(QUERY, Object.fromEntries(Object.entries(query).map(([name, text]) => [name, text ?? ''])));
    if (!asked.ok || caller === null) return refusal(asked.ok ? NOBODY : asked.error);
    const { before, actor_id: actor, object_id: object, act, limit, format } = asked.value;
    const question = {
      accountId: caller.accountId,
      ...(before !== undefined && { before }),
      ...(actor !== undefined && { actor }),
      ...(object !== undefined && { object }),
      ...(act !== undefined && { act }),
    };
    if (format === 'jsonl' && look === null)
      return {
        stream: (response) =>
          void sendLines(response, lines(everyEntry(auditLog, question)), FILE).catch((cause) =>
            log('the audit log could not be read to its end', cause),
          ),
      };
    const entries = await auditLog.list({ ...question, limit: limit + 1 });
    const data = entries.slice(0, limit);
    return {
      status: 200,
      json: {
        data: data.map(auditJson),
        has_more: entries.length > limit,
        next_before: entries.length > limit ? data.at(-1)?.id : null,
      },
    };
  },
};

const FILE = {
  ...CORS,
  'cache-control': 'no-store',
  'content-disposition': 'attachment; filename="audit-log.jsonl"',
};

async function* lines(entries: ReturnType<typeof everyEntry>) {
  for await (const entry of entries) yield auditJson(entry);
}
