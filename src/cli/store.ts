import { existsSync } from 'node:fs';
import type { World } from '../base/world.ts';
import { openStorage, type Storage, type StorageOptions } from '../storage/open.ts';
import { realWorld } from '../upstream/world.ts';
import type { Configuration } from './configuration.ts';

type Role = NonNullable<StorageOptions['role']>;

/** The store that the configuration names; rejects with words that name the setting too. */
export async function openStore(configuration: Configuration, world: World, role: Role): Promise<Storage> {
  const { dataDirectory, databaseUrl } = configuration;
  try {
    return await openStorage({ world, dataDirectory, databaseUrl: databaseUrl ?? undefined, role });
  } catch (cause) {
    const place = databaseUrl === null ? `${dataDirectory} (SWITCHWRIGHT_DATA_DIR)` : 'PostgreSQL (DATABASE_URL)';
    throw new Error(`The store in ${place} cannot be opened: ${reasonOf(cause)}`, { cause });
  }
}

/** The store beside a server that may be running: nothing is recovered, nothing is locked, nothing is made. */
export async function openVisit(configuration: Configuration): Promise<Storage> {
  const { dataDirectory, databaseUrl } = configuration;
  if (databaseUrl === null && !existsSync(dataDirectory))
    throw new Error(`There is nothing in ${dataDirectory} yet: start the gateway first, or set SWITCHWRIGHT_DATA_DIR.`);
  return openStore(configuration, realWorld(), 'visitor');
}

/** A host that has several addresses fails with an error for each, and no words of its own. */
function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.message === '') return cause.errors.map(reasonOf).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
}
