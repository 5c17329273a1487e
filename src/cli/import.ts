import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { firstWorkspace, OWNER_ACCOUNT_ID } from '../access/owner.ts';
import { isObject } from '../base/json.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { resolveModel } from '../router/resolve.ts';
import { problemText, readCatalogue } from './catalogue.ts';
import type { Configuration } from './configuration.ts';
import { readUsage } from './exports/usage.ts';
import type { CatalogueFile } from './import/litellm-models.ts';
import { createLosses, type Losses } from './import/losses.ts';
import { carryOut } from './organization/carry-out.ts';
import { openVisit } from './store.ts';
import { UsageError } from './usage.ts';

const OPTIONS = {
  config: { type: 'string' },
  database: { type: 'string' },
  tables: { type: 'string' },
  keys: { type: 'string' },
  workspaces: { type: 'string' },
  activity: { type: 'string' },
  apply: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;
type Options = { readonly [option in Exclude<keyof typeof OPTIONS, 'apply' | 'json'>]?: string | undefined } & {
  readonly apply: boolean;
  readonly json: boolean;
};

/** `switchwright import …`: what another gateway has, as far as there is a word for it here. */
export async function importCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...words], allowPositionals: true, options: OPTIONS });
  const [from, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is one word too many.`);
  if (from === 'litellm') return importLiteLlm(values, configuration);
  if (from === 'openrouter') return importOpenRouter(values, configuration);
  throw new UsageError(from === undefined ? 'From where: litellm or openrouter?' : `import does not know "${from}".`);
}

function catalogueOf(configuration: Configuration): Catalog {
  const read = readCatalogue(configuration);
  if (!read.ok) throw new Error(`The catalogue has problems:\n${problemText(read.error)}`);
  return read.value;
}

const HOW = { prune: false, hint: '--apply', links: false } as const;

async function importLiteLlm(options: Options, configuration: Configuration): Promise<number> {
  const { config, database, tables, apply, json } = options;
  if (config === undefined && database === undefined && tables === undefined)
    throw new UsageError('What of LiteLLM: --config FILE, --database URL, --tables FOLDER?');
  const { meaningOf, wantedOfLiteLlm } = await import('./import/litellm.ts');
  const { tablesOfDatabase, tablesOfFolder } = await import('./import/litellm-tables.ts');
  const catalog = catalogueOf(configuration);
  const losses = createLosses();
  const models = config === undefined ? null : await modelsOf(config, catalog, losses);
  const found =
    database !== undefined ? await tablesOfDatabase(database) : tables !== undefined ? tablesOfFolder(tables) : null;
  const meaning = meaningOf(models?.meanings ?? new Map(), catalog, (name) => resolveModel(catalog, name)?.model.id);
  // Names that the file gives are of the catalogue once its files are written.
  const known = (name: string): readonly string[] | undefined =>
    meaning(name)?.filter(
      (id) => catalog.models.has(id) || (models?.files ?? []).some(({ path }) => path === `models/${id}.toml`),
    );
  const wanted = found && wantedOfLiteLlm(found, known, losses);
  if (models && !json) tellModels(models.files, models.settings, configuration);
  if (models && apply) writeFiles(models.files, configuration);
  if (!json) tellLosses(losses);
  if (wanted) return carryOut(wanted, configuration, { ...HOW, isDone: apply, json });
  if (json)
    console.log(
      JSON.stringify({ applied: apply, files: models?.files.map(({ path }) => path), losses: losses.lines() }),
    );
  return 0;
}

async function modelsOf(file: string, catalog: Catalog, losses: Losses) {
  const { parse } = await import('yaml');
  const { readModels } = await import('./import/litellm-models.ts');
  let config: unknown;
  try {
    config = parse(readFileSync(file, 'utf8'), { maxAliasCount: 100, schema: 'core' });
  } catch (cause) {
    if (cause instanceof Error && cause.name.startsWith('YAML'))
      throw new Error(`${file}: ${cause.message.split('\n')[0]}`);
    throw cause;
  }
  if (!isObject(config)) throw new Error(`${file} is no configuration of LiteLLM.`);
  return readModels(config, catalog, losses);
}

const folderOf = ({ catalogFolder }: Configuration): string | null => catalogFolder;
const isWritten = (file: CatalogueFile, folder: string): boolean => {
  const path = join(folder, file.path);
  return existsSync(path) && readFileSync(path, 'utf8') === file.text;
};

function tellModels(files: readonly CatalogueFile[], settings: readonly string[], configuration: Configuration): void {
  const folder = folderOf(configuration);
  for (const setting of settings) console.log(`! ${setting}`);
  for (const file of files) {
    const path = folder === null ? file.path : resolve(folder, file.path);
    if (folder !== null && isWritten(file, folder)) continue;
    const isThere = folder !== null && existsSync(path);
    console.log(`${isThere ? '!' : '+'} ${path}${isThere ? ' is there already, and stays: what it lacks is' : ''}`);
    for (const line of file.text.trimEnd().split('\n')) console.log(line === '' ? '' : `    ${line}`);
  }
  if (folder === null && files.length > 0)
    console.log('! These files go into a folder of yours: name it by SWITCHWRIGHT_CATALOG.');
}

/** Never over a file that is there: somebody may have written it. */
function writeFiles(files: readonly CatalogueFile[], configuration: Configuration): void {
  const folder = folderOf(configuration);
  if (folder === null) return;
  for (const { path, text } of files) {
    const file = join(folder, path);
    if (existsSync(file)) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
  }
}

function tellLosses(losses: Losses): void {
  for (const line of losses.lines()) console.log(`! ${line}`);
}

async function importOpenRouter(options: Options, configuration: Configuration): Promise<number> {
  const { keys, workspaces, activity, apply, json } = options;
  if (keys === undefined && activity === undefined)
    throw new UsageError('What of OpenRouter: --keys FILE (the answer of /keys), --activity FILE?');
  const { historyOf, IMPORTED, wantedOfOpenRouter } = await import('./import/openrouter.ts');
  if (activity !== undefined) {
    const read = readUsage('openrouter', readFileSync(activity, 'utf8'));
    if (!read.ok) throw new Error(`${activity}: ${read.error}`);
    const { providers } = catalogueOf(configuration);
    const slugs = new Map([...providers.values()].map(({ name, slug }) => [name.toLowerCase(), slug]));
    const days = historyOf(read.value, (name) => slugs.get(name.toLowerCase()) ?? name);
    const storage = await openVisit(configuration);
    const of = { accountId: OWNER_ACCOUNT_ID, workspaceId: firstWorkspace(OWNER_ACCOUNT_ID).id, app: IMPORTED };
    try {
      if (apply) await storage.importHistory({ ...of, days });
    } finally {
      await storage.close();
    }
    if (!json)
      console.log(
        `${apply ? '' : 'Would be imported: '}${days.length} rows of ${new Set(days.map(({ day }) => day)).size} days, as the app "${IMPORTED.title}" in analytics.`,
      );
  }
  if (keys === undefined) return 0;
  const losses = createLosses();
  const listed = workspaces === undefined ? null : readFileSync(workspaces, 'utf8');
  const wanted = wantedOfOpenRouter(readFileSync(keys, 'utf8'), listed, losses);
  if (!json) tellLosses(losses);
  return carryOut(wanted, configuration, { ...HOW, isDone: apply, json });
}
