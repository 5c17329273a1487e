import type { AddressInfo } from 'node:net';
import { OpenRouter } from '@openrouter/sdk';
import { type Access, openAccess } from '../src/access/access.ts';
import { prepareAccess } from '../src/access/prepare.ts';
import type { Catalog } from '../src/catalog/catalog.ts';
import type { Gateway } from '../src/gateway/gateway.ts';
import { createKept } from '../src/gateway/kept.ts';
import { pageRoutes } from '../src/http/pages/index.ts';
import { createServer } from '../src/http/server.ts';
import { ACCOUNT_ROUTES } from '../src/http/v1/account/index.ts';
import { openInsights } from '../src/insights/insights.ts';
import { type Ledger, openLedger } from '../src/ledger/ledger.ts';
import { newSecret, openMemoryStorage, type Storage } from '../src/storage/open.ts';
import { clockWorld } from '../src/storage/testing/clock.ts';
import { NO_TELEMETRY } from '../src/telemetry/telemetry.ts';

export const API_KEY = 'sk-a-key-of-the-operator';
export const MANAGEMENT_KEY = 'sk-a-management-key';

/** The account's side of a gateway over a loopback server, in memory and at noon of 21 November 2026. */
export type Accounts = {
  readonly world: ReturnType<typeof clockWorld>;
  readonly storage: Storage;
  readonly access: Access;
  readonly ledger: Ledger;
  /** The API's, and the pages'. */
  readonly url: string;
  readonly origin: string;
  readonly user: OpenRouter;
  readonly manager: OpenRouter;
  readonly statusOf: (path: string, key?: string, init?: RequestInit) => Promise<[number, string]>;
  readonly close: () => Promise<void>;
};

export async function startAccounts(): Promise<Accounts> {
  const world = clockWorld(Date.UTC(2026, 10, 21, 12));
  const storage = openMemoryStorage(world);
  const store = storage.accessStore;
  await prepareAccess({ store, world, newSecret, apiKey: API_KEY, managementKey: MANAGEMENT_KEY });
  const access = openAccess({ store, world, newSecret });
  const ledger = openLedger(storage.ledgerStore, world);
  const price = { input: 3_000_000n, inputCacheRead: 300_000n, output: 15_000_000n, overrides: [] };
  const catalog = {
    providers: new Map([['host', { name: 'The Host' }]]),
    endpoints: new Map([['author/model@host', { price }]]),
  } as unknown as Catalog;
  const insights = openInsights(storage.insightsStore, world);
  const rest = { records: storage.records, kept: createKept(world), telemetry: NO_TELEMETRY };
  const parts = { world, access, ledger, insights, ...rest, catalog: () => catalog, log: () => {} };
  const server = createServer({ gateway: parts as unknown as Gateway, api: ACCOUNT_ROUTES, pages: pageRoutes });
  await server.listen({ port: 0, host: '127.0.0.1' });
  const origin = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  const url = `${origin}/api/v1`;
  return {
    world,
    storage,
    access,
    ledger,
    url,
    origin,
    user: new OpenRouter({ serverURL: url, apiKey: API_KEY }),
    manager: new OpenRouter({ serverURL: url, apiKey: MANAGEMENT_KEY }),
    statusOf: async (path, key, init = {}) => {
      const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
      const answer = await fetch(url + path, { ...init, headers });
      const body = (await answer.json()) as { error?: { message: string } };
      return [answer.status, body.error?.message ?? ''];
    },
    close: async () => {
      await server.close();
      ledger.close();
      await storage.close();
    },
  };
}
