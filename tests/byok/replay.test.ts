/** A plan with keys of the account's own is written down and made again, bit for bit. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { API_KEY, type GatewayProcess, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';
import { runCli } from './cli.ts';
import { catalogueOf, type ProviderHost, startProvider } from './provider-host.ts';

let first: ProviderHost;
let second: ProviderHost;
let gateway: GatewayProcess;
before(async () => {
  [first, second] = await Promise.all([startProvider(), startProvider()]);
  gateway = await startGateway({
    catalogue: catalogueOf(first, second),
    environment: { SECOND_API_KEY: 'sk-operators-key' },
  });
});
after(async () => {
  await gateway.stop();
  first.close();
  second.close();
});

const post = async (path: string, body: object, key: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(gateway.base + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

test('explain tells which key, replay makes the same plan, whatever keys there are by then', async () => {
  const keys = [
    { provider: 'first', is_fallback: true },
    { provider: 'first', is_required: true, allowed_models: ['acme/one'], declared_zdr: true },
    { provider: 'second', declared_zdr: false },
  ];
  const ids: string[] = [];
  for (const key of keys) {
    const answer = await post('/byok', { ...key, key: 'sk-own-key-of-ours' }, MANAGEMENT_KEY);
    ids.push(((await answer.json()) as { data: { id: string } }).data.id);
  }
  const call = { model: 'acme/one', messages: [{ role: 'user', content: 'Hello' }] };
  const calls: readonly object[] = [
    call,
    { ...call, provider: { zdr: true } },
    { ...call, provider: { allow_fallbacks: false } },
    { ...call, provider: { order: ['second'], sort: 'price' } },
    { ...call, model: 'acme/two', models: ['acme/two', 'acme/one'] },
    { ...call, session_id: 'a-conversation' },
    { ...call, session_id: 'a-conversation' },
  ];
  const made: string[] = [];
  for (const [at, body] of calls.entries()) {
    const inline = at === 0 ? { 'x-provider-api-keys': '{"second":"sk-own-key-inline"}' } : {};
    const answer = await post('/chat/completions', body, API_KEY, inline);
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    made.push(answer.headers.get('x-generation-id') ?? '');
  }
  for (const id of ids)
    await fetch(`${gateway.base}/byok/${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${MANAGEMENT_KEY}` },
    });
  for (const id of made) {
    const told = await runCli(gateway, ['explain', id], { SECOND_API_KEY: 'sk-operators-key' });
    assert.equal(told.code, 0, told.output);
    assert.match(told.output, /with your own key/);
    assert.ok(!told.output.includes('sk-own-key'), told.output);
    const again = await runCli(gateway, ['replay', id], {});
    assert.equal(again.code, 0, again.output);
    assert.doesNotMatch(again.output, /otherwise/);
  }
});
