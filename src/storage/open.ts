import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AccessStore } from '../access/store.ts';
import type { World } from '../base/world.ts';
import type { PaymentStore } from '../facts/payments.ts';
import type { Peers } from '../facts/peers.ts';
import type { FileStore } from '../files/store.ts';
import type { BatchStore } from '../gateway/batches.ts';
import type { ContentStore } from '../gateway/contents/content.ts';
import type { ConversationStore } from '../gateway/conversations.ts';
import type { ResponseStore } from '../gateway/stored-responses.ts';
import type { RefusalStore } from '../insights/requests.ts';
import type { InsightsStore, Records } from '../insights/store.ts';
import type { AuditFigures } from '../ledger/audit.ts';
import type { JobStore } from '../ledger/jobs.ts';
import type { LedgerStore } from '../ledger/store.ts';
import type { McpServerStore } from '../mcp/server.ts';
import type { PresetStore } from '../presets/preset.ts';
import type { AlertStore } from '../telemetry/alerts/alert.ts';
import type { DestinationStore } from '../telemetry/destinations/destination.ts';
import type { Outbox } from '../telemetry/outbox.ts';
import type { SecretStore } from '../vault/store.ts';
import { openAccessStore } from './access-store.ts';
import { type AccountStore, openAccountStore } from './account-store.ts';
import { openAlertStore } from './alert-store.ts';
import { openBatchStore } from './batch-store.ts';
import { type Channel, type Ipc, ipcChannel } from './channel.ts';
import type { StoreClient } from './client.ts';
import { connectStore } from './connect.ts';
import { openContentStore } from './content-store.ts';
import { openConversationStore } from './conversation-store.ts';
import { openDestinationStore } from './destination-store.ts';
import { type Draft, openDraft } from './draft.ts';
import { openFileStore } from './file-store.ts';
import type { ImportedHistory } from './history.ts';
import { openInsightsStore } from './insights-store.ts';
import { openJobStore } from './job-store.ts';
import { journalFile, openJournaled } from './journaled.ts';
import { openKysely, type StoreDatabase } from './kysely.ts';
import { openLedgerStore } from './ledger-store.ts';
import { connectLocally } from './local.ts';
import { openMcpServerStore } from './mcp-server-store.ts';
import { met, metNotice } from './notices.ts';
import type { openPostgres } from './open-postgres.ts';
import { openStoreThread } from './open-thread.ts';
import { openOutbox } from './outbox.ts';
import { openPaymentStore } from './payment-store.ts';
import { openPresetStore } from './preset-store.ts';
import { openRecords } from './records.ts';
import { openRefusalStore } from './refusal-store.ts';
import { openResponseStore } from './response-store.ts';
import { openSecretStore } from './secret-store.ts';
import { openSqlite, type Sqlite } from './sqlite.ts';

/** Where a store that is not in PostgreSQL lies. */
export const storeFile = (dataDirectory: string): string => join(dataDirectory, 'switchwright.db');

export type Storage = {
  readonly ledgerStore: LedgerStore;
  readonly accessStore: AccessStore;
  readonly accounts: AccountStore;
  readonly payments: PaymentStore;
  /** Begins acts of the administration that are committed together or not at all. */
  readonly draft: () => Draft;
  readonly insightsStore: InsightsStore;
  /** Makes what is long past coarser; answers how much it has made so, 0 = it is done. */
  readonly foldTallies: (now: number) => Promise<number>;
  /** What an account used elsewhere, into its analytics. */
  readonly importHistory: (history: ImportedHistory) => Promise<void>;
  readonly fileStore: FileStore;
  readonly batchStore: BatchStore;
  readonly records: Records;
  readonly refusals: RefusalStore;
  readonly presetStore: PresetStore;
  readonly destinationStore: DestinationStore;
  readonly mcpServerStore: McpServerStore;
  readonly alertStore: AlertStore;
  readonly outbox: Outbox;
  readonly responses: ResponseStore;
  readonly conversations: ConversationStore;
  readonly contents: ContentStore;
  readonly secretStore: SecretStore;
  readonly jobs: JobStore;
  readonly peers: Peers;
  readonly audit: () => Promise<AuditFigures>;
  /** Typed queries for parts that bring their own tables. */
  readonly database: StoreDatabase;
  /** SQLite only: serves the store to a worker process, started with `serialization: 'advanced'`. */
  readonly serveProcess: (child: Ipc) => void;
  /** Commits what is waiting, then lets go. */
  readonly close: () => Promise<void>;
};

export type StorageOptions = {
  readonly world: World;
  readonly dataDirectory: string;
  /** `postgres://…`; without it, a SQLite file in the data folder. */
  readonly databaseUrl?: string | undefined;
  /**
   * `owner` (default) serves; `worker` reaches the owner's file over its own process IPC; `visitor` is the command line
   * beside a server that may be running.
   */
  readonly role?: Role;
};
type Role = 'owner' | 'worker' | 'visitor';

