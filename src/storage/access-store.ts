import { sql } from 'kysely';
import { firstWorkspace } from '../access/owner.ts';
import type { AccessStore } from '../access/store.ts';
import { accountScope, COUNTS, countScope, keyScope } from '../facts/scope.ts';
import { openAuditLogStore } from './audit-log-store.ts';
import { openBudgetStore } from './budget-store.ts';
import type { StoreClient } from './client.ts';
import { openCodeStore } from './code-store.ts';
import { openDirectoryStore } from './directory-store.ts';
import { openGuardrailStore } from './guardrail-store.ts';
import { addingKey, changingKey, keysIn, removingKey } from './key-rows.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import { accessChange, keyNotice, limitNotice } from './notices.ts';
import { openPeopleStore } from './people-store.ts';
import { openProviderKeyStore } from './provider-key-store.ts';
import { NO_USAGE, usageOf } from './spending.ts';
import { addingWorkspace, openWorkspaceStore } from './workspace-store.ts';
import { type Committing, compiled, writing } from './writing.ts';

export function openAccessStore(client: StoreClient, database: StoreDatabase): AccessStore {
  const write = writing(client);
  const looking = openKysely({ ...client, query: client.look });
  return {
    ...keysIn(looking, database),
    workspaces: openWorkspaceStore(client, database),
    directory: openDirectoryStore(client),
    budgets: openBudgetStore(client, database),
    people: openPeopleStore(client, database),
    auditLog: openAuditLogStore(client),
    codes: openCodeStore(client, database),
    providerKeys: openProviderKeyStore(client, database),
    guardrails: openGuardrailStore(client, database),
    addKey: async (key, counts) =>
      (await write(addingKey(database, key, counts), changeOf(key.hash), actOn('key.create', key.hash))) > 0n,
    changeKey: async (hash, change) =>
      (await write(changingKey(database, hash, change), changeOf(hash), actOn('key.change', hash))) > 0n,
    removeKey: async (hash) => {
      if ((await write(removingKey(database, hash), changeOf(hash), actOn('key.delete', hash))) === 0n) return false;
      while ((await client.work('removeContents', { keyId: hash })) > 0);
      return true;
    },
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
      const owner = sql`insert into person (id, account_id, role, created_at)
        select cast(${id} as text), cast(${id} as text), 'owner', cast(${BigInt(Math.floor(now))} as bigint)
        where not exists (select 1 from person where account_id = ${id} and role = 'owner') on conflict do nothing`;
      const adding = [insert, addingWorkspace(database, workspace), compiled(database, owner)];
      await write(adding, [limitNotice(accountScope(id))], { untold: true });
    },
    onChange: (listener) =>
      client.onNotice((notice) => {
        const change = accessChange(notice);
        if (change) listener(change);
      }),
  };
}

/** A key, with what it may spend and how often. */
const actOn = (act: string, hash: string): Committing => {
  const owner = keyScope(hash);
  const scopes = [owner, ...COUNTS.map((count) => countScope(count, owner))];
  const budgets = scopes.map((value) => ({ table: 'budget', column: 'scope', value }) as const);
  return { act: { act, rows: [{ table: 'api_key', column: 'hash', value: hash }, ...budgets] } };
};

const changeOf = (hash: string): readonly string[] => {
  const owner = keyScope(hash);
  return [keyNotice(hash), limitNotice(owner), ...COUNTS.map((count) => limitNotice(countScope(count, owner)))];
};
