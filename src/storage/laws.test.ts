import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { storeLaws } from './laws.ts';
import { openMemoryStorage, openOverChannel, openStorage } from './open.ts';
import { openStoreThread } from './open-thread.ts';
import { startPostgres } from './testing/postgres-server.ts';

storeLaws('memory', { open: async (world) => openMemoryStorage(world), another: null });

const folder = mkdtempSync(join(tmpdir(), 'store-laws-'));
const thread = await openStoreThread(join(folder, 'switchwright.db'));
storeLaws('sqlite', {
  open: async (world) => openOverChannel(thread.connect(), world, world.newId('process')),
  another: async (world) => openOverChannel(thread.connect(), world, world.newId('process')),
});
after(async () => {
  await thread.close();
  rmSync(folder, { recursive: true });
});

const postgres = await startPostgres();
if (postgres.kind === 'running') {
  const open = (world: Parameters<typeof openMemoryStorage>[0]) =>
    openStorage({ world, dataDirectory: folder, databaseUrl: postgres.url });
  storeLaws('postgres', { open, another: open, hasOwnClock: true });
  after(postgres.stop);
} else if (process.env.CI_STRICT === '1') {
  test('laws of the store: postgres', () => {
    throw new Error(`no PostgreSQL: ${postgres.reason}`);
  });
} else test(`laws of the store: postgres`, { skip: `SKIPPED: ${postgres.reason}` }, () => {});
