import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { syncCatalogue } from './catalog-sync.ts';
import { problemText, readCatalogue, SHIPPED_CATALOGUE } from './catalogue.ts';
import type { Configuration } from './configuration.ts';
import { UsageError } from './usage.ts';

const SOURCE = 'https://models.dev/api.json';

/** `catalog …`: returns the exit code. */
export async function catalogCommand(args: readonly string[], configuration: Configuration): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      from: { type: 'string', default: SOURCE },
      data: { type: 'string', default: SHIPPED_CATALOGUE },
      keep: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const verb = positionals.join(' ');
  if (verb === 'check') return check(configuration);
  if (verb !== 'sync') throw new UsageError(verb === '' ? 'Check or sync?' : `catalog does not know "${verb}".`);
  const { from, data, keep, 'dry-run': dryRun } = values;
  const done = await syncCatalogue({ from, data: resolve(data), keep, dryRun });
  if (done.ok) process.stdout.write(`${done.value}\n`);
  else process.stderr.write(`${done.error}\n`);
  return done.ok ? 0 : 1;
}

function check(configuration: Configuration): number {
  const read = readCatalogue(configuration);
  if (read.ok) {
    const { models, endpoints, providers } = read.value;
    process.stdout.write(
      `${models.size} models, ${endpoints.size} endpoints, ${providers.size} providers: all sound.\n`,
    );
    return 0;
  }
  process.stderr.write(`The catalogue has problems:\n${problemText(read.error)}\n`);
  return 1;
}
