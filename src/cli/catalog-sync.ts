import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { parse } from 'smol-toml';
import type { z } from 'zod';
import { failed, ok, type Result } from '../base/result.ts';
import { loadCatalog } from '../catalog/load.ts';
import type { CatalogProblem } from '../catalog/problem.ts';
import { parseFile } from '../catalog/read.ts';
import { AUTHORS_FILE, MODEL_FILE } from '../catalog/schema.ts';
import { type Changes, changesOf, describeChanges, type ModelFileOnDisk } from '../catalog/sync/changes.ts';
import { SYNC_FILE } from '../catalog/sync/settings.ts';
import { GENERATED, type Synced, syncModels } from '../catalog/sync/sync.ts';
import { KNOWN, problemText } from './catalogue.ts';
import { readListingFrom } from './listing.ts';

export type SyncOptions = {
  /** A file or an address. */
  readonly from: string;
  /** The folder that holds `models/`, `sync.toml` and the rest. */
  readonly data: string;
  /** Files of models that are no longer listed stay. */
  readonly keep: boolean;
  /** Nothing is written; every change is told. */
  readonly dryRun: boolean;
};

/** A listing that drops more than this part of the models is taken to be broken. */
const LOSS_MAX = 0.25;

/** Brings `models/` up to date: what to print, or why nothing was changed. All or nothing. */
export async function syncCatalogue(options: SyncOptions): Promise<Result<string, string>> {
  const { data } = options;
  const listing = await readListingFrom(options.from);
  if (!listing.ok) return listing;
  const settings = readSettings(join(data, 'sync.toml'), SYNC_FILE);
  if (!settings.ok) return settings;
  const authors = readSettings(join(data, 'authors.toml'), AUTHORS_FILE);
  if (!authors.ok) return authors;
  const before = readWritten(join(data, 'models'));
  if (!before.ok) return before;
  const tables = new Map(
    [...before.value].flatMap(([path, { table, generated }]) => (generated ? [[path, table]] : [])),
  );
  const synced = syncModels(listing.value, settings.value, authors.value, tables);
  if (synced.models === 0) return failed('Nothing that looks like a listing of models was found; no file was changed.');
  const found = changesOf(before.value, synced.files, parse);
  const changes = options.keep ? { ...found, removed: [] } : found;
  if (changes.removed.length > tables.size * LOSS_MAX)
    return failed(
      `${changes.removed.length} of ${tables.size} models are missing, which looks like a broken listing; no file was changed. --keep leaves them as they are.`,
    );
  const sound = tryOut(data, synced, changes);
  if (!sound.ok) return sound;
  if (!options.dryRun) write(join(data, 'models'), synced, changes);
  return ok(reportOf(synced, changes, options));
}

function readSettings<T extends z.ZodType>(path: string, schema: T): Result<z.output<T>, string> {
  const problems: CatalogProblem[] = [];
  if (!existsSync(path)) return failed(`${path} is missing: --data names a folder such as the shipped data/.`);
  const file = parseFile(path, readFileSync(path, 'utf8'), schema, problems);
  return file ? ok(file.table) : failed(`The settings of the sync have problems:\n${problemText(problems)}`);
}

function readWritten(folder: string): Result<ReadonlyMap<string, ModelFileOnDisk>, string> {
  const problems: CatalogProblem[] = [];
  const written = new Map<string, ModelFileOnDisk>();
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  for (const name of names.filter((file) => file.endsWith('.toml'))) {
    const text = readFileSync(join(folder, name), 'utf8');
    const generated = text.startsWith(`# ${GENERATED}`);
    const file = parseFile(join(folder, name), text, MODEL_FILE, problems);
    if (file) written.set(name.split(sep).join('/'), { text, table: file.table, generated });
  }
  return problems.length > 0 ? failed(`The catalogue has problems:\n${problemText(problems)}`) : ok(written);
}

/** Whether the catalogue would load afterwards, curated files and all: tried on a copy. */
function tryOut(data: string, synced: Synced, changes: Changes): Result<void, string> {
  const copy = mkdtempSync(join(tmpdir(), 'catalogue-'));
  try {
    cpSync(data, copy, { recursive: true });
    write(join(copy, 'models'), synced, changes);
    const loaded = loadCatalog([copy], KNOWN, {});
    if (loaded.ok) return ok(undefined);
    const problems = loaded.error.map((problem) => ({ ...problem, path: problem.path.replace(copy, data) }));
    return failed(`The catalogue would not load afterwards; no file was changed:\n${problemText(problems)}`);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

function write(folder: string, { files }: Synced, { added, changed, removed }: Changes): void {
  for (const path of removed) rmSync(join(folder, path));
  for (const path of [...added, ...changed.map((change) => change.path)]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), files.get(path) ?? '');
  }
}

function reportOf(synced: Synced, changes: Changes, { data, dryRun }: SyncOptions): string {
  const { added, changed, removed } = changes;
  const orphans = removed.filter((path) => existsSync(join(data, 'curated/models', path)));
  const lines = [
    ...(dryRun ? [describeChanges(changes)] : removed.map((path) => `- ${path} is no longer listed`)),
    ...synced.oddPrices,
    ...orphans.map((path) => `curated/models/${path} describes a model that nobody serves any more`),
    ...(synced.newHosts.length > 0
      ? [`Hosts that data/sync.toml does not know, left out: ${synced.newHosts.join(', ')}`]
      : []),
    ...(synced.goneHosts.length > 0 ? [`Hosts that are no longer listed: ${synced.goneHosts.join(', ')}`] : []),
    `${synced.models} models, ${synced.endpoints} endpoints on ${synced.providers.size} providers; ` +
      `${added.length} added, ${changed.length} changed, ${removed.length} removed${dryRun ? ': nothing was written' : ''}.`,
  ];
  return lines.filter(Boolean).join('\n');
}
