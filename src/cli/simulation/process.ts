import { openAccess } from '../../access/access.ts';
import { DEADLINES } from '../../base/limits.ts';
import { createMemory } from '../../base/memory.ts';
import type { World } from '../../base/world.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { DIALECTS } from '../../dialects/registry.ts';
import { createBudgetLeft } from '../../gateway/budget-left.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { createKept } from '../../gateway/kept.ts';
import { createStickiness } from '../../gateway/stickiness.ts';
import { openInsights } from '../../insights/insights.ts';
import { openLedger } from '../../ledger/ledger.ts';
import { openMcp } from '../../mcp/mcp.ts';
import { openMcpServers } from '../../mcp/servers.ts';
import { openPresets } from '../../presets/presets.ts';
import { openStorageOver } from '../../storage/open.ts';
import { openAlerts } from '../../telemetry/alerts/alerts.ts';
import { openDestinations } from '../../telemetry/destinations/destinations.ts';
import { NO_TELEMETRY } from '../../telemetry/telemetry.ts';
import { fetchingOf } from '../../upstream/collect-body.ts';
import { createCredentials } from '../../upstream/credentials.ts';
import { createHealth } from '../../upstream/health.ts';
import { createKeyring } from '../../upstream/keyring.ts';
import { shareHealth } from '../../upstream/shared-health.ts';
import { NO_VAULT } from '../../vault/vault.ts';
import { openSearch } from '../../web/search.ts';
import type { Clock } from './clock.ts';
import type { Draws } from './draws.ts';
import type { Network } from './network.ts';
import type { Store } from './store.ts';

export type Surroundings = {
  readonly clock: Clock;
  readonly network: Network;
  readonly store: Store;
  readonly draws: Draws;
  readonly catalog: Catalog;
  /** What the gateway tells its operator. */
  readonly log: (line: string) => void;
};

/** One gateway process: composed as the real one, from a world that can be taken away at any moment. */
export type GatewayProcess = {
  readonly name: string;
  /** Null while it starts: it waits for the store. */
  readonly gateway: () => Gateway | null;
  readonly isAlive: () => boolean;
  /** As `kill -9`: what is in memory is gone, timers and connections with it; nothing is said to anyone. */
  readonly kill: () => void;
};

export function startProcess(
  name: string,
  surroundings: Surroundings,
  failed: (cause: unknown) => void,
): GatewayProcess {
  const { clock, network, store, draws } = surroundings;
  let isAlive = true;
  let gateway: Gateway | null = null;
  let ids = 0;
  const world: World = {
    now: clock.now,
    elapsed: clock.now,
    after: (ms, task) => (isAlive ? clock.after(name, ms, task) : () => {}),
    random: draws.unit,
    newId: (prefix) => `${prefix}-${clock.now().toString(36)}-${name}-${String(ids++).padStart(6, '0')}`,
    request: (request, handler) => (isAlive ? network.request(name, request, handler) : NO_WIRE),
  };
  compose(name, world, surroundings).then((composed) => {
    gateway = composed;
  }, failed);
  const kill = (): void => {
    isAlive = false;
    clock.forget(name);
    network.forget(name);
    store.disconnect(name);
  };
  return { name, gateway: () => gateway, isAlive: () => isAlive, kill };
}

async function compose(name: string, world: World, { store, catalog, log }: Surroundings): Promise<Gateway> {
  const storage = openStorageOver(store.connect(name, world), world);
  const access = openAccess({ store: storage.accessStore, world, newSecret: () => '0'.repeat(64) });
  const health = shareHealth(createHealth(world.elapsed), storage.peers, world.after);
  const memory = createMemory(MEMORY_BYTES, world);
  return {
    world,
    catalog: () => catalog,
    enabled: () => new Set(catalog.providers.keys()),
    access,
    presets: openPresets({ store: storage.presetStore, world, newSecret: () => '0'.repeat(64) }),
    destinations: openDestinations({
      store: storage.destinationStore,
      vault: NO_VAULT,
      world,
      newSecret: () => '0'.repeat(64),
    }),
    mcp: openMcp(
      world,
      openMcpServers({ store: storage.mcpServerStore, vault: NO_VAULT, world, newSecret: () => '0'.repeat(64) }),
    ),
    alerts: openAlerts({
      store: storage.alertStore,
      vault: NO_VAULT,
      world,
      newSecret: () => '0'.repeat(64),
    }),
    ledger: openLedger(storage.ledgerStore, world),
    budgetLeft: createBudgetLeft(storage.ledgerStore, world, log),
    insights: openInsights(storage.insightsStore, world),
    records: storage.records,
    refusals: storage.refusals,
    jobs: { store: storage.jobs, wake: () => {} },
    signingKey: () => null,
    mayReach: () => false,
    health,
    stickiness: createStickiness(world, storage.peers),
    telemetry: NO_TELEMETRY,
    metrics: null,
    dialects: DIALECTS,
    boards: 'public',
    defaults: { onCut: 'fail', onRefusal: 'next' },
    memory,
    kept: createKept(world),
    search: openSearch({}, fetchingOf(world)),
    storedResponses: null,
    files: null,
    batches: null,
    upstream: { world, memory, keyring: createKeyring(createCredentials({}), world), health, deadlines: DEADLINES },
    log: (message, cause) => log(`${message}${cause === undefined ? '' : `: ${textOf(cause)}`}`),
  };
}

const MEMORY_BYTES = 256 * 1024 * 1024;
const NO_WIRE = { pause: () => {}, resume: () => {}, abort: () => {} };
const textOf = (cause: unknown): string => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
