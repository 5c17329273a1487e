import { type Access, openAccess } from '../access/access.ts';
import { type FirstStart, prepareAccess } from '../access/prepare.ts';
import { createMemory } from '../base/memory.ts';
import type { World } from '../base/world.ts';
import type { LocalServer } from '../catalog/local.ts';
import { DIALECTS } from '../dialects/registry.ts';
import type { IdentityProvider } from '../facts/federation.ts';
import type { Mailer } from '../facts/mail.ts';
import type { Payments } from '../facts/payments.ts';
import { createBudgetLeft } from '../gateway/budget-left.ts';
import { openContentLog } from '../gateway/contents/content-log.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { type JobLoop, startJobs } from '../gateway/job-loop.ts';
import { createKept } from '../gateway/kept.ts';
import { type RefusalRecorder, recordRefusals } from '../gateway/refusals.ts';
import { createStickiness } from '../gateway/stickiness.ts';
import { workOnVideo } from '../gateway/videos/video-work.ts';
import { openInsights } from '../insights/insights.ts';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import { openMcp } from '../mcp/mcp.ts';
import { openMcpServers } from '../mcp/servers.ts';
import { openPresets } from '../presets/presets.ts';
import { newSecret, type Storage } from '../storage/open.ts';
import { openAlerts } from '../telemetry/alerts/alerts.ts';
import { openDestinations } from '../telemetry/destinations/destinations.ts';
import { parseAllowance } from '../upstream/address.ts';
import { fetchingOf } from '../upstream/collect-body.ts';
import { createHealth } from '../upstream/health.ts';
import { createKeyring } from '../upstream/keyring.ts';
import { shareHealth } from '../upstream/shared-health.ts';
import { openVendorSocket } from '../upstream/web-socket.ts';
import type { Vault } from '../vault/vault.ts';
import { openSearch } from '../web/search.ts';
import { problemText, readServing, type Serving } from './catalogue.ts';
import { openCodeRunners } from './code-runner.ts';
import { collectAsFilled } from './collector.ts';
import type { Configuration } from './configuration.ts';
import { batchesFrom, filesFrom, sweepFiles } from './keep-files.ts';
import { limitShadows } from './limit-shadows.ts';
import { openVaultFor } from './master-secret.ts';
import { broadcastFrom, type Observed, observe } from './observe.ts';
import { type OperatorCredentials, operatorCredentials } from './operator-credentials.ts';
import { keptThroughOwner } from './share-kept.ts';
import { openStore } from './store.ts';
import { foldAsItAges, sweepContents, sweepConversations, sweepResponses, watchAlerts } from './sweep.ts';
import { topUpAsNeeded } from './top-ups.ts';

