/** Everything that must be green: types, lint, strata, tidiness, generated docs, then every test. `--long` adds the long ones. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const long = process.argv.includes('--long');
const only = process.argv.slice(2).filter((word) => !word.startsWith('--'));

const CHECKS: readonly (readonly [name: string, ...command: readonly string[]])[] = [
  ['types', join(root, 'node_modules/typescript/bin/tsc'), '--noEmit'],
  ['lint', join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.'],
  ['strata', join(root, 'tools/strata.ts')],
  ['tidy', join(root, 'tools/tidy.ts')],
  ['docs', join(root, 'tools/docs.ts'), '--check'],
];

function run(name: string, words: readonly string[]): boolean {
  const started = performance.now();
  const done = spawnSync(process.execPath, words, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, SWITCHWRIGHT_LONG: long ? '1' : '' },
  });
  const passed = done.status === 0;
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return passed;
}

const failures: string[] = [];
if (only.length === 0) for (const [name, ...command] of CHECKS) if (!run(name, command)) failures.push(name);

const files =
  only.length > 0
    ? only
    : globSync(['src/**/*.test.ts', 'tests/**/*.test.ts', ...(long ? ['tests/**/*.long.ts'] : [])], {
        cwd: root,
      }).sort();
const concurrency = Math.max(2, Math.min(4, availableParallelism()));
if (
  !run('tests', [
    '--test',
    `--test-concurrency=${concurrency}`,
    '--test-reporter=spec',
    '--test-timeout=120000',
    // A test that fails may leave a server or a process open: its file ends all the same, and is told of.
    '--test-force-exit',
    ...files,
  ])
)
  failures.push('tests');

if (failures.length > 0) {
  console.error(`FAILED: ${failures.join(', ')}`);
  process.exit(1);
}
