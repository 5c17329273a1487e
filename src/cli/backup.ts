import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { backUp } from '../storage/backup.ts';
import { storeFile } from '../storage/open.ts';
import type { Configuration } from './configuration.ts';
import { UsageError } from './usage.ts';

/** `switchwright backup FILE`: a copy of the store, taken beside a gateway that serves. */
export function backupCommand(words: readonly string[], configuration: Configuration): number {
  const { positionals } = parseArgs({ args: [...words], allowPositionals: true });
  const [copy] = positionals;
  if (copy === undefined || positionals.length > 1) throw new UsageError('Name the file to write the copy to.');
  const { dataDirectory, databaseUrl } = configuration;
  if (databaseUrl !== null)
    throw new Error('The store is in PostgreSQL (DATABASE_URL): pg_dump copies it while the gateway serves.');
  const file = storeFile(dataDirectory);
  if (!existsSync(file))
    throw new Error(
      `There is no store in ${dataDirectory} yet: start the gateway first, or set SWITCHWRIGHT_DATA_DIR.`,
    );
  const bytes = backUp(file, resolve(copy));
  console.log(
    `${copy}: ${bytes} bytes, checked.\n` +
      `To go back to it: stop the gateway; move ${file}, ${file}-wal, ${file}-shm and ${file}-journal-1 away; ` +
      `copy ${copy} to ${file}; start.`,
  );
  return 0;
}
