/** Whatever dies, is deleted or comes to its end: a start leaves nothing on the disk that no record knows. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { API_KEY, type GatewayProcess, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { open } from '../hostile/raw.ts';
import { ask, messageOf, onDisk, PDF, stranger, upload } from './ask.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchwright-files-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await wait(10);
}

const arriving = (gateway: GatewayProcess): number =>
  onDisk(gateway).filter((path) => path.startsWith('arriving/')).length;

test('uploads that were killed, files of a deleted workspace, expired and lost ones are cleared away by the next start', async () => {
  const first = await startGateway({ folder });
  const kept = await upload(first, PDF, 'kept.pdf');
  const expired = await upload(first, PDF, 'expired.pdf');
  const lost = await upload(first, PDF, 'lost.pdf');
  const { key, workspace, hash } = await stranger(first, 'passing');
  const passing = await upload(first, PDF, 'passing.pdf', key);
  const management = { key: MANAGEMENT_KEY };
  assert.equal((await ask(first, 'DELETE', `/keys/${hash}`, management)).status, 200);
  assert.equal((await ask(first, 'DELETE', `/workspaces/${workspace}`, management)).status, 200);
  assert.equal(onDisk(first).length, 4);
  for (const path of onDisk(first)) assert.equal(statSync(join(folder, 'data/files', path)).mode & 0o777, 0o600);
  assert.equal(statSync(join(folder, 'data/files')).mode & 0o777, 0o700);

  const socket = await open(first.origin);
  socket.write(
    `POST /v1/files HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${API_KEY}\r\ncontent-type: multipart/form-data; boundary=q\r\ncontent-length: 900000\r\n\r\n--q\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n${'a'.repeat(200_000)}`,
  );
  await until(() => arriving(first) === 1);
  await first.stop('SIGKILL');
  assert.equal(arriving(first), 1, 'the process had no time to clear it away');

  const database = new DatabaseSync(join(folder, 'data', 'switchwright.db'));
  database.prepare('update stored_file set expires_at = 1 where id = ?').run(expired.body.id);
  // One whose process died between its record and its bytes.
  database.prepare("update stored_file set state = 'arriving', created_at = 1 where id = ?").run(lost.body.id);
  database.close();

  const second = await startGateway({ folder });
  await until(() => onDisk(second).length === 1);
  assert.ok(onDisk(second)[0]?.endsWith(kept.body.id));
  const statusOf = async (id: string): Promise<number> => (await ask(second, 'GET', `/files/${id}`)).status;
  assert.equal(await statusOf(kept.body.id), 200);
  for (const gone of [expired, lost, passing]) assert.equal(await statusOf(gone.body.id), 404);
  const rows = new DatabaseSync(join(folder, 'data', 'switchwright.db'), { readOnly: true });
  await wait(20);
  const { count } = rows.prepare('select count(*) as count from stored_file').get() as { count: number };
  rows.close();
  assert.equal(count, 1, 'their records have gone behind them');
  await second.stop();
});

test('a disk that takes no more is told, and what came is gone', async () => {
  // A folder where a file stands: nothing can be written below it.
  const place = mkdtempSync(join(tmpdir(), 'switchwright-files-'));
  const gateway = await startGateway({ folder: place });
  rmSync(join(place, 'data', 'files'), { recursive: true, force: true });
  writeFileSync(join(place, 'data', 'files'), 'not a folder');
  const refused = await upload(gateway, PDF, 'a.pdf');
  assert.equal(refused.status, 500);
  assert.match(messageOf(refused), /Nothing of it was kept/);
  rmSync(join(place, 'data', 'files'));
  assert.equal((await upload(gateway, PDF, 'a.pdf')).status, 200);
  await gateway.stop();
  rmSync(place, { recursive: true, force: true });
});
