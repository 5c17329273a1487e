/** Everything that must be green: types, lint, strata, tidiness, generated docs, then every test. `--long` adds the long ones. */
import { spawn } from 'node:child_process';
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

/** Runs a program; what it prints comes as it comes, or at its end where others run beside it. */
async function run(name: string, words: readonly string[], output: 'at once' | 'at its end'): Promise<boolean> {
  const started = performance.now();
  const child = spawn(process.execPath, words, {
    cwd: root,
    stdio: output === 'at once' ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SWITCHWRIGHT_LONG: long ? '1' : '' },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (printed += bytes));
  const passed = (await new Promise((ended) => child.once('close', ended))) === 0;
  process.stdout.write(printed);
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${name} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
  return passed;
}

const failures: string[] = [];
const check = async ([name, ...command]: (typeof CHECKS)[number]): Promise<void> => {
  if (!(await run(name, command, 'at its end'))) failures.push(name);
};
if (only.length === 0) await Promise.all(CHECKS.map(check));

const files =
  only.length > 0
    ? only
    : globSync(['src/**/*.test.ts', 'tests/**/*.test.ts', ...(long ? ['tests/**/*.long.ts'] : [])], {
        cwd: root,
      }).sort();
// Tests also wait: for processes to start, for sockets to close.
const concurrency = Math.min(4, availableParallelism() + 1);
const words = [
  '--test',
  `--test-concurrency=${concurrency}`,
  '--test-reporter=spec',
  // A guard against waiting for ever, not a promise: no test may depend on it, however slow the machine.
  // Also of a whole file: one that leaves a server open is told of. Not `--test-force-exit`, which ends a file before
  // all that it says has been heard: with Node 26.10 results of its last tests were lost in silence (seen 2026-11-25).
  '--test-timeout=900000',
  ...files,
];
if (!(await run('tests', words, 'at once'))) failures.push('tests');

if (failures.length > 0) {
  console.error(`FAILED: ${failures.join(', ')}`);
  process.exit(1);
}
