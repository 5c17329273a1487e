import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonSchema } from './tools.ts';

test('Google’s schema becomes one of JSON Schema, its properties in the order that was asked for', () => {
  const schema = {
    type: 'OBJECT',
    properties: {
      third: { type: 'ARRAY', items: { type: 'NUMBER', format: 'double' }, minItems: '1' },
      second: { type: 'INTEGER', format: 'int32', minimum: 1 },
      first: { type: 'STRING', nullable: true, format: 'enum', enum: ['x'] },
      inner: { type: 'OBJECT', properties: { b: { type: 'STRING', format: 'date-time' }, a: { type: 'BOOLEAN' } } },
    },
    propertyOrdering: ['first', 'second', 'third'],
    required: ['first'],
  };
  const converted = jsonSchema(schema);
  assert.deepEqual(converted, {
    type: 'object',
    properties: {
      first: { type: ['string', 'null'], enum: ['x'] },
      second: { type: 'integer', minimum: 1 },
      third: { type: 'array', items: { type: 'number' }, minItems: 1 },
      inner: { type: 'object', properties: { b: { type: 'string', format: 'date-time' }, a: { type: 'boolean' } } },
    },
    required: ['first'],
  });
  assert.deepEqual(Object.keys(converted.properties as object), ['first', 'second', 'third', 'inner']);
});

test('so it does in snake case', () => {
  const { properties, ...rest } = jsonSchema({
    type: 'OBJECT',
    properties: { b: { type: 'STRING' }, a: { type: 'STRING' } },
    property_ordering: ['a', 'b'],
  });
  assert.deepEqual([Object.keys(properties as object), rest], [['a', 'b'], { type: 'object' }]);
});
