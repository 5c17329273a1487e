/** Traces of calls, as a receiver of OpenTelemetry's protocol gets them: while it is up, after it was down, after a crash. */
import assert from 'node:assert/strict';
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { API_KEY, type GatewayProcess, MANAGEMENT_KEY, skipReason, startGateway } from '../gateway-process.ts';
import { pythonWithOtlp } from '../sdks/python.ts';
import { attribute, type Collector, type Span, startCollector } from './collector.ts';

async function call({ base }: GatewayProcess, model = 'sandbox/echo'): Promise<string> {
  const response = await fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${API_KEY}`,
      'content-type': 'application/json',
      'http-referer': 'https://app.example',
    },
    body: JSON.stringify({
      model,
      messages: [{ role: 'user', content: 'a secret word' }],
      user: 'someone',
      session_id: 's1',
    }),
  });
  await response.text();
  return response.headers.get('x-generation-id') ?? '';
}

const callsIn = (collector: Collector): Span[] =>
  [...collector.spans().values()].filter(({ parentSpanId }) => parentSpanId === undefined);

/** Resolves when every one of these calls has arrived. */
async function arrived(collector: Collector, ids: readonly string[]): Promise<void> {
  while (!ids.every((id) => callsIn(collector).some((span) => attribute(span, 'gen_ai.response.id') === id)))
    await wait(20);
}

test('every call arrives as a trace, with what it used and what it cost, and nothing of what was said', async () => {
  const collector = await startCollector();
  const gateway = await startGateway({
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20b',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    },
  });
  const ids = [await call(gateway), await call(gateway)];
  const failed = await call(gateway, 'sandbox/error-500');
  await arrived(collector, [...ids, failed]);
  const [first] = callsIn(collector).filter((span) => attribute(span, 'gen_ai.response.id') === ids[0]);
  assert.ok(first);
  assert.equal(first.name, 'chat sandbox/echo');
  assert.equal(attribute(first, 'gen_ai.operation.name'), 'chat');
  assert.equal(attribute(first, 'gen_ai.response.model'), 'sandbox/echo');
  assert.equal(attribute(first, 'user.id'), 'someone');
  assert.equal(attribute(first, 'session.id'), 's1');
  assert.equal(attribute(first, 'switchwright.app.origin'), 'https://app.example');
  assert.ok(Number(attribute(first, 'gen_ai.usage.output_tokens')) > 0);
  const [attempt] = [...collector.spans().values()].filter(({ parentSpanId }) => parentSpanId === first.spanId);
  assert.equal(attempt?.traceId, first.traceId);
  assert.equal(attempt && attribute(attempt, 'http.response.status_code'), '200');
  const [broken] = callsIn(collector).filter((span) => attribute(span, 'gen_ai.response.id') === failed);
  assert.ok(broken && attribute(broken, 'error.type'));
  assert.ok(!collector.bodies.join('').includes('secret word'));
  assert.equal(collector.headers[0]?.['x-tenant'], 'a b');
  assert.match(collector.bodies[0] ?? '', /"deployment\.environment\.name"/);
  assert.equal(await gateway.stop(), 0);
  collector.close();
});

test('a call takes its place in the traces of its caller', async () => {
  const collector = await startCollector();
  const gateway = await startGateway({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  const post = async (headers: { readonly [name: string]: string }, more: object): Promise<string> => {
    const response = await fetch(`${gateway.base}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'sandbox/echo', messages: [{ role: 'user', content: 'x' }], ...more }),
    });
    await response.text();
    return response.headers.get('x-generation-id') ?? '';
  };
  const [trace, parent] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  const nested = await post({ traceparent: `00-${trace}-${parent}-01` }, {});
  const named = await post(
    {},
    { trace: { trace_id: 'nightly-42', trace_name: 'nightly', span_name: 'a step', team: 'a', n: 3 } },
  );
  const nonsense = await post({ traceparent: '00-zz-1-01' }, { trace: 'nothing' });
  const all = [nested, named, nonsense];
  const of = (id: string): Span | undefined =>
    [...collector.spans().values()].find((span) => attribute(span, 'gen_ai.response.id') === id);
  while (!all.every(of)) await wait(20);
  assert.deepEqual([of(nested)?.traceId, of(nested)?.parentSpanId], [trace, parent]);
  const step = of(named);
  assert.ok(step);
  assert.equal(step.name, 'a step');
  assert.deepEqual(
    ['trace.name', 'trace.metadata.team', 'trace.metadata.n'].map((key) => attribute(step, key)),
    ['nightly', 'a', '3'],
  );
  assert.match(step.traceId, /^[\da-f]{32}$/);
  assert.equal(of(nonsense)?.parentSpanId, undefined);
  assert.equal(await gateway.stop(), 0);
  collector.close();
});

const python = pythonWithOtlp();

test('what is sent is what the published protobufs say', {
  skip: skipReason('missing' in python ? python.missing : null),
}, async () => {
  assert.ok('python' in python);
  const collector = await startCollector();
  const gateway = await startGateway({
    environment: { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces` },
  });
  await arrived(collector, [await call(gateway)]);
  await gateway.stop();
  const script = join(import.meta.dirname, 'check_otlp.py');
  for (const body of collector.bodies) {
    const checked: SpawnSyncReturns<string> = spawnSync(python.python, [script], { input: body, encoding: 'utf8' });
    assert.equal(checked.status, 0, checked.stderr);
    assert.ok(Number(checked.stdout) >= 2);
  }
  collector.close();
});

test('what a receiver would not take waits for it, through a crash of the gateway too', async () => {
  const collector = await startCollector();
  const folder = mkdtempSync(join(tmpdir(), 'switchwright-traces-'));
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, SWITCHWRIGHT_WORKERS: '2' };
  collector.answer(503);
  const first = await startGateway({ folder, environment });
  const ids = [await call(first), await call(first)];
  while (collector.asked() === 0) await wait(20);
  first.child.kill('SIGKILL');
  await first.stop('SIGKILL');
  const second = await startGateway({ folder, environment });
  ids.push(await call(second));
  collector.answer(200);
  await arrived(collector, ids);
  assert.equal(callsIn(collector).length, ids.length);
  const metrics = await fetch(`${second.origin}/metrics`, { headers: { authorization: `Bearer ${MANAGEMENT_KEY}` } });
  assert.equal(metrics.status, 200);
  assert.equal(await second.stop(), 0);
  rmSync(folder, { recursive: true });
  collector.close();
});

test('what a receiver refuses for good does not hold up what follows', async () => {
  const collector = await startCollector();
  collector.answer(400);
  const gateway = await startGateway({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  await call(gateway);
  while (collector.asked() === 0) await wait(20);
  collector.answer(200);
  await arrived(collector, [await call(gateway)]);
  assert.match(gateway.output(), /refused 1 receipts \(answered 400\): they are not sent/);
  assert.equal(await gateway.stop(), 0);
  collector.close();
});
