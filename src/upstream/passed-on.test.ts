import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGoingRound } from '../base/hops.ts';
import { PRODUCT } from '../base/product.ts';
import type { World } from '../base/world.ts';
import { DIALECTS } from '../dialects/registry.ts';
import { sampleCall, sampleTarget } from '../dialects/samples.ts';
import { chatErrand } from './chat-errand.ts';
import { passedOn } from './passed-on.ts';

const world = { newId: (prefix: string) => `${prefix}-1` } as Partial<World> as World;
const errand = chatErrand({ world, dialects: DIALECTS }, sampleCall());

/** The user agent that a provider is sent for such a caller; every gateway sends its own name where nothing is told. */
function sentFor(caller: string | null): string {
  const translated = passedOn(errand, { userAgent: caller }).translate(sampleTarget('openai-chat'));
  assert.ok(translated.ok);
  const encoded = translated.value[0].encode(new Map());
  assert.ok(encoded.ok);
  return encoded.value.headers['user-agent'] ?? PRODUCT.userAgent;
}

test('a request that gateways pass round among themselves ends', () => {
  const seen: string[] = [];
  for (let agent: string | null = 'OpenAI/Python 3.57.0'; !isGoingRound(agent); seen.push(agent))
    agent = sentFor(agent);
  assert.equal(seen.length, 4);
  assert.match(seen[0] ?? '', /self-hosted LLM gateway\)$/);
  assert.match(seen[1] ?? '', /self-hosted LLM gateway; hop 2\)$/);
});

test('other callers are passed on as they are', () => {
  for (const agent of [null, 'curl/8.0', 'Mozilla/5.0 (; hop 99)']) {
    assert.equal(passedOn(errand, { userAgent: agent }), errand);
    assert.equal(isGoingRound(agent), false);
  }
});

test('a provider that is a gateway hears whose app is calling, nobody else does', () => {
  const app = { origin: 'https://app.test', title: 'App', categories: [] };
  const headersTo = (quirks: readonly string[]): object => {
    const target = sampleTarget('openai-chat', { dialect: { quirks } });
    const translated = passedOn(errand, { userAgent: null, app }).translate(target);
    assert.ok(translated.ok);
    const encoded = translated.value[0].encode(new Map());
    assert.ok(encoded.ok);
    return encoded.value.headers;
  };
  assert.deepEqual(headersTo(['gateway-fields']), { 'http-referer': 'https://app.test', 'x-openrouter-title': 'App' });
  assert.deepEqual(headersTo([]), {});
});
