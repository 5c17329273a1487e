/**
 * Makes small mistakes in the code that decides on money, routes, rights and wire formats, one at a time, and runs the tests
 * that stand closest: a mistake that none of them notices is told. Outside CI, for it takes its time.
 *
 * `npm run test:mutations -- [FOLDER…] [--seed=1] [--sample=60] [--tests=8] [--list]`: a sample of so many mutants of each
 * folder, drawn by the seed; each is shown to its closest tests until one fails or there are no more.
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { API } from 'typescript/unstable/sync';
import { closestTests } from './mutations/closest.ts';
import { type Mutant, mutantsOf } from './mutations/mutants.ts';

const root = resolve(import.meta.dirname, '..');
const FOLDERS = [
  'src/ledger',
  'src/metering',
  'src/router',
  'src/access',
  'src/dialects/openai-chat',
  'src/dialects/gemini',
  'src/dialects/anthropic-messages',
  'src/gateway',
];
const AT_ONCE = 4;
/** A mutant that makes a test run for so many times its time, and these seconds, runs for ever. */
const PATIENCE = { times: 6, ms: 20_000 };

const words = process.argv.slice(2);
const numberOf = (name: string, otherwise: number): number =>
  Number(words.find((word) => word.startsWith(`--${name}=`))?.split('=')[1] ?? otherwise);
const seed = numberOf('seed', 1);
const sample = numberOf('sample', 60);
const testsMax = numberOf('tests', 8);
const folders = words.filter((word) => !word.startsWith('--'));

type Placed = Mutant & { readonly file: string; readonly line: number; readonly was: string };

/** Mulberry32: the same seed gives the same numbers. */
function drawsOf(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function drawn<T>(things: readonly T[], count: number, draw: () => number): T[] {
  const left = [...things];
  for (let at = 0; at < Math.min(count, left.length); at++) {
    const other = at + Math.floor(draw() * (left.length - at));
    [left[at], left[other]] = [left[other] as T, left[at] as T];
  }
  return left.slice(0, count);
}

function mutantsIn(
  folder: string,
  program: { getSourceFile: (file: string) => Parameters<typeof mutantsOf>[0] | undefined },
): Placed[] {
  const files = globSync(`${folder}/**/*.ts`, { cwd: root }).filter((file) => !/\.test\.ts$|\/testing\//.test(file));
  return files.sort().flatMap((file) => {
    const source = program.getSourceFile(join(root, file));
    if (!source) throw new Error(`${file} is not in tsconfig.json`);
    const text = readFileSync(join(root, file), 'utf8');
    return mutantsOf(source).map((mutant) => ({
      ...mutant,
      file,
      line: text.slice(0, mutant.start).split('\n').length,
      was: text.slice(mutant.start, mutant.end),
    }));
  });
}

type Run = { readonly passed: boolean; readonly ms: number };

/** Several files in one process: most of a run is its start. */
function runTests(
  tests: readonly string[],
  { mutant, ms }: { readonly mutant?: Placed; readonly ms: number },
): Promise<Run> {
  const started = performance.now();
  const hook = pathToFileURL(join(root, 'tools/mutations/hook.ts')).href;
  const flags = [
    ...process.execArgv,
    '--expose-gc',
    '--test',
    '--test-isolation=none',
    '--test-reporter=dot',
    ...tests,
  ];
  const MUTANT = mutant && JSON.stringify({ ...mutant, url: pathToFileURL(join(root, mutant.file)).href });
  const child = spawn(process.execPath, flags, {
    cwd: root,
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, NODE_OPTIONS: `--import=${hook}`, MUTANT, NODE_TEST_CONTEXT: undefined },
  });
  return new Promise((done) => {
    const stop = setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), ms);
    child.once('close', (code) => {
      clearTimeout(stop);
      done({ passed: code === 0, ms: performance.now() - started });
    });
  });
}

const closest = closestTests(root);
const baselines = new Map<string, Promise<Run>>();

/** How long these take where nothing is wrong; those that fail then prove nothing, and are told. */
async function baselineOf(tests: readonly string[]): Promise<Run> {
  const key = tests.join(' ');
  let run = baselines.get(key);
  if (!run) {
    run = runTests(tests, { ms: 300_000 });
    baselines.set(key, run);
    if (!(await run).passed) console.log(`  (they fail without any mistake, or do not end: ${key})`);
  }
  return run;
}

async function isNoticed(mutant: Placed): Promise<boolean> {
  for (const some of grouped(closest(mutant.file).slice(0, testsMax))) {
    const usual = await baselineOf(some);
    if (!usual.passed) continue;
    const run = await runTests(some, { mutant, ms: usual.ms * PATIENCE.times + PATIENCE.ms });
    if (!run.passed) return true;
  }
  return false;
}

/** Those that stand beside the code run together; one of the whole product may have a server, and runs alone. */
function grouped(tests: readonly string[]): string[][] {
  const groups: string[][] = [];
  for (const test of tests) {
    const last = groups.at(-1);
    const isUnit = test.startsWith('src/');
    if (isUnit && last?.[0]?.startsWith('src/') && last.length < AT_ONCE) last.push(test);
    else groups.push([test]);
  }
  return groups;
}

const api = new API({ cwd: root });
const [project] = api.updateSnapshot({ openProject: join(root, 'tsconfig.json') }).getProjects();
if (!project) throw new Error('tsconfig.json names no project');
const report: string[] = [];
for (const folder of folders.length > 0 ? folders : FOLDERS) {
  const all = mutantsIn(folder, project.program);
  const chosen = drawn(all, sample, drawsOf(seed));
  console.log(`${folder}: ${chosen.length} of ${all.length} mutants, seed ${seed}`);
  if (words.includes('--list')) continue;
  let noticed = 0;
  for (const mutant of chosen) {
    if (await isNoticed(mutant)) noticed++;
    else {
      const { file, line, operator, was, text } = mutant;
      console.log(`  unnoticed: ${file}:${line} ${operator}: ${short(was)} -> ${short(text)}`);
    }
  }
  report.push(`${folder}: ${noticed} of ${chosen.length} noticed (${Math.round((100 * noticed) / chosen.length)} %)`);
  console.log(`  ${report.at(-1)}`);
}
api.close();
console.log(report.join('\n'));

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 70 ? `${line.slice(0, 67)}...` : line;
}
