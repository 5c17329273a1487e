import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type GatewayProcess, MANAGEMENT_KEY, startGateway } from './gateway-process.ts';

let gateway: GatewayProcess;
before(async () => {
  gateway = await startGateway();
});
after(() => gateway?.stop());

const manage = async (method: string, path: string, body: object) => {
  const answer = await fetch(gateway.base + path, {
    method,
    headers: { authorization: `Bearer ${MANAGEMENT_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as { key: string; data: { hash: string; label: string } };
};
const call = (key: string) =>
  fetch(`${gateway.base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sandbox/echo', messages: [{ role: 'user', content: 'Hello' }] }),
  });

test('what a key was refused that is switched off or too old stands among its account’s requests', async () => {
  const off = await manage('POST', '/keys', { name: 'Switched off' });
  assert.equal((await call(off.key)).status, 200);
  await manage('PATCH', `/keys/${off.data.hash}`, { disabled: true });
  const old = await manage('POST', '/keys', { name: 'Too old', expires_at: '2026-01-01T00:00:00Z' });
  for (const { key } of [off, old]) assert.equal((await call(key)).status, 401);

  const link = /sign-in\?token=[0-9a-f]+/.exec(gateway.output())?.[0];
  const signedIn = await fetch(`${gateway.origin}/${link}`, { redirect: 'manual' });
  const cookie = /switchwright_session=[0-9a-f]{64}/.exec(signedIn.headers.getSetCookie().join())?.[0] ?? '';
  const page = async (): Promise<string> =>
    (await fetch(`${gateway.origin}/requests`, { headers: { cookie, 'sec-fetch-site': 'same-origin' } })).text();
  let text = await page();
  // They are written down a moment later.
  while (!(text.includes('is disabled') && text.includes('has expired'))) {
    await wait(50);
    text = await page();
  }
  for (const name of ['Switched off', 'Too old']) assert.ok(text.includes(name), name);
});
