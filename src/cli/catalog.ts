import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Catalog } from '../catalog/catalog.ts';
import { compareWith } from '../catalog/second-list.ts';
import { syncCatalogue } from './catalog-sync.ts';
import { problemText, readCatalogue, SHIPPED_CATALOGUE } from './catalogue.ts';
import type { Configuration } from './configuration.ts';
import { readListingFrom } from './listing.ts';
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
      against: { type: 'string' },
    },
  });
  const verb = positionals.join(' ');
  if (verb === 'check') return check(configuration, values.against);
  if (verb !== 'sync') throw new UsageError(verb === '' ? 'Check or sync?' : `catalog does not know "${verb}".`);
  const { from, data, keep, 'dry-run': dryRun } = values;
  const done = await syncCatalogue({ from, data: resolve(data), keep, dryRun });
  if (done.ok) process.stdout.write(`${done.value}\n`);
  else process.stderr.write(`${done.error}\n`);
  return done.ok ? 0 : 1;
}

async function check(configuration: Configuration, against: string | undefined): Promise<number> {
  const read = readCatalogue(configuration);
  if (read.ok) {
    const { models, endpoints, providers } = read.value;
    process.stdout.write(
      `${models.size} models, ${endpoints.size} endpoints, ${providers.size} providers: all sound.\n`,
    );
    return against === undefined ? 0 : compare(read.value, against);
  }
  process.stderr.write(`The catalogue has problems:\n${problemText(read.error)}\n`);
  return 1;
}

/** The list that `--against genai-prices` means. */
const GENAI_PRICES = 'https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data_slim.json';

/** A report: prices that differ are told with both sources, and are no mistake of the catalogue by themselves. */
async function compare(catalog: Catalog, against: string): Promise<number> {
  const source = against === 'genai-prices' ? GENAI_PRICES : against;
  const list = await readListingFrom(source);
  if (!list.ok) {
    process.stderr.write(`${list.error}\n`);
    return 1;
  }
  const { compared, differences } = compareWith(list.value, catalog, new Date().toISOString().slice(0, 10));
  for (const { endpoint, price, ours, theirs } of differences)
    process.stdout.write(`${endpoint} ${price}: $${ours} in the catalogue, $${theirs} in ${against}\n`);
  process.stdout.write(`${compared} prices compared with ${against}: ${differences.length} differ.\n`);
  return 0;
}
