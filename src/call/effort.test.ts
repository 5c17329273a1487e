import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetOfEffort, effortOfBudget, nearestEffort } from './effort.ts';

test('efforts and budgets turn into each other by their share of the output limit', () => {
  assert.equal(budgetOfEffort('high', 10_000), 8_000);
  assert.equal(budgetOfEffort('none', 10_000), 0);
  assert.equal(effortOfBudget(8_000, 10_000), 'high');
  assert.equal(effortOfBudget(1, 10_000), 'minimal');
  assert.equal(effortOfBudget(50_000, 10_000), 'xhigh');
  assert.equal(effortOfBudget(0, 10_000), 'none');
});

test('an effort that is not supported becomes the nearest one', () => {
  assert.equal(nearestEffort('max', ['low', 'medium', 'high']), 'high');
  assert.equal(nearestEffort('minimal', ['low', 'high']), 'low');
  assert.equal(nearestEffort('medium', []), 'medium');
});

test('who asks for some reasoning never gets none, who asks for none gets the least', () => {
  assert.equal(nearestEffort('minimal', ['none', 'low', 'high']), 'low');
  assert.equal(nearestEffort('none', ['low', 'high']), 'low');
  assert.equal(nearestEffort('low', ['none']), 'none');
});
