import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NamedPolicy, PolicyWhen } from '../catalog/policy.ts';
import { createHours } from './hours.ts';
import { layDown, type Said } from './lay-down.ts';
import { type GovernedCall, indexPolicies } from './policy-index.ts';

const policy = (
  name: string,
  more: Omit<Partial<NamedPolicy>, 'when'> & { readonly when?: Partial<PolicyWhen> },
): NamedPolicy => ({
  name,
  priority: 0,
  defaults: null,
  rules: null,
  split: null,
  shadow: null,
  ...more,
  when: { timezone: 'UTC', ...more.when },
});
const KEY = `${'ab'.repeat(4)}${'0'.repeat(56)}`;
const CALL: GovernedCall = {
  keyId: KEY,
  workspaceId: 'w1',
  operation: 'chat',
  models: ['acme/big', 'other/small'],
  isRouted: false,
  now: Date.UTC(2026, 10, 29, 12),
  isLeftBelow: () => false,
};
const SAID: Said = {
  model: 'acme/big',
  models: [],
  preferences: {},
  isSorted: false,
  keyId: KEY,
  user: null,
  sessionId: null,
  draw: () => 0.5,
};

const WHENS: readonly (readonly [when: Partial<PolicyWhen>, is: 'asked' | 'fallback' | 'no'])[] = [
  [{}, 'asked'],
  [{ keys: [KEY] }, 'asked'],
  [{ keys: ['abababab'] }, 'asked'],
  [{ keys: ['abababac', 'abababab0'] }, 'asked'],
  [{ keys: ['abababab1'] }, 'no'],
  [{ workspaces: ['w2', 'w1'] }, 'asked'],
  [{ workspaces: ['w2'] }, 'no'],
  [{ models: ['ACME/Big'] }, 'asked'],
  [{ models: ['acme/*'] }, 'asked'],
  [{ models: ['*/big'] }, 'asked'],
  [{ models: ['other/*'] }, 'fallback'],
  [{ models: ['other/small', 'x/y'] }, 'fallback'],
  [{ models: ['acme/bigger'] }, 'no'],
  [{ models: ['acme/*'], workspaces: ['w1'], keys: ['abababab'] }, 'asked'],
  [{ models: ['acme/*'], workspaces: ['w2'], keys: ['abababab'] }, 'no'],
  [{ operations: ['embeddings'] }, 'no'],
  [{ operations: ['embeddings', 'chat'] }, 'asked'],
  [{ budgetLeftBelow: { percent: 10 } }, 'no'],
];

test('a call comes under a policy if all is so that the policy names', () => {
  for (const [when, is] of WHENS) {
    const [found] = indexPolicies([policy('p', { when })]).matching(CALL);
    assert.equal(found ? (found.isAsked ? 'asked' : 'fallback') : 'no', is, JSON.stringify(when));
  }
  const low = indexPolicies([policy('p', { when: { budgetLeftBelow: { percent: 10 } } })]);
  assert.equal(low.matching({ ...CALL, isLeftBelow: () => true }).length, 1);
});

test('where the model is chosen only later, rules for any model are among those that hold', () => {
  const call = { ...CALL, models: ['some/router'], isRouted: true };
  const rules = { zdr: true } as const;
  const found = (when: Partial<PolicyWhen>) => indexPolicies([policy('p', { when, rules })]).matching(call);
  assert.deepEqual(
    found({ models: ['acme/*'] }).map(({ isAsked }) => isAsked),
    [false],
  );
  assert.equal(found({ models: ['acme/*'], keys: ['abababab'] }).length, 1);
  assert.equal(found({ models: ['acme/*'], workspaces: ['w2'] }).length, 0);
});

test('an index of many finds what looking through all of them finds, once and in order', () => {
  const whens = WHENS.map(([when]) => when);
  const many = Array.from({ length: 400 }, (_, place) =>
    policy(`p${place}`, { when: whens[place % whens.length] ?? {} }),
  );
  const index = indexPolicies(many);
  const alone = many
    .map((one) => ({ one, found: indexPolicies([one]).matching(CALL) }))
    .filter(({ found }) => found.length > 0);
  assert.deepEqual(
    index.matching(CALL).map((found) => found.policy.name),
    alone.map(({ one }) => one.name),
  );
});

const at = (text: string): number => Date.parse(text);

test('hours are those of the time zone, and past midnight those of the day on which they began', () => {
  const nights = createHours({
    timezone: 'Europe/Berlin',
    hours: [{ from: 22 * 60, to: 6 * 60 }],
    days: [5],
  });
  for (const [when, is] of [
    ['2026-11-27T20:59:00Z', false], // Friday, 21:59 in Berlin
    ['2026-11-27T21:00:00Z', true],
    ['2026-11-28T04:59:00Z', true], // Saturday, 05:59
    ['2026-11-28T05:00:00Z', false],
    ['2026-11-28T21:30:00Z', false], // Saturday night
    ['2026-07-03T20:00:00Z', true], // summer time
    ['2026-07-03T19:59:00Z', false],
  ] as const)
    assert.equal(nights(at(when)), is, when);
  const weekend = createHours({ timezone: 'UTC', days: [0, 6] });
  assert.equal(weekend(at('2026-11-29T00:00:00Z')), true);
  assert.equal(weekend(at('2026-11-30T00:00:00Z')), false);
  const whole = createHours({ timezone: 'UTC', hours: [{ from: 0, to: 1_440 }] });
  assert.equal(whole(at('2026-11-29T23:59:00Z')), true);
  assert.equal(whole(at('2026-11-29T00:00:00Z')), true);
});

