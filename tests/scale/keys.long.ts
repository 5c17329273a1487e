/**
 * 100,000 keys in the store: whoever starts, makes a key or shows a wrong one pays for one key, not for all of them. What
 * it costs in time is only told; that no statement reads the keys through is proven in src/storage/plans.test.ts.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { digestOf } from '#src/access/secret.ts';
import { storeFile } from '#src/storage/open.ts';
import { openSqlite } from '#src/storage/sqlite.ts';
import { API_KEY, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';

const KEYS = Number(process.env.KEYS ?? 100_000);
const SECONDS = 4;

const folder = mkdtempSync(join(tmpdir(), 'switchwright-keys-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function fill(): void {
  mkdirSync(join(folder, 'data'));
  const file = storeFile(join(folder, 'data'));
  openSqlite({ file, role: 'owner' }).close();
  const database = new DatabaseSync(file);
  const add =
    database.prepare(`insert into api_key (hash, name, label, account_id, workspace_id, is_management, disabled,
    created_at) values (?, ?, ?, 'owner', 'workspace', 0, 0, ?)`);
  database.exec('begin');
  for (let at = 0; at < KEYS; at++) add.run(digestOf(`sk-of-many-${at}`), `key ${at}`, 'sk-...', at);
  database.exec('commit');
  database.close();
}

const ask = async (base: string, path: string, key: string, init: RequestInit = {}): Promise<number> => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const answer = await fetch(base + path, { ...init, headers });
  await answer.arrayBuffer();
  return answer.status;
};

/** How many calls one client has answered in a few seconds, while strangers try wrong keys. */
async function served(base: string, strangers: number): Promise<number> {
  const until = performance.now() + SECONDS * 1_000;
  const repeat = async (act: (turn: number) => Promise<void>): Promise<void> => {
    for (let turn = 0; performance.now() < until; turn++) await act(turn);
  };
  const call = { model: 'sandbox/echo', messages: [{ role: 'user', content: 'hi' }] };
  let calls = 0;
  const mine = repeat(async () => {
    const status = await ask(base, '/chat/completions', API_KEY, { method: 'POST', body: JSON.stringify(call) });
    assert.equal(status, 200);
    calls++;
  });
  const others = Array.from({ length: strangers }, (_, stranger) =>
    repeat(async (turn) => {
      assert.ok([401, 429].includes(await ask(base, '/key', `sk-wrong-${stranger}-${turn}-${Math.random()}`)));
    }),
  );
  await Promise.all([mine, ...others]);
  return calls;
}

test(`${KEYS} keys: start, new keys and strangers`, { timeout: 600_000 }, async (context) => {
  const timed = async <T>(name: string, task: () => T | Promise<T>): Promise<T> => {
    const began = performance.now();
    const value = await task();
    context.diagnostic(`${name}: ${Math.round(performance.now() - began)} ms`);
    return value;
  };
  await timed('filling the store', fill);
  const gateway = await timed('start', () => startGateway({ folder }));
  const { base } = gateway;
  await timed('20 new keys', async () => {
    for (let at = 0; at < 20; at++)
      assert.equal(await ask(base, '/keys', MANAGEMENT_KEY, { method: 'POST', body: `{"name":"new ${at}"}` }), 201);
  });
  for (const offset of [0, KEYS - 100]) {
    const page = await timed(`a page from ${offset} on`, () => ask(base, `/keys?offset=${offset}`, MANAGEMENT_KEY));
    assert.equal(page, 200);
  }
  await timed('500 of the keys, each for the first time', async () => {
    for (let at = 0; at < 500; at++) assert.equal(await ask(base, '/key', `sk-of-many-${at * 7}`), 200);
  });
  const alone = await served(base, 0);
  const beside = await served(base, 2);
  context.diagnostic(`${alone} calls in ${SECONDS} s, ${beside} beside two strangers who try wrong keys without pause`);
  assert.ok(beside * 10 > alone, 'strangers stop nobody');
  assert.equal(await gateway.stop(), 0);
});
