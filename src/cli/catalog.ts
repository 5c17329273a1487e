import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'smol-toml';
import { type Json, parseJson } from '../base/json.ts';
import { AUTHORS_FILE } from '../catalog/schema.ts';
import { SYNC_FILE } from '../catalog/sync/settings.ts';
import { GENERATED, type Synced, syncModels } from '../catalog/sync/sync.ts';
import { problemText, readCatalogue } from './catalogue.ts';
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
      data: { type: 'string', default: join(import.meta.dirname, '../../data') },
      keep: { type: 'boolean', default: false },
    },
  });
  const verb = positionals.join(' ');
  if (verb === 'check') return check(configuration);
  if (verb !== 'sync') throw new UsageError(verb === '' ? 'Check or sync?' : `catalog does not know "${verb}".`);
  const data = resolve(values.data);
  const listing = await readSource(values.from);
  if (typeof listing === 'string') {
    process.stderr.write(`${listing}\n`);
    return 1;
  }
  const settings = SYNC_FILE.parse(parse(readFileSync(join(data, 'sync.toml'), 'utf8')));
  const authors = AUTHORS_FILE.parse(parse(readFileSync(join(data, 'authors.toml'), 'utf8')));
  const synced = syncModels(listing.json, settings, authors);
  if (synced.models === 0) {
    process.stderr.write('Nothing that looks like a listing of models was found; no file was changed.\n');
    return 1;
  }
  const changed = writeFiles(join(data, 'models'), synced, values.keep);
  process.stdout.write(
    `${synced.models} models, ${synced.endpoints} endpoints on ${synced.providers.size} providers; ` +
      `${changed.written} files written, ${changed.removed} removed.\n`,
  );
  return 0;
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

/** The listing, or why there is none. */
async function readSource(from: string): Promise<{ json: Json } | string> {
  try {
    const text = /^https?:/.test(from)
      ? await (await fetch(from, { signal: AbortSignal.timeout(60_000) })).text()
      : readFileSync(from, 'utf8');
    const json = parseJson(text);
    return json === undefined ? `${from} is not JSON.` : { json };
  } catch (cause) {
    return `${from} cannot be read: ${cause instanceof Error ? cause.message : 'unknown reason'}`;
  }
}

/** Files of hand-written models, which do not begin like a generated one, stay as they are. */
function writeFiles(folder: string, synced: Synced, keep: boolean): { written: number; removed: number } {
  let written = 0;
  let removed = 0;
  const before = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  for (const name of keep ? [] : before) {
    const path = join(folder, name);
    if (!name.endsWith('.toml') || synced.files.has(name.split(sep).join('/')) || !isGenerated(path)) continue;
    rmSync(path);
    removed++;
  }
  for (const [name, text] of synced.files) {
    const path = join(folder, name);
    if (existsSync(path) && (!isGenerated(path) || readFileSync(path, 'utf8') === text)) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    written++;
  }
  return { written, removed };
}

const isGenerated = (path: string): boolean => readFileSync(path, 'utf8').startsWith(`# ${GENERATED}`);
