import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../base/json.ts';
import { sampleOf } from './schema-sample.ts';
import { createDice } from './words.ts';

const sample = (schema: Json, seed = 1): Json => sampleOf(schema, createDice(seed), 'hint');

test('values keep to their bounds, whatever the dice say', () => {
  for (let seed = 0; seed < 200; seed++) {
    const whole = sample({ type: 'integer', minimum: 3, maximum: 5 }, seed);
    assert.ok(typeof whole === 'number' && Number.isInteger(whole) && whole >= 3 && whole <= 5, String(whole));
    const open = sample({ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 2 }, seed);
    assert.ok(typeof open === 'number' && open > 0 && open < 2, String(open));
    assert.equal((sample({ type: 'integer', multipleOf: 7, minimum: 8 }, seed) as number) % 7, 0);
  }
});

test('const, enum, default, examples, formats, lengths', () => {
  assert.equal(sample({ const: 4 }), 4);
  assert.ok(['a', 'b'].includes(String(sample({ enum: ['a', 'b'] }))));
  assert.equal(sample({ type: 'string', default: 'x' }), 'x');
  assert.equal(sample({ type: 'string', examples: ['y'] }), 'y');
  assert.equal(sample({ type: 'string', format: 'date' }), '2026-01-31');
  assert.equal(String(sample({ type: 'string', minLength: 10 })).length, 10);
  assert.equal(sample({ type: 'string', maxLength: 2 }), 'hi');
});

test('objects, arrays, references, alternatives; recursion ends', () => {
  const schema = {
    type: 'object',
    properties: {
      city: { type: ['string', 'null'] },
      tags: { type: 'array', items: { type: 'string' }, minItems: 2 },
      size: { $ref: '#/$defs/size' },
      either: { anyOf: [{ type: 'null' }, { type: 'boolean' }] },
    },
    $defs: { size: { type: 'integer', minimum: 1, maximum: 1 } },
  };
  const value = sample(schema) as { city: string; tags: string[]; size: number; either: boolean };
  assert.equal(value.city, 'Paris');
  assert.deepEqual(value.tags, ['hint', 'hint']);
  assert.equal(value.size, 1);
  assert.equal(typeof value.either, 'boolean');
  const endless = { type: 'object', properties: { next: { $ref: '#' } } };
  assert.ok(JSON.stringify(sample(endless)).length < 1000);
  assert.equal(typeof sample({ $ref: '#/nowhere' }), 'string');
  assert.equal(typeof sample({ $ref: '#/%E0%A4%A~1' }), 'string');
});
