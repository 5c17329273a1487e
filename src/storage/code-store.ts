import type { AuthCode, Challenge, CodeStore } from '../access/codes.ts';
import { nano } from '../base/money.ts';
import type { Reset } from '../base/period.ts';
import type { StoreClient } from './client.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import type { AuthCodeRow } from './schema.ts';
import { writing } from './writing.ts';

export function openCodeStore(client: StoreClient, database: StoreDatabase): CodeStore {
  const write = writing(client);
  const looking = openKysely({ ...client, query: client.look });
  return {
    add: async (code, now) => {
      const tooOld = database.deleteFrom('auth_code').where('expires_at', '<=', BigInt(Math.floor(now)));
      const rows = [{ table: 'auth_code', column: 'hash', value: code.hash }] as const;
      const act = { act: 'code.promise', object: code.keyName, rows };
      await write([database.insertInto('auth_code').values(rowOf(code)), tooOld], [], { act });
    },
    take: async (hash) => {
      // Anybody may ask: who guesses makes nobody write.
      if (!(await looking.selectFrom('auth_code').select('hash').where('hash', '=', hash).executeTakeFirst()))
        return null;
      const rows = await database.deleteFrom('auth_code').where('hash', '=', hash).returningAll().execute();
      return rows[0] ? codeOf(rows[0]) : null;
    },
  };
}

const time = (value: number | null): bigint | null => (value === null ? null : BigInt(Math.floor(value)));

const rowOf = (code: AuthCode): AuthCodeRow => ({
  hash: code.hash,
  account_id: code.accountId,
  workspace_id: code.workspaceId,
  key_name: code.keyName,
  limit_nano: code.limit,
  limit_reset: code.limitReset,
  key_expires_at: time(code.keyExpiresAt),
  challenge: code.challenge?.challenge ?? null,
  challenge_method: code.challenge?.method ?? null,
  expires_at: BigInt(Math.floor(code.expiresAt)),
  creator_id: code.creatorUserId,
});

const codeOf = (row: AuthCodeRow): AuthCode => ({
  hash: row.hash,
  accountId: row.account_id,
  workspaceId: row.workspace_id,
  keyName: row.key_name,
  limit: row.limit_nano === null ? null : nano(row.limit_nano),
  limitReset: row.limit_reset as Reset | null,
  keyExpiresAt: row.key_expires_at === null ? null : Number(row.key_expires_at),
  challenge:
    row.challenge === null ? null : { challenge: row.challenge, method: row.challenge_method as Challenge['method'] },
  expiresAt: Number(row.expires_at),
  creatorUserId: row.creator_id,
});
