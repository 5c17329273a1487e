/** A batch whose process is killed, again and again, is gone on with: every line has one result, and is billed once. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { ask, form } from '../files/ask.ts';
import { API_KEY, ENVIRONMENT, type GatewayProcess, startGateway } from '../gateway-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchwright-batches-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const main = resolve(import.meta.dirname, '../../src/main.ts');
const LINES = 600;
const KILLS = 3;
const catalogue = {
  'models/my/priced.toml': [
    'name = "Priced echo"',
    'context = 131_072',
    '[endpoints.sandbox]',
    'upstream_id = "echo"',
    'price = { input = "1", output = "2" }',
  ].join('\n'),
};
const start = (): Promise<GatewayProcess> => startGateway({ folder, catalogue });

test('no line is lost, none is answered or billed twice', async () => {
  let gateway = await start();
  const input = Array.from({ length: LINES }, (_, at) =>
    JSON.stringify({
      custom_id: `line ${at}`,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'my/priced', messages: [{ role: 'user', content: `words of line ${at}` }] },
    }),
  ).join('\n');
  const file = await ask(gateway, 'POST', '/files', { body: form(input, 'in.jsonl', { purpose: 'batch' }) });
  const begun = await ask(gateway, 'POST', '/batches', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input_file_id: file.body.id, endpoint: '/v1/chat/completions', completion_window: '24h' }),
  });
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  type Told = {
    status: string;
    output_file_id: string | null;
    error_file_id: string | null;
    request_counts: { completed: number; failed: number };
  };
  const told = async (): Promise<Told> =>
    (await ask(gateway, 'GET', `/batches/${begun.body.id}`)).body as unknown as Told;
  for (let kill = 1; kill <= KILLS; kill++) {
    const enough = (LINES * kill) / (KILLS + 2);
    for (let one = await told(); one.request_counts.completed < enough; one = await told()) await wait(5);
    await gateway.stop('SIGKILL');
    // Nobody waits for the minute after which the claim of a dead process is over.
    const database = new DatabaseSync(join(folder, 'data', 'switchwright.db'));
    database.exec('update job set claimed_until = 0');
    database.close();
    gateway = await start();
  }
  let last = await told();
  while (last.status === 'in_progress') {
    await wait(20);
    last = await told();
  }
  assert.equal(last.status, 'completed');
  const read = async (
    id: string | null,
  ): Promise<{ custom_id: string; error: { code: string } | null; response: { request_id: string } | null }[]> => {
    if (id === null) return [];
    const response = await fetch(`${gateway.base}/files/${id}/content`, {
      headers: { authorization: `Bearer ${API_KEY}` },
    });
    return (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const [output, errors] = [await read(last.output_file_id), await read(last.error_file_id)];
  const names = new Set([...output, ...errors].map(({ custom_id }) => custom_id));
  assert.deepEqual([names.size, output.length + errors.length], [LINES, LINES]);
  // What a kill met in the midst of its call is told, and not bought again: as many as are asked for at once, at most.
  assert.ok(
    errors.every(({ error }) => error?.code === 'batch_interrupted'),
    JSON.stringify(errors[0]),
  );
  assert.ok(errors.length <= KILLS * 8, `${errors.length} were interrupted`);
  assert.equal(await gateway.stop(), 0);

  const database = new DatabaseSync(join(folder, 'data', 'switchwright.db'), { readOnly: true });
  const [{ month = '' } = {}] = database.prepare('select month from month').all() as { month: string }[];
  const paid = database.prepare(`select id from generation_${month.replace('-', '_')} where cost > 0`).all() as {
    id: string;
  }[];
  const left = database.prepare('select count(*) as count from batch_line').get() as { count: number };
  database.close();
  // Every receipt that cost something is that of one line: a result, or one that was interrupted.
  assert.ok(paid.length <= LINES, `${paid.length} receipts for ${LINES} lines`);
  const billed = new Set(paid.map(({ id }) => id));
  for (const { response } of output) assert.ok(billed.has(response?.request_id ?? ''));
  assert.equal(left.count, 0);
  const audit = spawnSync(process.execPath, [main, 'audit'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...ENVIRONMENT, HOME: folder, SWITCHWRIGHT_DATA_DIR: join(folder, 'data') },
  });
  assert.equal(audit.status, 0, audit.stdout + audit.stderr);
});
