import { firstWorkspace } from '../access/owner.ts';
import type { AccessStore, SessionRecord } from '../access/store.ts';
import { accountScope, COUNTS, countScope, keyScope } from '../facts/scope.ts';
import { openBudgetStore } from './budget-store.ts';
import type { StoreClient } from './client.ts';
import { openCodeStore } from './code-store.ts';
import { openGuardrailStore } from './guardrail-store.ts';
import { addingKey, changingKey, keysIn, removingKey } from './key-rows.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import { accessChange, keyNotice, limitNotice, sessionNotice } from './notices.ts';
import { openProviderKeyStore } from './provider-key-store.ts';
import type { SessionRow } from './schema.ts';
import { NO_USAGE, usageOf } from './spending.ts';
import { addingWorkspace, openWorkspaceStore } from './workspace-store.ts';
import { writing } from './writing.ts';

export function openAccessStore(client: StoreClient, database: StoreDatabase): AccessStore {
  const write = writing(client);
  const looking = openKysely({ ...client, query: client.look });
  const tooOld = (table: 'sign_in' | 'session', now: number) =>
    database.deleteFrom(table).where('expires_at', '<=', BigInt(Math.floor(now)));

  return {
    ...keysIn(looking, database),
    workspaces: openWorkspaceStore(client, database),
    budgets: openBudgetStore(client, database),
    codes: openCodeStore(client, database),
    providerKeys: openProviderKeyStore(client, database),
    guardrails: openGuardrailStore(client, database),
    addKey: async (key, counts) => (await write(addingKey(database, key, counts), changeOf(key.hash))) > 0n,
    changeKey: async (hash, change) => (await write(changingKey(database, hash, change), changeOf(hash))) > 0n,
    removeKey: async (hash) => (await write(removingKey(database, hash), changeOf(hash))) > 0n,
    usage: async (hashes, now) => {
      const used = await usageOf(database, hashes.map(keyScope), now);
      return new Map(hashes.map((hash) => [hash, used.get(keyScope(hash)) ?? NO_USAGE]));
    },
    addAccount: async ({ id, name }, now) => {
      const insert = database
        .insertInto('account')
        .values({ id, name, prepaid: 0n, credits: 0n })
        .onConflict((conflict) => conflict.column('id').doNothing());
      const workspace = { ...firstWorkspace(id), accountId: id, createdBy: id, createdAt: now };
      await write([insert, addingWorkspace(database, workspace)], [limitNotice(accountScope(id))]);
    },
    addSignIn: async (signIn, now) => {
      await write([database.insertInto('sign_in').values(sessionRow(signIn)), tooOld('sign_in', now)], []);
    },
    takeSignIn: async (hash, now) => {
      // Anybody may ask: who guesses makes nobody write.
      if (!(await looking.selectFrom('sign_in').select('hash').where('hash', '=', hash).executeTakeFirst()))
        return null;
      const rows = await database.deleteFrom('sign_in').where('hash', '=', hash).returningAll().execute();
      const signIn = rows[0] && sessionOf(rows[0]);
      return signIn && signIn.expiresAt > now ? signIn : null;
    },
    addSession: async (session, now) => {
      const insert = database.insertInto('session').values(sessionRow(session));
      await write([insert, tooOld('session', now)], [sessionNotice(session.hash)]);
    },
    removeSession: async (hash) => {
      await write([database.deleteFrom('session').where('hash', '=', hash)], [sessionNotice(hash)]);
    },
    findSessions: async (hashes) => {
      const rows = await looking.selectFrom('session').selectAll().where('hash', 'in', hashes).execute();
      return new Map(rows.map((row) => [row.hash, sessionOf(row)]));
    },
    onChange: (listener) =>
      client.onNotice((notice) => {
        const change = accessChange(notice);
        if (change) listener(change);
      }),
  };
}

const changeOf = (hash: string): readonly string[] => {
  const owner = keyScope(hash);
  return [keyNotice(hash), limitNotice(owner), ...COUNTS.map((count) => limitNotice(countScope(count, owner)))];
};

const sessionRow = (session: SessionRecord): SessionRow => ({
  hash: session.hash,
  account_id: session.accountId,
  expires_at: BigInt(session.expiresAt),
});
const sessionOf = (row: SessionRow): SessionRecord => ({
  hash: row.hash,
  accountId: row.account_id,
  expiresAt: Number(row.expires_at),
});
