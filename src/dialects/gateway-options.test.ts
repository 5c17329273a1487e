/** What a caller asks of a gateway: done here, passed on to a provider that is a gateway itself, or told as lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../base/json.ts';
import type { WireHeaders } from '../base/world.ts';
import type { Call } from '../call/call.ts';
import type { DialectId } from '../catalog/dialect-table.ts';
import type { Target } from '../facts/target.ts';
import { appHeaders } from './gateway-options.ts';
import { openaiChatUpstream } from './openai-chat/index.ts';
import { CLIENT_DIALECTS } from './registry.ts';
import { sampleTarget, sampleTraits } from './samples.ts';
import { suit } from './suit.ts';

const ASKED: JsonObject = {
  trace: { trace_id: 't', team: 'a' },
  metadata: { ticket: '42' },
  max_tool_calls: 3,
  stop_server_tools_when: [{ type: 'step_count_is', step_count: 2 }],
  transforms: ['inside-out'],
  session_id: 's1',
};
const HEADERS: WireHeaders = { 'x-provider-api-keys': '{"openai":"sk-1"}' };
const HI: { readonly [client: string]: JsonObject } = {
  'openai-chat': { messages: [{ role: 'user', content: 'Hi' }] },
  'openai-responses': { input: 'Hi' },
  'anthropic-messages': { max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] },
  gemini: { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] },
};

function callOf(client: string, more: JsonObject, headers: WireHeaders = {}): Call {
  const params = client === 'gemini' ? { model: 'a/b', action: 'generateContent' } : {};
  const call = CLIENT_DIALECTS.chat[client]?.decodeCall({ model: 'a/b', ...HI[client], ...more }, { headers, params });
  assert.ok(call?.ok, call?.ok === false ? call.error.message : client);
  return call.value;
}
function lostFields(call: Call, { endpoint }: Target): string[] {
  const suited = suit(call, endpoint, sampleTraits(endpoint.dialect.id));
  assert.ok(suited.ok);
  return suited.value.losses.map(({ field }) => field);
}

const OPENROUTER = sampleTarget('openai-chat', { dialect: { quirks: ['gateway-fields', 'reasoning-details'] } });

test('whoever asks, in whatever dialect, is told of each field that nobody hears', () => {
  const fields = ['stop_server_tools_when', 'max_tool_calls', 'transforms'];
  for (const client of ['openai-chat', 'openai-responses', 'anthropic-messages'])
    for (const id of ['openai-chat', 'anthropic-messages', 'gemini', 'bedrock-converse'] as DialectId[]) {
      const lost = lostFields(callOf(client, ASKED, HEADERS), sampleTarget(id));
      for (const field of [...fields, 'X-Provider-API-Keys'])
        assert.ok(lost.includes(field), `${client} → ${id}: ${field} of ${lost}`);
      // Anthropic's own `metadata` is another thing.
      if (client !== 'anthropic-messages') assert.ok(lost.includes('metadata'), `${client} → ${id}`);
    }
});

test('the Responses API has a word for some of them', () => {
  const lost = lostFields(callOf('openai-responses', ASKED), sampleTarget('openai-responses'));
  assert.deepEqual(lost, ['transforms', 'stop_server_tools_when']);
});

test('a place in traces that is too long for a receipt is told', () => {
  const lost = lostFields(callOf('openai-chat', { trace: { team: 'x'.repeat(5_000) } }), sampleTarget('gemini'));
  assert.deepEqual(lost, ['trace']);
});

test('who asks for nothing of the kind is told of nothing', () => {
  for (const client of ['openai-chat', 'openai-responses', 'anthropic-messages'])
    assert.deepEqual(lostFields(callOf(client, {}), sampleTarget('openai-chat')), []);
});

function sent(preferences: JsonObject, target = OPENROUTER): JsonObject {
  const encoded = openaiChatUpstream.encodeCall(callOf('openai-chat', { ...ASKED, ...preferences }), target, new Map());
  assert.ok(encoded.ok);
  return encoded.value.body;
}

test('OpenRouter as a provider hears them, and how it is to route', () => {
  const provider = {
    sort: 'price',
    quantizations: ['fp8'],
    max_price: { prompt: 2 },
    zdr: true,
    require_parameters: true,
  };
  const { provider: told, ...body } = sent({ provider });
  for (const name of Object.keys(ASKED)) assert.deepEqual(body[name], ASKED[name], name);
  assert.deepEqual(told, { ...provider, max_price: { prompt: '2' } });
  assert.deepEqual(lostFields(callOf('openai-chat', ASKED), OPENROUTER), []);
});

test('names of providers are ours until they are its hosts’', () => {
  const named = (provider: JsonObject): unknown => sent({ provider }).provider;
  assert.equal(named({ only: ['sample'], allow_fallbacks: false }), undefined);
  assert.deepEqual(named({ order: ['sample', 'anthropic'], allow_fallbacks: false }), {
    order: ['anthropic'],
    allow_fallbacks: false,
  });
  assert.deepEqual(named({ ignore: ['deepinfra'] }), { ignore: ['deepinfra'] });
});

test('nobody else is sent any of it', () => {
  const body = sent({ provider: { sort: 'price' } }, sampleTarget('openai-chat'));
  for (const name of [...Object.keys(ASKED), 'provider']) assert.equal(body[name], undefined, name);
});

test('the app that calls is named in headers that can be sent', () => {
  const headers = appHeaders({ origin: 'https://app.test', title: 'Büro 事', categories: ['cli-agent'] });
  assert.deepEqual(headers, {
    'http-referer': 'https://app.test',
    'x-openrouter-title': Buffer.from('Büro 事').toString('latin1'),
    'x-openrouter-categories': 'cli-agent',
  });
  for (const value of Object.values(headers)) assert.match(value, /^[\t\x20-\x7e\x80-\xff]*$/);
});
