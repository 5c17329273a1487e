import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '../catalog/model.ts';
import type { OwnKey } from '../facts/own-key.ts';
import type { Rule } from '../facts/policy.ts';
import type { Question } from '../facts/question.ts';
import { hasOwnKey, payersAt, unpaid } from './payers.ts';

const KEY: OwnKey = {
  id: 'k',
  provider: 'host',
  models: null,
  isFallback: false,
  isRequired: false,
  isByokOnly: false,
  declaredZdr: null,
  feePpm: 0,
};
const ENDPOINT = {
  modelId: 'acme/film',
  provider: { slug: 'host', policy: { perRequest: false, retainsDays: 30 } },
} as unknown as Endpoint;
const asked = (operation: Question['operation'], key: OwnKey, enabled: readonly string[]): Question =>
  ({ operation, ownKeys: [key], enabled: new Set(enabled), preferences: {} }) as unknown as Question;

test('a video is begun with the operator’s key alone, and where the account allows only its own with none', () => {
  assert.deepEqual(payersAt(ENDPOINT, asked('chat', KEY, ['host'])), { own: [KEY], operator: true });
  const video = asked('videos', KEY, ['host']);
  assert.deepEqual(payersAt(ENDPOINT, video), { own: [], operator: true });
  assert.equal(hasOwnKey(ENDPOINT, video), false);
  const only = asked('videos', { ...KEY, isByokOnly: true }, ['host']);
  assert.deepEqual(payersAt(ENDPOINT, only), { own: [], operator: false });
  assert.match(unpaid(ENDPOINT, only) ?? '', /its own keys/);
});

test('a rule that no prompt is kept holds for whose key is used, too', () => {
  const own: OwnKey = { ...KEY, declaredZdr: true };
  const ruled = (rule: Omit<Rule, 'source'>): Question => ({
    ...asked('chat', own, ['host']),
    policy: { rules: [{ ...rule, source: 'guardrail Interns' }], given: {} },
  });
  // The operator's contract keeps prompts; the account's own does not.
  assert.deepEqual(payersAt(ENDPOINT, ruled({ zdr: true })), { own: [own], operator: false });
  assert.deepEqual(payersAt(ENDPOINT, ruled({ zdr: true, about: ['other/*'] })), { own: [own], operator: true });
});
