import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import type { z } from 'zod';
import { LIMITS } from '../base/limits.ts';
import { POLICY_FILE, type PolicyFile } from './policy-file.ts';
import { type CatalogProblem, lineOf } from './problem.ts';
import {
  AUTHORS_FILE,
  DISTILLABLE_FILE,
  MODEL_FILE,
  type ModelFile,
  PROVIDER_FILE,
  type ProviderFile,
} from './schema.ts';

/** One parsed file: what it says, and its text for naming lines. */
export type CatalogFile<T> = { readonly path: string; readonly text: string; readonly table: T };

/** Everything that the folders say, in the folders' order: several files of one id lie over each other. */
export type CatalogFiles = {
  readonly providers: ReadonlyMap<string, readonly CatalogFile<ProviderFile>[]>;
  readonly models: ReadonlyMap<string, readonly CatalogFile<ModelFile>[]>;
  readonly policies: ReadonlyMap<string, readonly CatalogFile<PolicyFile>[]>;
  readonly authors: { readonly [slug: string]: string };
  /** Patterns of models whose licence lets others learn from their output, where their weights are open. */
  readonly distillable: readonly string[];
  /** A hash of every byte read, names included. */
  readonly hash: string;
};

/**
 * Reads `providers/*.toml`, `models/<author>/<slug>.toml`, `policies/*.toml`, `authors.toml` and `distillable.toml` of each folder; what lies in its `curated/`
 * comes over it, so that facts kept by hand win over synced ones. Never throws.
 */
export function readFolders(folders: readonly string[], problems: CatalogProblem[]): CatalogFiles {
  const providers = new Map<string, CatalogFile<ProviderFile>[]>();
  const models = new Map<string, CatalogFile<ModelFile>[]>();
  const policies = new Map<string, CatalogFile<PolicyFile>[]>();
  let authors: { [slug: string]: string } = {};
  const distillable: string[] = [];
  const hash = createHash('sha256');
  for (const folder of folders.flatMap(withCurated)) {
    if (!existsSync(folder)) problems.push({ path: folder, line: 1, reason: 'the folder does not exist' });
    const file = <T extends z.ZodType>(path: string, schema: T): CatalogFile<z.output<T>> | undefined => {
      const text = readText(path, problems);
      if (text === undefined) return undefined;
      hash.update(relative(folder, path)).update('\0').update(text).update('\0');
      return parseFile(path, text, schema, problems);
    };
    for (const path of tomlFiles(join(folder, 'providers'))) {
      const source = file(path, PROVIDER_FILE);
      if (source) append(providers, idOf(join(folder, 'providers'), path), source);
    }
    for (const path of tomlFiles(join(folder, 'models'))) {
      const source = file(path, MODEL_FILE);
      if (source) append(models, idOf(join(folder, 'models'), path), source);
    }
    for (const path of tomlFiles(join(folder, 'policies'))) {
      const source = file(path, POLICY_FILE);
      if (source) append(policies, idOf(join(folder, 'policies'), path), source);
    }
    const licences = join(folder, 'distillable.toml');
    const licensed = existsSync(licences) ? file(licences, DISTILLABLE_FILE) : undefined;
    for (const licence of licensed?.table.licences ?? []) distillable.push(...licence.models);
    const named = join(folder, 'authors.toml');
    if (existsSync(named)) authors = { ...authors, ...file(named, AUTHORS_FILE)?.table };
  }
  return { providers, models, policies, authors, distillable, hash: hash.digest('hex') };
}

function withCurated(folder: string): string[] {
  const curated = join(folder, 'curated');
  return existsSync(curated) ? [folder, curated] : [folder];
}

/** The id is the path. `+` stands for the colon of a catalogue variant, which some file systems cannot write. */
const idOf = (root: string, path: string): string =>
  relative(root, path)
    .split(sep)
    .join('/')
    .replace(/\.toml$/, '')
    .replace('+', ':');

function tomlFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.toml'))
    .sort()
    .map((name) => join(folder, name));
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The text without its byte order mark; undefined, and a problem told, if it cannot be had. */
function readText(path: string, problems: CatalogProblem[]): string | undefined {
  const refuse = (reason: string, line = 1): undefined => void problems.push({ path, line, reason });
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    return refuse(cause instanceof Error ? cause.message : 'cannot be read');
  }
  if (bytes.length > LIMITS.catalogue_file_bytes_max)
    return refuse(`is larger than ${LIMITS.catalogue_file_bytes_max} bytes`);
  if (!isUtf8(bytes)) return refuse('is not UTF-8', firstLineNotUtf8(bytes));
  return UTF8.decode(bytes);
}

/** Each line of UTF-8 is UTF-8 by itself. */
function firstLineNotUtf8(bytes: Buffer): number {
  for (let line = 1, from = 0; from < bytes.length; line++) {
    const feed = bytes.indexOf(10, from);
    const end = feed < 0 ? bytes.length : feed;
    if (!isUtf8(bytes.subarray(from, end))) return line;
    from = end + 1;
  }
  return 1;
}

/** A TOML text as its schema has it; undefined, and every problem told, if it is not so. */
export function parseFile<T extends z.ZodType>(
  path: string,
  text: string,
  schema: T,
  problems: CatalogProblem[],
): CatalogFile<z.output<T>> | undefined {
  let table: unknown;
  try {
    table = parse(text);
  } catch (cause) {
    const line = cause instanceof TomlError ? cause.line : 1;
    const reason = cause instanceof Error ? cause.message.split('\n', 1).join('') : 'is not TOML';
    problems.push({ path, line, reason });
    return undefined;
  }
  const checked = schema.safeParse(table);
  if (checked.success) return { path, text, table: checked.data };
  for (const issue of checked.error.issues) {
    const at = issue.path.filter((part) => typeof part !== 'symbol');
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
    for (const key of unknown) {
      const where = key === undefined ? at : [...at, key];
      const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
      const reason = key === undefined ? message : 'unknown key';
      problems.push({ path, line: lineOf(text, where), reason: `${where.join('.') || 'file'}: ${reason}` });
    }
  }
  return undefined;
}

function append<T>(map: Map<string, T[]>, id: string, value: T): void {
  const list = map.get(id);
  if (list) list.push(value);
  else map.set(id, [value]);
}
