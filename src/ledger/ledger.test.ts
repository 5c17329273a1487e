import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nano } from '../base/money.ts';
import { interruptedReceipt, recoveredCost } from './recovery.ts';
import { shortageFault } from './shortage.ts';
import type { Intent } from './store.ts';

const intent = (more: Partial<Intent>): Intent => ({
  id: 'gen-1',
  createdAt: 0,
  accountId: 'owner',
  keyId: 'key',
  workspaceId: 'workspace',
  also: [],
  model: 'author/model',
  endpoint: null,
  amount: nano(100n),
  promptCost: nano(30n),
  dispatched: true,
  checkpoint: nano(50n),
  about: {
    operation: 'chat',
    clientDialect: 'anthropic-messages',
    requestedModel: 'author/model',
    streamed: true,
    catalogVersion: '7',
    seed: 42,
    app: { origin: 'https://app.example', title: 'App', categories: [] },
    userAgent: 'test/1.0',
    user: 'someone',
    sessionId: null,
  },
  ...more,
});

test('an abandoned call costs its prompt and last checkpoint, at most its hold, nothing if it was never sent', () => {
  assert.equal(recoveredCost(intent({})), 80n);
  assert.equal(recoveredCost(intent({ checkpoint: nano(90n) })), 100n);
  assert.equal(recoveredCost(intent({ dispatched: false })), 0n);
});

test('its receipt tells where it went last, and all that was known when it began', () => {
  const abandoned = intent({ endpoint: 'other/model:free@host/fp8' });
  const receipt = interruptedReceipt(abandoned, 500);
  const { state, model, endpoint, provider, totalMs } = receipt;
  assert.deepEqual(
    { state, model, endpoint, provider, totalMs },
    { state: 'interrupted', model: 'other/model:free', endpoint: abandoned.endpoint, provider: 'host', totalMs: 500 },
  );
  for (const [name, value] of Object.entries(abandoned.about))
    assert.deepEqual(receipt[name as keyof typeof abandoned.about], value, name);
  const unsent = interruptedReceipt(intent({ dispatched: false }), 500);
  assert.deepEqual([unsent.model, unsent.endpoint, unsent.provider], ['author/model', null, null]);
});

test('a refusal is worded as clients parse it', () => {
  const shortage = {
    scope: 'account:owner',
    available: nano(65n),
    needed: nano(100n),
    bound: { limit: 500n, interval: 'credit', resetMs: null },
    now: Date.UTC(2026, 10, 29),
    amount: nano(100n),
    promptCost: nano(30n),
    promptTokens: 300,
    outputTokens: 4096,
  } as const;
  assert.equal(
    shortageFault(shortage).message,
    'This request requires more credits, or fewer max_tokens. ' +
      'You requested up to 4096 tokens, but can only afford 2048. To increase, add credits to the account.',
  );
  assert.match(
    shortageFault({ ...shortage, available: nano(10n) }).message,
    /^Prompt tokens limit exceeded: 300 > 100\./,
  );
  assert.match(shortageFault({ ...shortage, available: nano(-5n) }).message, /300 > 0\./);
});
