/** A copy of the store, taken while calls are written, is a store: what was answered before it is in it, and its books agree. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { ENVIRONMENT, startGateway } from '../gateway-process.ts';
import { assertOnRecord, audit, callMany, getData, startHost } from './bench.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'switchwright-backup-'));
const [lived, restored] = [join(folder, 'lived'), join(folder, 'restored')];
const copy = join(folder, 'copy.db');
const host = await startHost();
after(() => {
  host.close();
  rmSync(folder, { recursive: true, force: true });
});

async function backup(data: string, more: { readonly [name: string]: string } = {}) {
  const env = { ...ENVIRONMENT, SWITCHWRIGHT_DATA_DIR: data, ...more };
  const child = spawn(process.execPath, [main, 'backup', copy], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { out, err, code: await ended };
}

test('a backup taken under load is restored into an instance of its own', async () => {
  const gateway = await startGateway({ folder: lived, catalogue: host.catalogue });
  const before = await callMany(gateway.base, 40);
  assert.equal(before.filter(({ finished }) => finished).length, 40);
  let isCopied = false;
  const during: Awaited<ReturnType<typeof callMany>> = [];
  const load = async (): Promise<void> => {
    while (!isCopied) during.push(...(await callMany(gateway.base, 10)));
  };
  const loads = [load(), load()];
  const { out, err, code } = await backup(join(lived, 'data'));
  isCopied = true;
  await Promise.all(loads);
  assert.equal(code, 0, err);
  assert.match(out, /copy\.db: \d+ bytes, checked\.\nTo go back to it: stop the gateway; /);
  assert.equal(statSync(copy).mode & 0o077, 0, 'nobody else reads it');
  assert.equal(existsSync(`${copy}.partial`), false);
  assert.equal(during.filter(({ finished }) => !finished).length, 0, 'the gateway served on');
  assert.equal(await gateway.stop(), 0);

  mkdirSync(join(restored, 'data'), { recursive: true });
  cpSync(copy, join(restored, 'data/switchwright.db'));
  const again = await startGateway({ folder: restored, catalogue: host.catalogue });
  await assertOnRecord(again.base, before);
  assert.ok(Number((await getData(again.base, '/key')).usage) > 0);
  assert.ok((await callMany(again.base, 2)).every(({ finished }) => finished));
  assert.equal(await again.stop(), 0);
  assert.match(audit(restored), / 0 open holds/);
});

test('a backup overwrites nothing and leaves nothing half done', async () => {
  const again = await backup(join(lived, 'data'));
  assert.match(again.err, /copy\.db exists already: a backup overwrites nothing\.\n$/);
  rmSync(copy);
  const file = join(lived, 'data/switchwright.db');
  const damaged = readFileSync(file).fill(0x5a, 8_192, 60_000);
  writeFileSync(file, damaged);
  const failed = await backup(join(lived, 'data'));
  assert.doesNotMatch(failed.err, /\n\s+at /);
  assert.ok(failed.err.length > 0);
  const nowhere = await backup(join(folder, 'nowhere'));
  assert.match(nowhere.err, /^There is no store in .*nowhere yet/);
  const elsewhere = await backup(join(lived, 'data'), { DATABASE_URL: 'postgres://127.0.0.1:9/x' });
  assert.match(elsewhere.err, /pg_dump/);
  assert.deepEqual([again.code, failed.code, nowhere.code, elsewhere.code], [1, 1, 1, 1]);
  assert.deepEqual([existsSync(copy), existsSync(`${copy}.partial`)], [false, false]);
});
