/** A file imports only from its own folder or from a lower stratum (`import type` counts too). Run by `npm test`. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const STRATA: { readonly [folder: string]: number } = {
  base: 0,
  call: 1,
  vault: 1,
  http1: 1,
  content: 1,
  catalog: 2,
  facts: 3,
  dialects: 4,
  web: 4,
  access: 5,
  files: 5,
  insights: 5,
  ledger: 5,
  mcp: 5,
  metering: 5,
  plugins: 5,
  policies: 5,
  presets: 5,
  router: 5,
  sandbox: 5,
  telemetry: 5,
  tools: 5,
  upstream: 5,
  gateway: 6,
  federation: 7,
  http: 7,
  mail: 7,
  payments: 7,
  storage: 7,
  cli: 8,
  '': 8,
};

/** Extra bans: a plan and a bill are decided from facts, never from wire details. */
const BANS: readonly (readonly [from: string, to: string])[] = [
  ['router', 'dialects'],
  ['metering', 'dialects'],
  ['ledger', 'dialects'],
];

/**
 * Folders of which each is a wire format of its own: what several need lies beside the folders, and knows none of them.
 * Tests may look sideways, and one file composes.
 */
const SIBLINGS = { folder: 'dialects', composer: 'registry.ts' };

const source = resolve(import.meta.dirname, '../src');
const folderOf = (file: string): string => {
  const path = relative(source, file);
  return path.includes('/') ? (path.split('/')[0] ?? '') : '';
};

/** The sibling folder that a file of `SIBLINGS` is in; '' = beside the folders, undefined = elsewhere. */
const siblingOf = (file: string): string | undefined => {
  const path = relative(join(source, SIBLINGS.folder), file);
  if (path.startsWith('..')) return undefined;
  return path.includes('/') ? path.split('/')[0] : '';
};
const importsSibling = (file: string, target: string): boolean => {
  const to = siblingOf(target);
  if (!to || to === siblingOf(file) || siblingOf(file) === undefined) return false;
  return !file.endsWith('.test.ts') && file !== join(source, SIBLINGS.folder, SIBLINGS.composer);
};

const broken: string[] = [];
for (const entry of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
  if (!entry.endsWith('.ts')) continue;
  const file = join(source, entry);
  const from = folderOf(file);
  const fromStratum = STRATA[from];
  if (fromStratum === undefined) broken.push(`${entry}: the folder ${from}/ has no stratum`);
  for (const match of readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
    const target = resolve(dirname(file), match[1] ?? '');
    if (!target.startsWith(source)) {
      broken.push(`${entry} imports ${match[1]}, which is outside src/`);
      continue;
    }
    if (importsSibling(file, target))
      broken.push(`${entry} imports ${match[1]}: dialects know no other dialect's folder`);
    const to = folderOf(target);
    const toStratum = STRATA[to] ?? -1;
    if (to === from) continue;
    if (toStratum >= (fromStratum ?? 0) && !(from === '' && toStratum <= 8))
      broken.push(`${entry} (stratum ${fromStratum}) imports ${to}/ (stratum ${toStratum})`);
    if (BANS.some(([a, b]) => a === from && b === to)) broken.push(`${entry}: ${from}/ must never know ${to}/`);
  }
}
for (const line of broken) console.error(line);
if (broken.length > 0) process.exit(1);
