import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ok, type Result } from '../base/result.ts';
import type { World } from '../base/world.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { DIALECT_IDS } from '../catalog/dialect-table.ts';
import { type KnownDialects, loadCatalog } from '../catalog/load.ts';
import { type LocalServer, withLocalModels } from '../catalog/local.ts';
import type { CatalogProblem } from '../catalog/problem.ts';
import { QUIRK_NAMES } from '../dialects/registry.ts';
import { type Credentials, createCredentials, enabledProviders, halfSetUp } from '../upstream/credentials.ts';
import { findLocalServers } from '../upstream/local-servers.ts';
import { type Configuration, isOurs } from './configuration.ts';

/** The catalogue that comes with the program. */
export const SHIPPED_CATALOGUE = resolve(import.meta.dirname, '../../data');

/** What the code can do, told to the loader so that data is checked against it. */
export const KNOWN: KnownDialects = {
  dialects: new Set(DIALECT_IDS),
  quirks: QUIRK_NAMES,
};

/** Shipped files first, then the operator's folder over them. */
export function readCatalogue(configuration: Configuration, loads = 1): Result<Catalog, readonly CatalogProblem[]> {
  const { catalogFolder, environment } = configuration;
  const folders = catalogFolder ? [SHIPPED_CATALOGUE, catalogFolder] : [SHIPPED_CATALOGUE];
  return loadCatalog(folders, KNOWN, environment, loads);
}

/** One line per problem: file, line, reason. */
export const problemText = (problems: readonly CatalogProblem[]): string =>
  problems.map(({ path, line, reason }) => `  ${join(path)}:${line} ${reason}`).join('\n');

/** Secrets of providers from the environment; a service account may be a file. */
export const credentialsFor = ({ environment }: Configuration): Credentials =>
  createCredentials(environment, (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return null;
    }
  });

/** A catalogue with the models of local servers, and the providers that can be called: their key is set, or they were found. */
export type Serving = {
  readonly catalog: Catalog;
  readonly enabled: ReadonlySet<string>;
  readonly localServers: readonly LocalServer[];
  /** What the operator began to set up and stays off, with the reason. */
  readonly halfSetUp: ReturnType<typeof halfSetUp>;
};

/** What a gateway with this configuration would serve now: its files are read and local servers are asked. */
export async function readServing(
  configuration: Configuration,
  world: World,
  loads = 1,
): Promise<Result<Serving, readonly CatalogProblem[]>> {
  const read = readCatalogue(configuration, loads);
  if (!read.ok) return read;
  const { environment, patience } = configuration;
  const credentials = credentialsFor(configuration);
  const asked = { world, credentials, patience, isOurs: (url: string) => isOurs(url, configuration) };
  const localServers = environment.SWITCHWRIGHT_LOCAL_SERVERS === '0' ? [] : await findLocalServers(read.value, asked);
  const found = localServers.map(({ provider }) => provider);
  return ok({
    catalog: withLocalModels(read.value, localServers),
    enabled: new Set([...enabledProviders(read.value, credentials, environment), ...found]),
    localServers,
    halfSetUp: halfSetUp(read.value, credentials),
  });
}
