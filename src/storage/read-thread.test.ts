import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectStore } from './connect.ts';
import { openStoreThread } from './open-thread.ts';

/** Keeps SQLite busy for far longer than a commit. */
const LONG =
  'with recursive n(i) as (select 1 union all select i + 1 from n limit 5000000) select count(*) as n from n';

test('a read sees what was committed, and no write waits for one that goes on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reads-'));
  const thread = await openStoreThread(join(folder, 'store.db'));
  const client = connectStore(thread.connect(), 'process-1');
  try {
    const write = (id: string) =>
      client.work('write', {
        statements: [{ sql: 'insert into month (month) values (?)', parameters: [id] }],
        notices: [],
      });
    const months = async () =>
      (await client.read('select month from month order by month', [])).rows.map(({ month }) => month);
    await write('2026-01');
    assert.deepEqual(await months(), ['2026-01']);
    await assert.rejects(client.read('select * from nowhere', []), /no such table/);
    await assert.rejects(client.read('delete from month', []), /readonly/);

    const ended: string[] = [];
    const long = client.read(LONG, []).then(({ rows }) => {
      ended.push('read');
      assert.equal(rows[0]?.n, 5_000_000n);
    });
    await write('2026-02');
    ended.push('write');
    await long;
    assert.deepEqual(ended, ['write', 'read']);
    assert.deepEqual(await months(), ['2026-01', '2026-02']);
  } finally {
    await client.close();
    await thread.close();
    rmSync(folder, { recursive: true });
  }
});
