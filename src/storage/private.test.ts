import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openSqlite } from './sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'private-'));
after(() => rmSync(folder, { recursive: true }));
const modeOf = (path: string): number => statSync(path).mode & 0o777;

for (const [name, umask] of [
  ['a usual umask', 0o022],
  ['none', 0o000],
] as const)
  test(`a new store is for its user alone, whatever the umask: ${name}`, () => {
    const before = process.umask(umask);
    const data = join(folder, `new-${umask}`);
    const sqlite = openSqlite({ file: join(data, 'store.db'), role: 'owner' });
    process.umask(before);
    assert.equal(modeOf(data), 0o700);
    const files = readdirSync(data);
    assert(files.includes('store.db') && files.includes('store.db-wal') && files.includes('store.db.lock'));
    for (const file of files) assert.equal(modeOf(join(data, file)), 0o600, file);
    sqlite.close();
  });

test('an old store is corrected; a folder that everybody shares is not touched', () => {
  const data = join(folder, 'old');
  mkdirSync(data);
  openSqlite({ file: join(data, 'store.db'), role: 'owner' }).close();
  writeFileSync(join(data, 'store.db-wal'), '');
  chmodSync(data, 0o755);
  for (const file of readdirSync(data)) chmodSync(join(data, file), 0o644);
  const sqlite = openSqlite({ file: join(data, 'store.db'), role: 'owner' });
  assert.equal(modeOf(data), 0o700);
  for (const file of readdirSync(data)) assert.equal(modeOf(join(data, file)), 0o600, file);
  sqlite.close();
  const shared = join(folder, 'shared');
  mkdirSync(shared);
  chmodSync(shared, 0o1777);
  openSqlite({ file: join(shared, 'store.db'), role: 'owner' }).close();
  assert.equal(statSync(shared).mode & 0o7777, 0o1777);
  assert.equal(modeOf(join(shared, 'store.db')), 0o600);
});