/** A running gateway and what only its composer needs. */
export type Composed = {
  readonly gateway: Gateway;
  readonly storage: Storage;
  readonly firstStart: FirstStart;
  readonly localServers: readonly LocalServer[];
  readonly halfSetUp: Serving['halfSetUp'];
  /** Why secrets can be neither kept nor read; null = they can. */
  readonly vaultObstacle: string | null;
  /** Reads the catalogue and asks local servers again; a bad one leaves the old one serving and is told. */
  readonly reload: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type ProcessRole = 'owner' | 'worker';

/** Configuration → World → Gateway: every part made once, handed to those who need it. */
export async function composeGateway(configuration: Configuration, world: World, role: ProcessRole): Promise<Composed> {
  const first = await readServing(configuration, world);
  if (!first.ok) throw new Error(`The catalogue has problems:\n${problemText(first.error)}`);
  const storage = await openStore(configuration, world, role);
  const { apiKey, managementKey } = configuration;
  const seeds = { ...(apiKey !== null && { apiKey }), ...(managementKey !== null && { managementKey }) };
  const firstStart: FirstStart =
    role === 'owner'
      ? await prepareAccess({ store: storage.accessStore, world, newSecret, ...seeds })
      : { apiKey: null, signInToken: null };
  const { vault, obstacle: vaultObstacle } = await openVaultFor(configuration, {
    store: storage.secretStore,
    world,
    names: role === 'owner',
  });
  const { byokFeePpm } = configuration;
  const access = openAccess({ store: storage.accessStore, world, newSecret, vault, byokFeePpm, log: logOf(world) });
  if (role === 'owner') await limitShadows(access.budgets, first.value.catalog, world.now());
  const operator = await operatorCredentials(configuration, { storage, vault, log: logOf(world) });
  // A part that few use is loaded where it is asked for.
  const mailer = configuration.mail && (await import('../mail/smtp.ts')).openSmtp(configuration.mail);
  const identityProviders = await identityProvidersFrom(configuration, world);
  const payments = configuration.stripe && (await import('../payments/stripe.ts')).openStripe(configuration.stripe);
  const parts = {
    configuration,
    world,
    role,
    storage,
    access,
    vault,
    operator,
    mailer,
    identityProviders,
    payments,
    serving: first.value,
  };
  const { gateway, reload, observed, loop, recorder } = assemble(parts);
  const chores = role === 'owner' ? startChores(storage, gateway) : [];
  const { files, log } = gateway;
  const sweeping = role === 'owner' && files ? sweepFiles(files, configuration, world, log) : null;
  const broadcast =
    role === 'owner' ? await broadcastFrom({ gateway, storage, vault, traces: configuration.traces }) : null;
  return {
    gateway,
    storage,
    firstStart,
    localServers: first.value.localServers,
    halfSetUp: first.value.halfSetUp,
    vaultObstacle,
    reload,
    close: async () => {
      await loop.close();
      gateway.ledger.close();
      for (const stop of chores) stop?.();
      await gateway.contents?.flush();
      sweeping?.close();
      await broadcast?.close();
      await observed.close();
      await recorder.close();
      mailer?.close();
      await storage.close();
    },
  };
}

/** What the owner of the store does from time to time. */
const startChores = (storage: Storage, gateway: Gateway): readonly ((() => void) | null)[] => [
  sweepResponses(storage.responses, gateway),
  sweepConversations(storage.conversations, gateway),
  sweepContents(storage.contents, gateway),
  foldAsItAges(storage.foldTallies, gateway),
  watchAlerts(storage.ledgerStore, gateway),
  topUpAsNeeded(gateway),
];

async function identityProvidersFrom({ federation }: Configuration, world: World): Promise<Parts['identityProviders']> {
  if (!federation) return null;
  const { openIdentityProviders } = await import('../federation/providers.ts');
  return openIdentityProviders(federation, { fetching: fetchingOf(world), now: world.now });
}

type Parts = {
  readonly configuration: Configuration;
  readonly world: World;
  readonly role: ProcessRole;
  readonly storage: Storage;
  readonly access: Access;
  readonly vault: Vault;
  readonly operator: OperatorCredentials;
  readonly mailer: Mailer | null;
  readonly identityProviders: readonly IdentityProvider[] | null;
  readonly payments: Payments | null;
  readonly serving: Serving;
};

function assemble(parts: Parts): Pick<Composed, 'gateway' | 'reload'> & {
  readonly observed: Observed;
  readonly loop: JobLoop;
  readonly recorder: RefusalRecorder;
} {
  const { configuration, world, role, storage, access, vault, operator, mailer, identityProviders, payments } = parts;
  const { deadlines } = configuration;
  let { serving } = parts;
  let loads = 1;
  let loop: JobLoop | null = null;
  const own = createHealth(world.elapsed);
  const isAlone = configuration.workers < 2 && configuration.databaseUrl === null;
  const health = isAlone ? own : shareHealth(own, storage.peers, world.after);
  const memory = createMemory(configuration.memoryBytes, world, collectAsFilled);
  const ledger: Ledger = openLedger(storage.ledgerStore, world, (receipt) => observed.telemetry.ended(receipt));
  const log = logOf(world);
  const observed = observe(configuration, { role, world, ledger, memory });
  const recorder = recordRefusals({ world, store: storage.refusals, log });
  const allowance = parseAllowance(configuration.egressAllow);
  const gateway: Gateway = {
    world,
    catalog: () => serving.catalog,
    enabled: () => operator.enabled(serving),
    keysOfEnvironment: () => operator.ofEnvironment(serving.catalog),
    access,
    mailer,
    identityProviders: identityProviders ?? [],
    front: { publicUrl: configuration.publicUrl, isForwarder: parseAllowance(configuration.trustedProxies).address },
    presets: openPresets({ store: storage.presetStore, world, newSecret }),
    ...outsiders({ storage, vault, world, payments }),
    ledger,
    budgetLeft: createBudgetLeft(storage.ledgerStore, world, log),
    insights: openInsights(storage.insightsStore, world),
    records: storage.records,
    refusals: storage.refusals,
    jobs: { store: storage.jobs, wake: () => loop?.wake() },
    signingKey: (purpose) => vault.current()?.keyFor(purpose) ?? null,
    mayReach: (hostname, port) => allowance.host(hostname, port) || allowance.address(hostname),
    health,
    stickiness: createStickiness(world, isAlone ? null : storage.peers),
    telemetry: recorder.hearing(observed.telemetry),
    metrics: observed.metrics,
    dialects: DIALECTS,
    boards: configuration.boards,
    defaults: configuration.defaults,
    memory,
    contents: openContentLog({ store: storage.contents, vault, world, keptMs: configuration.contentMs, log }),
    storedResponses: storedFrom(configuration, storage),
    kept: createKept(world, role === 'worker' ? keptThroughOwner() : undefined),
    search: openSearch(configuration.environment, fetchingOf(world)),
    ...toolPartsOf(configuration),
    files: filesFrom(configuration, storage, world, log),
    batches: batchesFrom(configuration, storage),
    upstream: { world, memory, keyring: createKeyring(operator.credentials, world), health, deadlines },
    openVendorSocket,
    log,
  };
  const reload = async (): Promise<void> => {
    const next = await readServing(configuration, world, ++loads);
    if (next.ok && role === 'owner') await limitShadows(access.budgets, next.value.catalog, world.now());
    if (next.ok) serving = next.value;
    gateway.log(
      next.ok
        ? `the catalogue was read again: ${next.value.catalog.models.size} models, those of the sandbox included`
        : `the catalogue has problems, the old one goes on serving:\n${problemText(next.error)}`,
    );
  };
  loop = startJobs(gateway, { videos: workOnVideo });
  return { gateway, reload, observed, loop, recorder };
}

/** Whom a workspace has named outside: who takes its receipts, whose tools its calls use. */
const outsiders = ({ storage, vault, world, payments }: Pick<Parts, 'storage' | 'vault' | 'world' | 'payments'>) => ({
  payments: payments && { payments, store: storage.payments },
  destinations: openDestinations({ store: storage.destinationStore, vault, world, newSecret }),
  alerts: openAlerts({ store: storage.alertStore, vault, world, newSecret }),
  mcp: openMcp(world, openMcpServers({ store: storage.mcpServerStore, vault, world, newSecret })),
});

const storedFrom = ({ responses }: Configuration, storage: Storage): Gateway['storedResponses'] =>
  responses && { store: storage.responses, conversations: storage.conversations, ...responses };

const logOf =
  (world: World): Gateway['log'] =>
  (message, cause) =>
    console.error(
      `${new Date(world.now()).toISOString()} ${message}${cause === undefined ? '' : `: ${textOf(cause)}`}`,
    );

const textOf = (cause: unknown): string => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));

/** What tools and plugins have of the operator. */
const toolPartsOf = ({ code, environment }: Configuration): Pick<Gateway, 'runners' | 'ocrModel'> => ({
  runners: openCodeRunners(code),
  ...(environment.SWITCHWRIGHT_OCR_MODEL && { ocrModel: environment.SWITCHWRIGHT_OCR_MODEL }),
});
