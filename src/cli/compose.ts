import { type Access, openAccess } from '../access/access.ts';
import { type FirstStart, prepareAccess } from '../access/prepare.ts';
import type { World } from '../base/world.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { type LocalServer, withLocalModels } from '../catalog/local.ts';
import { DIALECTS } from '../dialects/registry.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { openInsights } from '../insights/insights.ts';
import { openLedger } from '../ledger/ledger.ts';
import { newSecret, openStorage, type Storage } from '../storage/open.ts';
import { enabledProviders } from '../upstream/credentials.ts';
import { createHealth } from '../upstream/health.ts';
import { findLocalServers } from '../upstream/local-servers.ts';
import { credentialsFor, problemText, readCatalogue } from './catalogue.ts';
import type { Configuration } from './configuration.ts';

/** A running gateway and what only its composer needs. */
export type Composed = {
  readonly gateway: Gateway;
  readonly storage: Storage;
  readonly firstStart: FirstStart;
  readonly localServers: readonly LocalServer[];
  /** Reads the catalogue again; a bad one leaves the old one serving and is told. */
  readonly reload: () => void;
  readonly close: () => Promise<void>;
};

export type Role = 'owner' | 'worker';

/** Configuration → World → Gateway: every part made once, handed to those who need it. */
export async function composeGateway(configuration: Configuration, world: World, role: Role): Promise<Composed> {
  const first = readCatalogue(configuration);
  if (!first.ok) throw new Error(`The catalogue has problems:\n${problemText(first.error)}`);
  const storage = await openStorage({
    world,
    dataDirectory: configuration.dataDirectory,
    databaseUrl: configuration.databaseUrl ?? undefined,
    role,
  });
  const { environment } = configuration;
  const seeds = {
    ...(environment.SWITCHWRIGHT_API_KEY && { apiKey: environment.SWITCHWRIGHT_API_KEY }),
    ...(environment.SWITCHWRIGHT_MANAGEMENT_KEY && { managementKey: environment.SWITCHWRIGHT_MANAGEMENT_KEY }),
  };
  const firstStart: FirstStart =
    role === 'owner'
      ? await prepareAccess({ store: storage.accessStore, world, newSecret, ...seeds })
      : { apiKey: null, signInToken: null };
  const access = await openAccess({ store: storage.accessStore, world, newSecret });
  const localServers = environment.SWITCHWRIGHT_LOCAL_SERVERS === '0' ? [] : await findLocalServers(first.value, world);
  const { gateway, reload } = assemble({ configuration, world, storage, access, localServers, catalog: first.value });
  return {
    gateway,
    storage,
    firstStart,
    localServers,
    reload,
    close: async () => {
      gateway.ledger.close();
      await storage.close();
    },
  };
}

type Parts = {
  readonly configuration: Configuration;
  readonly world: World;
  readonly storage: Storage;
  readonly access: Access;
  readonly localServers: readonly LocalServer[];
  readonly catalog: Catalog;
};

function assemble({
  configuration,
  world,
  storage,
  access,
  localServers,
  catalog,
}: Parts): Pick<Composed, 'gateway' | 'reload'> {
  const { environment, deadlines } = configuration;
  const credentials = credentialsFor(configuration);
  const serve = (read: Catalog): { catalog: Catalog; enabled: ReadonlySet<string> } => ({
    catalog: withLocalModels(read, localServers),
    enabled: new Set([
      ...enabledProviders(read, credentials, environment),
      ...localServers.map(({ provider }) => provider),
    ]),
  });
  let serving = serve(catalog);
  let loads = 1;
  const health = createHealth(world.now);
  const gateway: Gateway = {
    world,
    catalog: () => serving.catalog,
    enabled: () => serving.enabled,
    access,
    ledger: openLedger(storage.ledgerStore, world),
    insights: openInsights(storage.insightsStore, world),
    records: storage.records,
    health,
    dialects: DIALECTS,
    upstream: {
      world,
      credentials,
      health,
      deadlines,
    },
    log: (message, cause) =>
      console.error(
        `${new Date(world.now()).toISOString()} ${message}${cause === undefined ? '' : `: ${textOf(cause)}`}`,
      ),
  };
  const reload = (): void => {
    const next = readCatalogue(configuration, ++loads);
    if (next.ok) serving = serve(next.value);
    gateway.log(
      next.ok
        ? `the catalogue was read again: ${next.value.models.size} models`
        : `the catalogue has problems, the old one goes on serving:\n${problemText(next.error)}`,
    );
  };
  return { gateway, reload };
}

const textOf = (cause: unknown): string => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
