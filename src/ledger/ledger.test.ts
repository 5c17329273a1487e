import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nano } from '../base/money.ts';
import { recoveredCost } from './recovery.ts';
import { shortageFault } from './shortage.ts';
import type { Intent } from './store.ts';

const intent = (more: Partial<Intent>): Intent => ({
  id: 'gen-1',
  createdAt: 0,
  accountId: 'owner',
  keyId: 'key',
  workspaceId: 'workspace',
  model: 'author/model',
  endpoint: null,
  amount: nano(100n),
  promptCost: nano(30n),
  dispatched: true,
  checkpoint: nano(50n),
  ...more,
});

test('an abandoned call costs its prompt and last checkpoint, at most its hold, nothing if it was never sent', () => {
  assert.equal(recoveredCost(intent({})), 80n);
  assert.equal(recoveredCost(intent({ checkpoint: nano(90n) })), 100n);
  assert.equal(recoveredCost(intent({ dispatched: false })), 0n);
});

test('a refusal is worded as clients parse it', () => {
  const shortage = {
    scope: 'account:owner',
    available: nano(65n),
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
