/** The product while its PostgreSQL restarts, and while it is away for longer: what runs ends well, what comes is refused in its own words. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { startOwnPostgres } from '../../src/storage/testing/postgres-server.ts';
import { API_KEY, skipReason, startGateway } from '../gateway-process.ts';
import { assertOnRecord, audit, callMany, startHost } from './bench.ts';

const postgres = await startOwnPostgres();
const skip = skipReason(postgres.kind === 'absent' ? postgres.reason : null);
const folder = mkdtempSync(join(tmpdir(), 'switchwright-outage-'));
const host = await startHost();
after(async () => {
  host.close();
  rmSync(folder, { recursive: true, force: true });
  if (postgres.kind === 'running') await postgres.stop();
});

const MESSAGES = [{ role: 'user', content: 'Hello' }];
/** What a program of each dialect is told. */
const REFUSED: readonly (readonly [path: string, body: object, type: (told: never) => unknown, expected: unknown])[] = [
  [
    '/api/v1/chat/completions',
    { model: 'acme/one', messages: MESSAGES },
    (told: { error: { code: unknown } }) => told.error.code,
    503,
  ],
  [
    '/api/v1/messages',
    { model: 'acme/one', max_tokens: 9, messages: MESSAGES },
    (told: { type: unknown; error: { type: unknown } }) => [told.type, told.error.type],
    ['error', 'overloaded_error'],
  ],
  [
    '/v1beta/models/acme/one:generateContent',
    { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
    (told: { error: { status: unknown } }) => told.error.status,
    'UNAVAILABLE',
  ],
];

test('PostgreSQL restarts, then goes away, then comes back', { skip }, async (context) => {
  assert.ok(postgres.kind === 'running');
  const environment = { DATABASE_URL: postgres.url };
  const gateway = await startGateway({ folder, catalogue: host.catalogue, environment });
  context.after(() => gateway.stop('SIGKILL'));
  const readiness = async () => {
    const response = await fetch(`${gateway.origin}/readyz`);
    return { status: response.status, told: (await response.json()) as { reason?: string } };
  };
  const becomes = async (status: number): Promise<void> => {
    while ((await readiness()).status !== status) await wait(50);
  };
  const ask = (path: string, body: object) =>
    fetch(gateway.origin + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  assert.deepEqual(await readiness(), { status: 200, told: { status: 'ready' } });

  const running = callMany(gateway.base, 40);
  while (host.arrived() < 40) await wait(2);
  await postgres.halt('SIGINT');
  await wait(300);
  await postgres.resume();
  const seen = await running;
  assert.equal(seen.filter(({ finished }) => finished).length, 40, 'a restart is nobody’s affair');

  const later = callMany(gateway.base, 20);
  while (host.arrived() < 60) await wait(2);
  await postgres.halt('SIGQUIT');
  await becomes(503);
  assert.equal((await readiness()).told.reason, 'away');
  assert.equal((await fetch(`${gateway.origin}/healthz`)).status, 200, 'the process lives');
  for (const [path, body, type, expected] of REFUSED) {
    const response = await ask(path, body);
    assert.equal(response.status, 503, path);
    assert.ok(Number(response.headers.get('retry-after')) >= 1, path);
    assert.deepEqual(type((await response.json()) as never), expected, path);
  }
  const stranger = await fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY.slice(0, -1)}b`, 'content-type': 'application/json' },
    body: '{}',
  });
  assert.ok([401, 503].includes(stranger.status), `${stranger.status}`);
  assert.equal(host.arrived(), 60, 'nothing was sent to a provider');

  await postgres.resume();
  seen.push(...(await later));
  assert.equal(seen.filter(({ finished }) => finished).length, 60, 'what was under way ended when it was back');
  await becomes(200);
  seen.push(...(await callMany(gateway.base, 10)));
  assert.equal(seen.filter(({ finished }) => finished).length, 70);
  await assertOnRecord(gateway.base, seen);
  assert.equal(await gateway.stop(), 0);
  assert.match(audit(folder, environment), / 0 open holds/);
});