/** 32 bytes from the system's generator, in hex: for keys, sign-in links and sessions. */
export const newSecret = (): string => randomBytes(32).toString('hex');

/** Opens the store that the options name. Rejects, in words for the operator, if it cannot be used. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { world, dataDirectory, databaseUrl, role = 'owner' } = options;
  const process = world.newId('process');
  if (databaseUrl !== undefined && databaseUrl !== '') {
    if (!/^postgres(ql)?:\/\//.test(databaseUrl)) throw new Error('DATABASE_URL must begin with postgres://');
    const client = await reachPostgres(databaseUrl, { role, parts: { world, process, dataDirectory } });
    return compose(client, world, { serveProcess: () => {}, close: client.close }); // workers reach it themselves
  }
  const file = storeFile(dataDirectory);
  if (role === 'visitor') {
    catchUp(file);
    const client = connectLocally(openSqlite({ file, role }), process);
    return compose(client, world, { serveProcess: () => {}, close: client.close });
  }
  if (role === 'worker') return openOverChannel(ipcChannel(globalThis.process as unknown as Ipc), world, process);
  const thread = await openStoreThread(file);
  const client = connectStore(thread.connect(), process);
  return compose(client, world, {
    serveProcess: thread.serveProcess,
    close: async () => {
      await client.close();
      await thread.close();
    },
  });
}

/** 14 MB of code that a SQLite instance does without. */
async function reachPostgres(
  url: string,
  { role, parts }: { readonly role: Role; readonly parts: Parameters<typeof openPostgres>[1] },
): Promise<StoreClient> {
  if (role === 'visitor') return (await import('./postgres.ts')).connectPostgres(url, parts.process);
  return (await import('./open-postgres.ts')).openPostgres(url, parts);
}

/** Where no server runs, what the last one's journal holds is brought into the tables; where one runs it does so itself. */
function catchUp(file: string): void {
  if (!existsSync(journalFile(file))) return;
  let sqlite: Sqlite;
  try {
    sqlite = openSqlite({ file, role: 'owner', patienceMs: 0 });
  } catch {
    return; // in use, or broken: whoever opens it next says so
  }
  try {
    openJournaled(sqlite, file).close();
  } finally {
    sqlite.close();
  }
}

/** A store that another process or thread serves. */
export function openOverChannel(channel: Channel, world: World, process: string): Storage {
  const client = connectStore(channel, process);
  return compose(client, world, { serveProcess: () => {}, close: client.close });
}

/** Everything in memory, in this thread, without timers: for tests and simulations. */
export const openMemoryStorage = (world: World): Storage =>
  openStorageOver(connectLocally(openSqlite({ file: ':memory:', role: 'owner' }), world.newId('process')), world);

/** A store behind a client of one's own: for simulations, whose stores are slow, break and survive their users. */
export const openStorageOver = (client: StoreClient, world: World): Storage =>
  compose(client, world, { serveProcess: () => {}, close: client.close });

function compose(client: StoreClient, world: World, rest: Pick<Storage, 'serveProcess' | 'close'>): Storage {
  const database = openKysely(client);
  const reading = openKysely({ ...client, query: client.read });
  const ledgerStore = openLedgerStore(client, world);
  return {
    ledgerStore,
    accessStore: openAccessStore(client, database),
    accounts: openAccountStore(client, database),
    payments: openPaymentStore(client),
    draft: () => openDraft(client),
    insightsStore: openInsightsStore(client, reading),
    foldTallies: (now) => client.work('foldTallies', { now }),
    importHistory: (history) => client.work('importHistory', history),
    fileStore: openFileStore(client, database),
    batchStore: openBatchStore(client, database),
    records: openRecords(client, reading),
    refusals: openRefusalStore(client),
    presetStore: openPresetStore(client, database),
    destinationStore: openDestinationStore(client, database),
    mcpServerStore: openMcpServerStore(client, database),
    alertStore: openAlertStore(client, database),
    outbox: openOutbox(client),
    responses: openResponseStore(client),
    conversations: openConversationStore(client),
    contents: openContentStore(client),
    secretStore: openSecretStore(client, database),
    jobs: openJobStore(client, world),
    peers: {
      tell: (text) => client.tell(metNotice(client.process, text)),
      onTold: (listener) =>
        client.onNotice((notice) => {
          const text = met(notice, client.process);
          if (text !== null) listener(text);
        }),
    },
    audit: () => client.work('audit', null),
    database,
    serveProcess: rest.serveProcess,
    close: async () => {
      client.closing?.();
      await ledgerStore.flush();
      await rest.close();
    },
  };
}
