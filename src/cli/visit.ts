import { openStorage, type Storage } from '../storage/open.ts';
import { realWorld } from '../upstream/world.ts';
import type { Configuration } from './configuration.ts';

/** The store beside a server that may be running: nothing is recovered, nothing is locked. */
export const openVisit = (configuration: Configuration): Promise<Storage> =>
  openStorage({
    world: realWorld(),
    dataDirectory: configuration.dataDirectory,
    databaseUrl: configuration.databaseUrl ?? undefined,
    role: 'visitor',
  });
