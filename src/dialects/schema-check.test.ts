import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../base/json.ts';
import { misfitOf } from './schema-check.ts';

const PLACE: JsonObject = {
  type: 'object',
  properties: {
    city: { type: 'string' },
    kind: { enum: ['town', 'village'] },
    height: { type: ['integer', 'null'] },
    twins: { type: 'array', items: { $ref: '#/$defs/twin' } },
    self: { $ref: '#' },
  },
  required: ['city'],
  additionalProperties: false,
  $defs: { twin: { anyOf: [{ type: 'string' }, { type: 'object', required: ['name'] }] } },
};

test('what breaks a schema is told by its place', () => {
  const cases: readonly (readonly [Json, string | null])[] = [
    [{ city: 'Köln' }, null],
    [{ city: 'Köln', kind: 'town', height: null, twins: ['Paris', { name: 'Rome' }], self: { city: 'Bonn' } }, null],
    ['Köln', '/: type'],
    [{}, '/city: required'],
    [{ city: 7 }, '/city: type'],
    [{ city: 'Köln', kind: 'metropolis' }, '/kind: enum'],
    [{ city: 'Köln', height: 1.5 }, '/height: type'],
    [{ city: 'Köln', twins: ['Paris', {}] }, '/twins/1: none of its forms'],
    [{ city: 'Köln', self: { city: null } }, '/self/city: type'],
    [{ city: 'Köln', river: 'Rhein' }, '/river: not allowed'],
  ];
  for (const [value, broken] of cases) assert.equal(misfitOf(PLACE, value), broken, JSON.stringify(value));
});

test('a schema that leads nowhere, or round in circles, breaks nothing', () => {
  for (const schema of [
    { $ref: '#' },
    { $ref: 'https://elsewhere.test/' },
    { $ref: '#/a/b' },
    { allOf: [{ $ref: '#' }] },
  ])
    assert.equal(misfitOf(schema as JsonObject, { city: 'Köln' }), null);
  assert.equal(misfitOf({ type: 'prose', minimum: 3, pattern: '(' }, 'x'), null);
});
