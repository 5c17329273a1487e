import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyWords } from './endpoints-table.ts';

test('what a provider does not say is told as not stated', () => {
  assert.equal(policyWords({ trainsOnData: true, trainingStated: false, retainsDays: null }), 'not stated');
  assert.equal(
    policyWords({ trainsOnData: true, trainingStated: false, retainsDays: 30 }),
    'training not stated, keeps 30 days',
  );
  assert.equal(policyWords({ trainsOnData: true, trainingStated: true, retainsDays: null }), 'may train on prompts');
  assert.equal(
    policyWords({ trainsOnData: false, trainingStated: true, retainsDays: 0 }),
    'no training, keeps nothing',
  );
});
