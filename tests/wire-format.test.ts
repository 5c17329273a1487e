/** In which of a provider's wire formats a call goes, with the catalogue as it ships. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../src/base/json.ts';
import { readCatalogue } from '../src/cli/catalogue.ts';
import { readConfiguration } from '../src/cli/configuration.ts';
import { CLIENT_DIALECTS } from '../src/dialects/registry.ts';
import { questionOf } from '../src/gateway/chat/question.ts';
import { plan } from '../src/router/plan.ts';

const loaded = readCatalogue(readConfiguration({}));
assert.ok(loaded.ok);
const catalog = loaded.value;
const enabled = new Set(catalog.providers.keys());

function formatOf(client: string, host: string, body: JsonObject): string | undefined {
  const call = CLIENT_DIALECTS.chat[client]?.decodeCall(body, { headers: {}, params: {} });
  assert.ok(call?.ok);
  const health = { of: () => undefined };
  const asked = { ...call.value, gateway: { provider: { only: [host] } } };
  const { candidates } = plan(questionOf(asked, { catalog, enabled, health, seed: 1, promptTokens: 1 }));
  return candidates[0]?.endpoint.dialect.id;
}

const messages = [{ role: 'user', content: 'Hi' }];
const tools = [{ type: 'function', function: { name: 'find', parameters: { type: 'object', properties: {} } } }];
const chat = (host: string, model: string, more: JsonObject = {}): string | undefined =>
  formatOf('openai-chat', host, { model, messages, ...more });
const responses = (host: string, model: string, more: JsonObject = {}): string | undefined =>
  formatOf('openai-responses', host, { model, input: 'Hi', ...more });

test('tools for a model that reasons go where they are taken, at every host that offers it', () => {
  const hosts: [string, string][] = [
    ['openai', 'openai/gpt-5.4'],
    ['openai', 'openai/gpt-5.4-mini'],
    ['openai', 'openai/gpt-5.5'],
    ['azure', 'openai/gpt-5.4'],
    ['requesty', 'openai/gpt-5.4'],
    ['zenmux', 'openai/gpt-5.4'],
    ['aihubmix', 'openai/gpt-5.4'],
  ];
  for (const [host, model] of hosts) {
    assert.equal(chat(host, model, { tools, reasoning_effort: 'medium' }), 'openai-responses', host);
    assert.equal(chat(host, model, { tools }), 'openai-responses', `${host}: it reasons unasked`);
    assert.equal(chat(host, model), 'openai-chat', host);
  }
  const claudes = { model: 'openai/gpt-5.5', max_tokens: 100, messages };
  const offered = [{ name: 'find', input_schema: { type: 'object' } }];
  assert.equal(formatOf('anthropic-messages', 'openai', { ...claudes, tools: offered }), 'openai-responses');
});

test('older models, and hosts without it, are spoken to as ever', () => {
  for (const model of ['openai/gpt-4.1-mini', 'openai/gpt-5', 'openai/gpt-5.1', 'openai/gpt-5.2'])
    assert.equal(chat('openai', model, { tools, reasoning_effort: 'low' }), 'openai-chat', model);
  assert.equal(chat('openrouter', 'openai/gpt-5.4', { tools, reasoning_effort: 'low' }), 'openai-chat');
  assert.equal(chat('deepseek', 'deepseek/deepseek-v4-flash', { tools }), 'openai-chat');
});

test('effort alone goes there too, unless a parameter would be lost on the way', () => {
  assert.equal(chat('openai', 'openai/gpt-5.4', { reasoning_effort: 'high' }), 'openai-responses');
  assert.equal(chat('openai', 'openai/gpt-5.4', { reasoning_effort: 'none' }), 'openai-chat');
  assert.equal(chat('openai', 'openai/gpt-5.4', { reasoning_effort: 'high', seed: 3 }), 'openai-chat');
  assert.equal(chat('openai', 'openai/gpt-5.4', { reasoning_effort: 'high', stop: ['a'] }), 'openai-chat');
});

test('whoever speaks it is answered by a host that speaks it in its own words', () => {
  for (const model of ['openai/gpt-4.1-mini', 'openai/gpt-5', 'openai/o3', 'openai/gpt-5.4'])
    assert.equal(responses('openai', model), 'openai-responses', model);
  assert.equal(responses('azure', 'openai/gpt-5'), 'openai-responses');
  assert.equal(responses('xai', 'x-ai/grok-4.3'), 'openai-responses');
  assert.equal(responses('azure', 'deepseek/deepseek-v4-flash'), 'openai-chat', 'not one of its own models');
  assert.equal(responses('anthropic', 'anthropic/claude-sonnet-4.5'), 'anthropic-messages');
});
