import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSampled } from '../sampling.ts';
import { otlpTarget } from './environment.ts';

const read = (variables: { readonly [name: string]: string }) => {
  const target = otlpTarget(variables);
  assert.ok(target.ok);
  return target.value;
};

test('the endpoint for everything gets the path of traces, their own is taken as it is', () => {
  const all = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };
  assert.equal(read(all)?.url, 'http://collector:4318/v1/traces');
  const own = 'https://host/api/public/otel/v1/traces';
  assert.equal(read({ ...all, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own })?.url, own);
  assert.equal(read({}), null);
  assert.equal(read({ ...all, OTEL_SDK_DISABLED: 'true' }), null);
  assert.equal(read({ ...all, OTEL_TRACES_EXPORTER: 'none' }), null);
});

test('headers and attributes are pairs, their values percent-encoded', () => {
  const target = read({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20cGs6c2s=, x-version=4',
    OTEL_RESOURCE_ATTRIBUTES: 'service.name=ours,deployment.environment.name=pro%2Cduction',
  });
  assert.deepEqual(target?.headers, { Authorization: 'Basic cGs6c2s=', 'x-version': '4' });
  assert.deepEqual(target?.resource, {
    service: 'ours',
    attributes: { 'service.name': 'ours', 'deployment.environment.name': 'pro,duction' },
  });
});

test('what cannot be is refused by its name', () => {
  assert.equal(otlpTarget({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }).ok, false);
  const ratio = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' };
  assert.equal(otlpTarget({ ...ratio, OTEL_TRACES_SAMPLER_ARG: '2' }).ok, false);
  assert.equal(read({ ...ratio, OTEL_TRACES_SAMPLER_ARG: '0.25' })?.share, 0.25);
});

test('a share of all calls is sent, those of a session together', () => {
  const sent = Array.from({ length: 4_000 }, (_, at) => isSampled({ id: `gen-${at}`, sessionId: null }, 0.25));
  const share = sent.filter(Boolean).length / sent.length;
  assert.ok(share > 0.22 && share < 0.28, String(share));
  const session = Array.from({ length: 50 }, (_, at) => isSampled({ id: `gen-${at}`, sessionId: 'one' }, 0.5));
  assert.equal(new Set(session).size, 1);
  assert.ok(isSampled({ id: 'gen-1', sessionId: null }, 1));
  assert.ok(!isSampled({ id: 'gen-1', sessionId: null }, 0));
});
