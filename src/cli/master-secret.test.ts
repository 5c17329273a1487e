import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Hidden } from '../base/hidden.ts';
import { openMemoryStorage } from '../storage/open.ts';
import { clockWorld } from '../storage/testing/clock.ts';
import { readConfiguration } from './configuration.ts';
import { ConfigurationError } from './environment-values.ts';
import {
  makeSecretFile,
  openVaultFor,
  readSecrets,
  secretFile,
  secretsInFile,
  writeSecretFile,
} from './master-secret.ts';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'switchwright-secret-'));
  folders.push(made);
  return made;
};
after(() => {
  for (const each of folders) rmSync(each, { recursive: true, force: true });
});
const configured = (environment: { readonly [name: string]: string } = {}) =>
  readConfiguration({ SWITCHWRIGHT_DATA_DIR: folder(), ...environment });
const world = clockWorld(Date.UTC(2026, 10, 29));
const PLACE = { table: 'provider_key', column: 'secret', row: 'r' };
const LONG = 'q7Zk2MvXw9RtB4nYc6Hs1LpGd8FjA3eU';

test('the first start makes a secret for our own user alone, and later ones leave it', () => {
  const configuration = configured();
  makeSecretFile(configuration);
  const file = secretFile(configuration);
  const [secret = '', ...others] = secretsInFile(file);
  assert.match(secret, /^[0-9a-f]{64}$/);
  assert.deepEqual(others, []);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const text = readFileSync(file, 'utf8');
  makeSecretFile(configuration);
  assert.equal(readFileSync(file, 'utf8'), text);
  writeSecretFile(configuration, ['new', secret]);
  assert.deepEqual([secretsInFile(file), statSync(file).mode & 0o777], [['new', secret], 0o600]);
  assert.deepEqual(readdirSync(configuration.dataDirectory), ['secret'], 'no draft is left');
});

test('a start that was killed before its file was complete leaves none that counts', () => {
  const configuration = configured();
  writeFileSync(`${secretFile(configuration)}.${process.pid}.new`, 'half of a sec');
  makeSecretFile(configuration);
  assert.match(readSecrets(configuration)[0] ?? '', /^[0-9a-f]{64}$/);
});

test('the variable comes before the file, whose secrets still open', () => {
  const configuration = configured();
  makeSecretFile(configuration);
  const [inFile] = readSecrets(configuration);
  const given = { ...configuration, secret: LONG, oldSecrets: ['one', 'two'] };
  assert.deepEqual(readSecrets(given), [LONG, 'one', 'two', inFile]);
  const { secret, oldSecrets } = configured({ SWITCHWRIGHT_SECRET: LONG, SWITCHWRIGHT_SECRET_OLD: `a, b ${LONG}` });
  assert.deepEqual([secret, oldSecrets], [LONG, ['a', 'b', LONG]]);
  const only = configured({ SWITCHWRIGHT_SECRET: LONG });
  makeSecretFile(only);
  assert.deepEqual(readdirSync(only.dataDirectory), [], 'no file is made beside it');
});

test('a secret that can be guessed is refused at the start', () => {
  for (const value of ['short', 'a'.repeat(40), `${LONG} with spaces`, `${LONG},${LONG}`])
    assert.throws(() => configured({ SWITCHWRIGHT_SECRET: value }), ConfigurationError, value);
});

test('a machine with another secret than its store’s keeps nothing, and says why; with the old one it goes on', async () => {
  const storage = openMemoryStorage(world);
  const store = storage.secretStore;
  const first = configured();
  const owner = await openVaultFor(first, { store, world, names: true });
  assert.equal(owner.obstacle, null);
  const sealed = owner.vault.seal(PLACE, new Hidden('sk-kept'));
  assert.ok(sealed.ok);
  const stranger = await openVaultFor(configured(), { store, world, names: true });
  assert.match(stranger.obstacle ?? '', /is not the one that this store/);
  assert.equal(stranger.vault.seal(PLACE, new Hidden('sk-lost')).ok, false);
  assert.equal(stranger.vault.open(PLACE, sealed.value).ok, false);
  const worker = await openVaultFor(first, { store, world, names: false });
  const opened = worker.vault.open(PLACE, sealed.value);
  assert.ok(opened.ok && opened.value.reveal() === 'sk-kept');
  const [old = ''] = readSecrets(first);
  const moved = await openVaultFor({ ...first, secret: LONG, oldSecrets: [old] }, { store, world, names: true });
  assert.equal(moved.obstacle, null);
  assert.ok(moved.vault.open(PLACE, sealed.value).ok);
  const empty = await openVaultFor(configured(), { store: openMemoryStorage(world).secretStore, world, names: false });
  assert.match(empty.obstacle ?? '', /there is no master secret/);
  await storage.close();
});