const laid = (policies: readonly NamedPolicy[], said: Partial<Said> = {}) =>
  layDown(
    policies.map((one) => ({ policy: one, isAsked: true })),
    { ...SAID, ...said },
  );
const defaults = (preferences: Said['preferences'], models: readonly string[] = []) => ({
  defaults: { preferences, models },
});

test('the request’s own word goes before defaults, and the first policy’s before the second’s', () => {
  const found = laid(
    [
      policy('first', defaults({ sort: 'price', max_price: { prompt: '1' } }, ['a/b'])),
      policy('second', defaults({ sort: 'latency', zdr: true }, ['c/d'])),
    ],
    { preferences: { max_price: { prompt: '9' } } },
  );
  assert.deepEqual(found.preferences, { max_price: { prompt: '9' }, sort: 'price', zdr: true });
  assert.deepEqual(found.models, ['a/b']);
  assert.deepEqual(found.given, { sort: 'policy first', zdr: 'policy second', models: 'policy first' });
  assert.deepEqual(laid([policy('first', defaults({}, ['a/b']))], { models: ['x/y'] }).models, ['x/y']);
});

test('who says how to sort is given no order, and the other way round', () => {
  const both = [policy('p', defaults({ order: ['one'] })), policy('q', defaults({ sort: 'price' }))];
  assert.deepEqual(laid(both, { preferences: { sort: 'latency' } }).preferences, { sort: 'latency' });
  assert.deepEqual(laid(both, { preferences: { order: ['two'] } }).preferences, { order: ['two'] });
  assert.deepEqual(laid(both, { isSorted: true }).preferences, {});
});

test('rules of all policies hold, each for the models that it is about', () => {
  const found = layDown(
    [
      { policy: policy('a', { rules: { zdr: true } }), isAsked: true },
      {
        policy: policy('b', {
          when: { models: ['other/*'] },
          rules: { ignore: ['x'] },
          ...defaults({ sort: 'price' }),
        }),
        isAsked: false,
      },
    ],
    SAID,
  );
  assert.deepEqual(found.rules, [
    { source: 'policy a', zdr: true },
    { source: 'policy b', about: ['other/*'], ignore: ['x'] },
  ]);
  assert.deepEqual(found.preferences, {}, 'defaults are for what was asked for first');
});

const canary = (weight: number, by: 'key' | 'user' | 'session' | 'call' = 'key') =>
  policy('canary', {
    split: {
      by,
      arms: [
        { name: 'new', weight, model: 'acme/new', preferences: { sort: 'price' } },
        { name: 'old', weight: 100 - weight, model: null, preferences: {} },
      ],
    },
  });

test('an experiment has the share of the keys that its weights say, and a key stays in its arm while that grows', () => {
  const keys = Array.from({ length: 4_000 }, (_, number) => `key ${number}`);
  const armOf = (weight: number, keyId: string) => laid([canary(weight)], { keyId }).arm?.name;
  const few = keys.filter((key) => armOf(10, key) === 'new');
  assert(Math.abs(few.length - 400) < 80, `${few.length}`);
  assert(few.every((key) => armOf(10, key) === 'new' && armOf(30, key) === 'new'));
  assert.equal(keys.filter((key) => armOf(0, key) === 'new').length, 0);
});

test('an arm’s model is asked first and the request’s own behind it; what it prefers fills only what is open', () => {
  const found = laid([canary(100)], { models: ['x/y'], preferences: { ignore: ['one'] } });
  assert.deepEqual([found.model, ...found.models], ['acme/new', 'acme/big', 'x/y']);
  assert.deepEqual(found.preferences, { ignore: ['one'], sort: 'price' });
  assert.deepEqual(found.given, { sort: 'policy canary (new)' });
  assert.deepEqual(found.arm, { policy: 'canary', name: 'new' });
  assert.deepEqual(laid([canary(100)], { preferences: { sort: 'latency' } }).preferences, { sort: 'latency' });
});

test('a user or a session is in one arm whatever it asks; a call by itself is drawn', () => {
  const arms = (by: 'user' | 'session' | 'call', said: (number: number) => Partial<Said>) =>
    new Set(Array.from({ length: 64 }, (_, number) => laid([canary(50, by)], said(number)).arm?.name));
  assert.equal(arms('user', (number) => ({ user: 'u', sessionId: `${number}` })).size, 1);
  assert.equal(arms('user', (number) => ({ user: `${number}` })).size, 2);
  assert.equal(arms('session', (number) => ({ sessionId: `${number}` })).size, 2);
  assert.equal(arms('session', () => ({})).size, 1, 'without a session it is the key');
  assert.equal(arms('call', (number) => ({ draw: () => number / 64 })).size, 2);
});
