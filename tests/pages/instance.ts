import { resolve } from 'node:path';
import { dayBefore, dayOf } from '../../src/base/period.ts';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { loadCatalog } from '../../src/catalog/load.ts';
import { DIALECT_IDS } from '../../src/catalog/provider.ts';
import type { Caller } from '../../src/facts/caller.ts';
import type { Receipt } from '../../src/facts/receipt.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { pageRoutes } from '../../src/http/pages/index.ts';
import { createServer } from '../../src/http/server.ts';
import { openInsights } from '../../src/insights/insights.ts';
import type { AppRecord, RollUp } from '../../src/insights/store.ts';
import { createHealth } from '../../src/upstream/health.ts';
import { rollUp, storeOf } from './traffic.ts';

export const OWNER: Caller = {
  keyId: 'console',
  keyLabel: 'Console',
  accountId: 'owner',
  workspaceId: 'default',
  isManagement: true,
};
export const SIGN_IN_TOKEN = 'a'.repeat(64);
export const HOSTILE_TITLE = `</a><script>alert('title')</script>`;

export const CATALOGUE = resolve(import.meta.dirname, 'catalogue');

export function readCatalogue(folders: readonly string[] = [CATALOGUE]): Catalog {
  // The pages only read: whether a dialect or quirk has code is checked where the catalogue is loaded to serve.
  const anyQuirk = { get: () => ({ has: () => true }) } as unknown as ReadonlyMap<string, ReadonlySet<string>>;
  const loaded = loadCatalog(folders, { dialects: new Set(DIALECT_IDS), quirks: anyQuirk }, {});
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error.slice(0, 5), null, 2));
  return loaded.value;
}

const NOW = Date.UTC(2026, 10, 22, 21, 30);
const APPS: readonly AppRecord[] = [
  { id: 'https://atlas.example', origin: 'https://atlas.example', title: 'Atlas', categories: ['cli-agent'] },
  { id: 'https://evil.example', origin: 'https://evil.example', title: HOSTILE_TITLE, categories: [] },
];

/** Thirty days of requests from two apps, in made-up but steady numbers. */
function traffic(): RollUp[] {
  const today = dayOf(NOW);
  return Array.from({ length: 30 }, (_, at) => {
    const day = dayBefore(today, at);
    const size = BigInt(40 + ((at * 37) % 60));
    const model = 'openai/gpt-4.1-mini';
    const tokens = { promptTokens: size * 21_000n, completionTokens: size * 4_300n, requests: size * 9n };
    return [
      rollUp({
        day,
        model,
        endpoint: `${model}@openai`,
        app: APPS[0]?.id ?? '',
        ...tokens,
        errors: at === 9 ? size * 2n : 0n,
      }),
      rollUp({
        day,
        model: 'anthropic/claude-haiku-4.5',
        endpoint: 'anthropic/claude-haiku-4.5@azure',
        app: APPS[at % 2]?.id ?? '',
        promptTokens: size * 6_000n,
        completionTokens: size * 900n,
        requests: size * 2n,
      }),
    ];
  }).flat();
}

export type Instance = { readonly origin: string; readonly close: () => Promise<void> };
type Parts = { readonly catalog?: Catalog; readonly receipts?: readonly Receipt[]; readonly port?: number };

/** The pages of a gateway with a catalogue and traffic of its own, on a free port of this machine. */
export async function startInstance({
  catalog = readCatalogue(),
  receipts = [],
  port = 0,
}: Parts = {}): Promise<Instance> {
  const health = createHealth(() => NOW);
  for (let at = 0; at < 40; at++)
    health.ended('openai/gpt-4.1-mini@openai', { kind: 'success', latencyMs: 380 + at * 4, throughput: 90 + (at % 9) });
  const gateway = {
    world: { now: () => NOW },
    catalog: () => catalog,
    enabled: () => new Set(['openai']),
    access: {
      authenticate: ({ cookie }: { readonly cookie?: string }) =>
        cookie?.includes('session=here') ? OWNER : { code: 'authentication', message: 'Missing Authentication header' },
      redeemSignIn: async (token: string) => (token === SIGN_IN_TOKEN ? { session: 'here', maxAgeS: 60 } : null),
    },
    insights: openInsights(storeOf(traffic(), APPS), { now: () => NOW } as never),
    records: {
      find: async (id: string) => receipts.find((receipt) => receipt.id === id) ?? null,
      list: async () => receipts,
    },
    health,
    log: (message: string, cause?: unknown) => console.error(message, cause),
  } as unknown as Gateway;
  const server = createServer({ gateway, api: [], pages: pageRoutes });
  await server.listen({ host: '127.0.0.1', port });
  const address = server.server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return { origin: `http://127.0.0.1:${bound}`, close: () => server.close() };
}
