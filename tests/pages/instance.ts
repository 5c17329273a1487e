import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openAccess } from '../../src/access/access.ts';
import { SESSION_COOKIE } from '../../src/access/credential.ts';
import { OWNER_ACCOUNT_ID } from '../../src/access/owner.ts';
import { prepareAccess } from '../../src/access/prepare.ts';
import { nano } from '../../src/base/money.ts';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { DIALECT_IDS } from '../../src/catalog/dialect-table.ts';
import { loadCatalog } from '../../src/catalog/load.ts';
import type { Receipt } from '../../src/facts/receipt.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { createKept } from '../../src/gateway/kept.ts';
import { pageRoutes } from '../../src/http/pages/index.ts';
import { createServer } from '../../src/http/server.ts';
import { openInsights } from '../../src/insights/insights.ts';
import type { Refusal } from '../../src/insights/requests.ts';
import { openLedger } from '../../src/ledger/ledger.ts';
import { newSecret, openStorage, type Storage } from '../../src/storage/open.ts';
import { NO_TELEMETRY } from '../../src/telemetry/telemetry.ts';
import { createHealth } from '../../src/upstream/health.ts';
import { realWorld } from '../../src/upstream/world.ts';

export const CATALOGUE = resolve(import.meta.dirname, 'catalogue');
export const NOW = Date.UTC(2026, 10, 22, 21, 30);

export function readCatalogue(folders: readonly string[] = [CATALOGUE]): Catalog {
  // The pages only read: whether a dialect or quirk has code is checked where the catalogue is loaded to serve.
  const anyQuirk = { get: () => ({ has: () => true }) } as unknown as ReadonlyMap<string, ReadonlySet<string>>;
  const loaded = loadCatalog(folders, { dialects: new Set(DIALECT_IDS), quirks: anyQuirk }, {});
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error.slice(0, 5), null, 2));
  return loaded.value;
}

export type Instance = {
  readonly origin: string;
  /** Works once. */
  readonly signInToken: string;
  /** A cookie of the owner's console session. */
  readonly session: { readonly name: string; readonly value: string };
  readonly close: () => Promise<void>;
};
type Parts = {
  readonly catalog?: Catalog;
  readonly receipts?: readonly Receipt[];
  readonly refusals?: readonly Refusal[];
  readonly port?: number;
  readonly boards?: Gateway['boards'];
};

/** The pages over a catalogue, a store and traffic of their own, on a free port of this machine. No upstreams. */
export async function startInstance({
  catalog = readCatalogue(),
  receipts = [],
  refusals = [],
  port = 0,
  boards = 'public',
}: Parts = {}): Promise<Instance> {
  const world = { ...realWorld(), now: () => NOW };
  const dataDirectory = mkdtempSync(join(tmpdir(), 'pages-'));
  const storage = await openStorage({ world, dataDirectory });
  await book(storage, receipts);
  await storage.refusals.add(refusals);
  const { signInToken } = await prepareAccess({ store: storage.accessStore, world, newSecret });
  const access = openAccess({ store: storage.accessStore, world, newSecret });
  const redeemed = await access.redeemSignIn(await access.newSignIn(OWNER_ACCOUNT_ID));
  const ledger = openLedger(storage.ledgerStore, world);
  const gateway = {
    world,
    ledger,
    catalog: () => catalog,
    enabled: () => new Set(['openai']),
    access,
    insights: openInsights(storage.insightsStore, world),
    records: storage.records,
    refusals: storage.refusals,
    health: warmHealth(),
    telemetry: NO_TELEMETRY,
    boards,
    kept: createKept(world),
    files: null,
    batches: null,
    log: (message: string, cause?: unknown) => console.error(message, cause),
  } as unknown as Gateway;
  const server = createServer({ gateway, api: [], pages: pageRoutes });
  await server.listen({ host: '127.0.0.1', port });
  const address = server.server.address();
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`,
    signInToken: signInToken ?? '',
    session: { name: SESSION_COOKIE, value: redeemed?.session ?? '' },
    close: async () => {
      await server.close();
      ledger.close();
      await storage.close();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** Books calls as the ledger does: an intent, then its settlement with the receipt. */
async function book({ ledgerStore }: Storage, receipts: readonly Receipt[]): Promise<void> {
  await Promise.all(
    receipts.flatMap((receipt) => {
      const { id, createdAt, accountId, keyId, workspaceId, endpoint } = receipt;
      const who = { id, createdAt, accountId, keyId, workspaceId, endpoint, model: receipt.requestedModel };
      const money = { amount: receipt.bill.cost, promptCost: nano(0n), checkpoint: nano(0n) };
      const { operation, clientDialect, requestedModel, streamed, catalogVersion, seed } = receipt;
      const { app, userAgent, user, sessionId } = receipt;
      const planned = { operation, clientDialect, requestedModel, streamed, catalogVersion, seed };
      const about = { ...planned, app, userAgent, user, sessionId };
      return [
        ledgerStore.open({ ...who, ...money, about, also: [], dispatched: true }),
        ledgerStore.close({ receipt, leases: [], also: [], isKnown: false }),
      ];
    }),
  );
}

function warmHealth(): ReturnType<typeof createHealth> {
  const health = createHealth(() => NOW);
  for (let at = 0; at < 40; at++)
    health.ended('openai/gpt-4.1-mini@openai', { kind: 'success', latencyMs: 380 + at * 4, throughput: 90 + (at % 9) });
  return health;
}
