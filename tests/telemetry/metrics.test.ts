/** What Prometheus and readers of logs see of a running gateway, of one process and of several. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { API_KEY, type GatewayProcess, MANAGEMENT_KEY, startGateway } from '../gateway-process.ts';

const CALLS = 12;

const ask = (base: string, body: object, key = API_KEY): Promise<Response> =>
  fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function talk({ base }: GatewayProcess): Promise<void> {
  const messages = [{ role: 'user', content: 'one two three' }];
  for (let at = 0; at < CALLS; at++) {
    const response = await ask(base, { model: 'sandbox/echo', messages, stream: at % 2 === 0 });
    assert.equal(response.status, 200);
    await response.text();
  }
}

async function scrape(origin: string): Promise<string> {
  const response = await fetch(`${origin}/metrics`, { headers: { authorization: `Bearer ${MANAGEMENT_KEY}` } });
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  return response.text();
}

/** The sum of a family's series that match. */
function sum(text: string, series: RegExp): number {
  const lines = text.split('\n').filter((line) => series.test(line));
  return lines.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

for (const workers of ['1', '2'])
  test(`${workers} process${workers === '1' ? '' : 'es'}: every call is counted once, and none of what was said is shown`, async () => {
    const gateway = await startGateway({
      environment: { SWITCHWRIGHT_WORKERS: workers, SWITCHWRIGHT_REQUEST_LOG: 'json' },
    });
    await talk(gateway);
    const unknown = { model: 'nobody/nothing', messages: [{ role: 'user', content: 'x' }] };
    assert.equal((await ask(gateway.base, unknown)).status, 400);
    assert.equal((await ask(gateway.base, { model: 'sandbox/echo' })).status, 400);
    assert.equal((await ask(gateway.base, unknown, 'sk-a-wrong-key')).status, 401);
    const text = await scrape(gateway.origin);
    assert.equal(
      sum(text, /^switchwright_generations_total\{operation="chat",model="sandbox\/echo",.*"completed"\}/),
      CALLS,
    );
    assert.equal(sum(text, /^switchwright_generation_duration_seconds_count/), CALLS);
    assert.equal(sum(text, /^switchwright_first_content_seconds_count/), CALLS / 2);
    assert.equal(sum(text, /^switchwright_attempts_total\{.*outcome="answered",code=""\}/), CALLS);
    assert.ok(sum(text, /^switchwright_tokens_total\{.*type="completion"\}/) >= CALLS);
    assert.equal(sum(text, /^switchwright_processes /), Number(workers));
    assert.equal(sum(text, /^switchwright_processes_ready /), Number(workers));
    assert.equal(sum(text, /^switchwright_refusals_total\{dialect="openai-chat",/), 2);
    assert.equal(sum(text, /^switchwright_refusals_total\{dialect="",code="authentication"\}/), 1);
    assert.ok(!text.includes('one two three'));
    const promtool = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    if (promtool.error) console.log('SKIPPED: promtool is not installed, which checks what Prometheus takes');
    else assert.equal(promtool.status, 0, promtool.stderr);
    assert.equal(await gateway.stop(), 0);
    const lines = gateway
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    const calls = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'generation');
    assert.equal(calls.length, CALLS);
    assert.equal(new Set(calls.map(({ id }) => id)).size, CALLS);
    assert.ok(
      calls.every(({ model, state, total_ms }) => model === 'sandbox/echo' && state === 'completed' && total_ms > 0),
    );
    assert.ok(!lines.join('').includes('one two three'));
  });

test('metrics are for those who manage the gateway, unless they are public or off', async () => {
  const closed = await startGateway();
  assert.equal((await fetch(`${closed.origin}/metrics`)).status, 401);
  const key = { headers: { authorization: `Bearer ${API_KEY}` } };
  assert.equal((await fetch(`${closed.origin}/metrics`, key)).status, 403);
  await closed.stop();
  const open = await startGateway({ environment: { SWITCHWRIGHT_METRICS: 'public' } });
  assert.match(await (await fetch(`${open.origin}/metrics`)).text(), /^switchwright_processes 1$/m);
  await open.stop();
  const off = await startGateway({ environment: { SWITCHWRIGHT_METRICS: 'off' } });
  assert.equal((await fetch(`${off.origin}/metrics`)).status, 404);
  await off.stop();
});
