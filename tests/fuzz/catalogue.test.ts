/** Every file of the catalogue, damaged in many ways at once: the loader names each place and never throws. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { loadCatalog } from '../../src/catalog/load.ts';
import { type CatalogProblem, describeProblem } from '../../src/catalog/problem.ts';
import { KNOWN } from '../../src/cli/catalogue.ts';
import { seeded } from '../../src/dialects/fuzz.ts';
import { below, pick, type Random } from './mutations.ts';

const shipped = resolve(import.meta.dirname, '../../data');
const names = readdirSync(shipped, { recursive: true, encoding: 'utf8' }).filter((name) => /[^c]\.toml$/.test(name));
const folder = mkdtempSync(join(tmpdir(), 'damaged-'));
after(() => rmSync(folder, { recursive: true }));
const LONG = process.env.SWITCHWRIGHT_LONG === '1';

const JUNK = [
  ...['"', "'", '[', '[[', ']', '{', '}', '=', '\n', '\r', '\0', '\u007f', '#', '.', '"""', 'é', '🦊', '\ufeff'],
  ...['nan', 'inf', '-1', '0.1', '1e999', '99999999999999999999', '0x10', 'true', '1979-05-27', '9999-99-99', '[]'],
  ...['[a.b]\n', '{}', '__proto__ = 1\n', '[__proto__]\n', 'constructor.x = 1\n', '[endpoints]\n', '[[endpoints]]\n'],
  ...['"https://"', '"${"', '"../../x"', '""', `"${'x'.repeat(30_000)}"`],
];

function damage(text: string, random: Random): string {
  const at = below(random, text.length);
  const lines = text.split('\n');
  const line = below(random, lines.length);
  switch (below(random, 6)) {
    case 0:
      return text.slice(0, at) + pick(random, JUNK) + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + below(random, 8));
    case 2:
      return text.slice(0, at);
    case 3:
      return lines.toSpliced(line, 1).join('\n');
    case 4:
      return lines.toSpliced(line, 0, pick(random, lines)).join('\n');
    default:
      return lines.with(line, (lines[line] ?? '').replace(/=.*/, `= ${pick(random, JUNK)}`)).join('\n');
  }
}

/** A problem is of use if its file exists, its line is one of that file's, and it says something. */
function assertPlaced({ path, line, reason }: CatalogProblem, seed: number): void {
  const told = `${describeProblem({ path, line, reason })} (seed ${seed})`;
  const lines = readFileSync(path, 'utf8').split('\n').length;
  assert.ok(line >= 1 && line <= lines, told);
  assert.ok(reason.length > 5 && !reason.includes('\n') && !/\[object|undefined is not|at \S+:\d+/.test(reason), told);
}

test('damaged files are refused by path, line and reason; no damage throws', () => {
  for (let seed = 1; seed <= (LONG ? 200 : 3); seed++) {
    const random = seeded(seed);
    const damaged = new Set<string>();
    for (const name of names) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      const text = readFileSync(join(shipped, name), 'utf8');
      const changed = random() < 0.5 ? damage(damage(text, random), random) : text;
      if (changed !== text) damaged.add(path);
      writeFileSync(path, changed);
    }
    const loaded = loadCatalog([folder], KNOWN, {});
    assert.equal(loaded.ok, false, `seed ${seed}`);
    if (loaded.ok) return;
    for (const problem of loaded.error) assertPlaced(problem, seed);
    const named = new Set(loaded.error.map(({ path }) => path));
    assert.ok(named.size > damaged.size / 4, `seed ${seed}: ${named.size} of ${damaged.size} files were refused`);
  }
});
