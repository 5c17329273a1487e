/** How often a vendor's own tools may run, and what it is told of it: by each tool, by the whole call, or by nobody. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '#src/call/call.ts';
import type { DialectId } from '#src/catalog/dialect-table.ts';
import { sampleCall, sampleTarget } from '#src/dialects/samples.ts';
import { limitSteps, VENDOR_USES, vendorSteps } from '#src/metering/vendor-steps.ts';

const native = (value: object, dialect: DialectId = 'openai-chat'): Call['tools'][number] =>
  ({ type: 'native', dialect, value }) as Call['tools'][number];
const stepsOf = (dialect: DialectId, more: Partial<Call>) =>
  vendorSteps(sampleCall(more), sampleTarget(dialect).endpoint);
const limitedAt = (dialect: DialectId, more: Partial<Call>) =>
  limitSteps(sampleCall(more), sampleTarget(dialect).endpoint);
const NONE = { searches: 0, uses: 0, readsPages: false };
const search = { type: 'web_search_20250305', name: 'web_search' };
const fetching = { type: 'web_fetch_20250910', name: 'web_fetch' };

test('a call without tools of its vendor takes one step', () => {
  assert.deepEqual(stepsOf('anthropic-messages', {}), NONE);
  assert.deepEqual(stepsOf('anthropic-messages', { tools: [{ type: 'function', name: 'web_search' }] }), NONE);
  assert.deepEqual(stepsOf('anthropic-messages', { tools: [native({ type: 'bash_20250124' })] }), NONE);
});

test('where each tool has a number, it is the tool’s own or five; pages are read only by what reads pages', () => {
  const of = (...tools: object[]) => stepsOf('anthropic-messages', { tools: tools.map((tool) => native(tool)) });
  assert.deepEqual(of(search), { searches: VENDOR_USES, uses: VENDOR_USES, readsPages: false });
  assert.deepEqual(of({ ...search, max_uses: 2 }), { searches: 2, uses: 2, readsPages: false });
  assert.deepEqual(of({ ...search, max_uses: 2 }, fetching), { searches: 7, uses: 7, readsPages: true });
  assert.deepEqual(of({ ...search, max_uses: 1e9 }), { searches: 1_000, uses: 1_000, readsPages: false });
  const online = stepsOf('anthropic-messages', { gateway: { plugins: [{ id: 'web', max_uses: 3 }] } });
  assert.deepEqual(online, { searches: 3, uses: 3, readsPages: false });
  const off = stepsOf('anthropic-messages', { gateway: { plugins: [{ id: 'web', enabled: false }] } });
  assert.deepEqual(off, NONE);
  assert.equal(stepsOf('anthropic-messages', { model: 'author/model:online' }).uses, VENDOR_USES);
  assert.equal(stepsOf('anthropic-messages', { models: ['a/b', 'author/model:online'] }).uses, VENDOR_USES);
});

test('the vendor is told a number where the caller named none, and the caller’s stays', () => {
  const tools = [native(search), native({ ...search, max_uses: 2 }), native(fetching)];
  const limited = limitedAt('anthropic-messages', { tools }).tools.map((tool) => tool.type === 'native' && tool.value);
  assert.deepEqual(limited, [{ ...search, max_uses: VENDOR_USES }, { ...search, max_uses: 2 }, fetching]);
  const call = sampleCall({ tools: [native({ ...search, max_uses: 2 })] });
  assert.equal(limitSteps(call, sampleTarget('anthropic-messages').endpoint), call, 'the same object');
  const ours = native({ type: 'openrouter:web_search', parameters: { engine: 'native' } });
  const [told] = limitedAt('anthropic-messages', { tools: [ours] }).tools;
  assert.deepEqual(told?.type === 'native' && told.value.parameters, { engine: 'native', max_uses: VENDOR_USES });
});

test('OpenAI’s Responses take a number for the whole call', () => {
  const tools = [native({ type: 'web_search' }, 'openai-responses')];
  assert.equal(limitedAt('openai-responses', { tools }).gateway.extra?.max_tool_calls, VENDOR_USES);
  assert.equal(limitedAt('openai-responses', {}).gateway.extra, undefined);
  assert.equal(stepsOf('openai-responses', { tools }).uses, VENDOR_USES);
  const two = { tools, gateway: { extra: { max_tool_calls: 2 } } };
  assert.equal(stepsOf('openai-responses', two).uses, 2);
  assert.equal(limitedAt('openai-responses', two).gateway.extra?.max_tool_calls, 2);
});
