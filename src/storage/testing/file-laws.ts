import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileRecord } from '../../files/store.ts';
import type { Storage } from '../open.ts';
import type { Bench, LawWorld } from './bench.ts';

const QUOTA = { bytes: 1_000, files: 5 };

/** Records of files: whose they are, how many there may be, and when they are gone. */
export function fileLaws(bench: Bench, another: ((world: LawWorld) => Promise<Storage>) | null): void {
  const { world } = bench;
  const fileOf = (workspaceId: string, more: Partial<FileRecord> = {}): FileRecord => ({
    id: `or_file_${world.newId('f').slice(2)}`,
    accountId: 'owner',
    workspaceId,
    keyId: 'key',
    filename: 'a.txt',
    mediaType: 'text/plain',
    size: 10,
    purpose: null,
    createdAt: world.now(),
    expiresAt: null,
    ...more,
  });
  const kept = async (file: FileRecord): Promise<FileRecord> => {
    assert.ok(await bench.storage.fileStore.add(file, QUOTA));
    await bench.storage.fileStore.arrived(file.id);
    return file;
  };

  test('a file is found when it has arrived, by its workspace alone, until it expires or is removed', async () => {
    const { fileStore } = bench.storage;
    const now = world.now();
    const file = fileOf('w1', { purpose: 'batch', expiresAt: now + 1_000 });
    assert.ok(await fileStore.add(file, QUOTA));
    assert.deepEqual(await fileStore.find('w1', [file.id], now), []);
    await fileStore.arrived(file.id);
    assert.deepEqual(await fileStore.find('w1', [file.id, 'x'], now), [file]);
    assert.deepEqual(await fileStore.find('w2', [file.id], now), []);
    assert.equal(await fileStore.remove('w2', file.id, now), false);
    assert.deepEqual(await fileStore.find('w1', [file.id], now + 1_000), []);
    assert.equal(await fileStore.remove('w1', file.id, now + 1_000), false, 'it has gone by itself');
    assert.deepEqual(await fileStore.leaving(now, 0), []);
    assert.deepEqual(await fileStore.leaving(now + 1_000, 0), [file.id]);
    assert.equal(await fileStore.remove('w1', file.id, now), true);
    assert.equal(await fileStore.remove('w1', file.id, now), false);
    await fileStore.arrived(file.id);
    assert.deepEqual(await fileStore.find('w1', [file.id], now), [], 'what leaves does not come back');
    assert.deepEqual(await fileStore.leaving(now, 0), [file.id]);
    await fileStore.forget([file.id]);
    assert.deepEqual(await fileStore.leaving(now + 1_000, now + 1), []);
  });

  test('files are listed in pages, both ways, by what they are for', async () => {
    const { fileStore } = bench.storage;
    const now = world.now();
    const files: FileRecord[] = [];
    for (const purpose of ['a', 'b', 'a', 'a']) files.push(await kept(fileOf('w3', { purpose })));
    const ids = files.map(({ id }) => id);
    const page = async (asked: object): Promise<[readonly string[], boolean]> => {
      const found = await fileStore.list('w3', { limit: 2, order: 'asc', ...asked }, now);
      return [found.files.map(({ id }) => id), found.hasMore];
    };
    assert.deepEqual(await page({}), [ids.slice(0, 2), true]);
    assert.deepEqual(await page({ after: ids[1] }), [ids.slice(2), false]);
    assert.deepEqual(await page({ order: 'desc' }), [[ids[3], ids[2]], true]);
    assert.deepEqual(await page({ before: ids[3] }), [[ids[1], ids[2]], true]);
    assert.deepEqual(await page({ purpose: 'a', limit: 3 }), [[ids[0], ids[2], ids[3]], false]);
  });

  quotaLaw(bench, another, fileOf);
}

function quotaLaw(
  bench: Bench,
  another: ((world: LawWorld) => Promise<Storage>) | null,
  fileOf: (workspaceId: string, more?: Partial<FileRecord>) => FileRecord,
): void {
  const { world } = bench;
  test('a workspace has so many bytes and files at most, whoever adds to it at the same time', async () => {
    const stores = [bench.storage, ...(another ? [await another(world)] : [])];
    const added = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        (stores[at % stores.length] ?? bench.storage).fileStore.add(fileOf('w4', { size: 300 }), QUOTA),
      ),
    );
    assert.equal(added.filter(Boolean).length, 3);
    assert.deepEqual(await bench.storage.fileStore.used('w4'), { bytes: 900, files: 3 });
    assert.ok(await bench.storage.fileStore.add(fileOf('w4', { size: 100 }), QUOTA), 'to the last byte');
    const [first = ''] = await bench.storage.fileStore.leaving(world.now(), world.now() + 1);
    await bench.storage.fileStore.forget([first]);
    for (let count = 0; count < 2; count++) await bench.storage.fileStore.add(fileOf('w5', { size: 1 }), QUOTA);
    assert.equal((await bench.storage.fileStore.used('w5')).files, 2);
    for (const store of stores.slice(1)) await store.close();
  });
}
