import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { pico } from '../base/money.ts';
import type { Call } from '../call/call.ts';
import type { DialectId } from '../catalog/dialect-table.ts';
import { UPSTREAM_DIALECTS } from './registry.ts';
import { type SampleTarget, sampleCall, sampleTarget, sampleTraits } from './samples.ts';
import { suit } from './suit.ts';

const price = { input: pico(1n), output: pico(2n), webSearch: pico(10n), overrides: [] };

/** The tools that a host is sent, and what is lost on the way. */
function sent(id: DialectId, call: Partial<Call>, priced = price, host: SampleTarget = {}) {
  const target = sampleTarget(id, { ...host, endpoint: { ...host.endpoint, price: priced } });
  const suited = suit(sampleCall(call), target.endpoint, sampleTraits(id));
  assert.ok(suited.ok);
  const encoded = UPSTREAM_DIALECTS.chat[id]?.encodeCall(suited.value.call, target, new Map());
  assert.ok(encoded?.ok);
  const losses = [...suited.value.losses, ...encoded.value.losses].map(({ field }) => field);
  const { tools, toolConfig } = encoded.value.body;
  return { tools, toolConfig: toolConfig as JsonObject | undefined, losses };
}

const native = (dialect: string, value: { readonly [member: string]: unknown }) =>
  ({ tools: [{ type: 'native', dialect, value }] }) as Partial<Call>;
const ASKED: readonly [words: string, call: Partial<Call>][] = [
  ['OpenRouter’s tool', native('openai-chat', { type: 'openrouter:web_search' })],
  ['OpenAI’s tool', native('openai-responses', { type: 'web_search_preview' })],
  ['Anthropic’s tool', native('anthropic-messages', { type: 'web_search_20250305', name: 'web_search' })],
  ['Google’s tool', native('gemini', { googleSearch: {} })],
  ['the plugin', { gateway: { plugins: [{ id: 'web' }] } }],
  ['the suffix', { model: 'author/model:online' }],
];
const OWN: { readonly [id: string]: object } = {
  'anthropic-messages': { type: 'web_search_20250305', name: 'web_search' },
  'openai-responses': { type: 'web_search' },
  gemini: { googleSearch: {} },
};

for (const [words, call] of ASKED)
  test(`a search asked for by ${words} is the host’s own, or a loss where the host has none`, () => {
    const [tool] = call.tools ?? [];
    for (const [id, own] of Object.entries(OWN)) {
      const is = sent(id as DialectId, call);
      const kept = tool?.type === 'native' && tool.dialect === id ? tool.value : own;
      assert.deepEqual([is.tools, is.losses], [[kept], []], id);
    }
    for (const id of ['cohere-chat', 'bedrock-converse'] as const) assert.equal(sent(id, call).losses.length, 1, id);
    const { webSearch: _, ...free } = price;
    const unpriced = sent('anthropic-messages', call, free as typeof price);
    assert.equal(unpriced.losses.length, tool?.type === 'native' && tool.dialect === 'anthropic-messages' ? 0 : 1);
  });

test('a gateway’s tool that is no search is nobody’s, in whatever dialect it is asked for', () => {
  for (const id of Object.keys(OWN) as DialectId[]) {
    const is = sent(id, native(id, { type: 'openrouter:datetime' }));
    assert.deepEqual([is.tools, is.losses], [undefined, ['tools[0]']], id);
  }
});

test('what is said of a search goes along as far as the host has words for it', () => {
  const user_location = { type: 'approximate', city: 'Köln' };
  const asked = native('openai-chat', {
    type: 'openrouter:web_search',
    parameters: { max_uses: 3, excluded_domains: ['a.test'], user_location, search_context_size: 'low' },
  });
  const claude = sent('anthropic-messages', asked);
  const own = { max_uses: 3, blocked_domains: ['a.test'], user_location };
  assert.deepEqual(claude.tools, [{ ...OWN['anthropic-messages'], ...own }]);
  assert.deepEqual(claude.losses, ['tools[0]'], 'the size of the context');
  const back = native('anthropic-messages', { type: 'web_search_20250305', allowed_domains: ['b.test'] });
  const filters = { allowed_domains: ['b.test'] };
  assert.deepEqual(sent('openai-responses', back).tools, [{ type: 'web_search', filters }]);
  const other = { type: 'openrouter:web_search', parameters: { engine: 'exa' } };
  assert.equal(sent('anthropic-messages', native('openai-chat', other)).losses.length, 1, 'an engine of its own');
});

test('a search stands beside functions only where Gemini mixes them, and one that is there already is not added again', () => {
  const search = { type: 'native', dialect: 'openai-chat', value: { type: 'openrouter:web_search' } } as const;
  const both: Partial<Call> = { tools: [{ type: 'function', name: 'f' }, search], model: 'a/b:online' };
  assert.ok(sent('gemini', both).losses.includes('tools[1]'));
  const quirks = ['server-tool-invocations'];
  const mixed = sent('gemini', both, price, { dialect: { quirks }, endpoint: { upstreamId: 'gemini-3-sample' } });
  assert.deepEqual([(mixed.tools as object[])[1], mixed.losses], [{ googleSearch: {} }, []]);
  assert.equal(mixed.toolConfig?.includeServerSideToolInvocations, true);
  const older = sent('gemini', both, price, { dialect: { quirks }, endpoint: { upstreamId: 'gemini-2.5-flash' } });
  assert.ok(older.losses.includes('tools[1]'));
  assert.equal((sent('anthropic-messages', both).tools as object[]).length, 2);
});
