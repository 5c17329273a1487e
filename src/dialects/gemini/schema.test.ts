import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import { geminiSchema } from './schema.ts';

test('what Gemini does not read is rewritten where that loses nothing, else named', () => {
  const { schema, dropped } = geminiSchema({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      kind: { const: 'a' },
      count: { type: 'integer', exclusiveMinimum: 0, default: 1 },
      share: { type: 'number', exclusiveMaximum: 1 },
      name: { type: 'string', pattern: '^x', minLength: 2, nullable: true },
      flag: { enum: [true] },
    },
    additionalProperties: false,
    required: ['kind'],
  });
  assert.deepEqual(schema, {
    type: 'object',
    properties: {
      kind: { enum: ['a'] },
      count: { type: 'integer', minimum: 1 },
      share: { type: 'number', maximum: 1 },
      name: { type: ['string', 'null'] },
      flag: {},
    },
    additionalProperties: false,
    required: ['kind'],
  });
  assert.deepEqual([...dropped].sort(), ['enum', 'exclusiveMaximum', 'minLength', 'pattern']);
});

test('references are written out, unless they contain themselves', () => {
  const { schema, dropped } = geminiSchema({
    type: 'object',
    properties: { place: { $ref: '#/definitions/Place', description: 'Where' }, tree: { $ref: '#/$defs/Node' } },
    definitions: { Place: { type: 'string' } },
    $defs: { Node: { type: 'object', properties: { next: { $ref: '#/$defs/Node' } } } },
  });
  const node = { type: 'object', properties: { next: { $ref: '#/$defs/Node' } } };
  assert.deepEqual(schema, {
    type: 'object',
    properties: { place: { type: 'string', description: 'Where' }, tree: node },
    $defs: { Node: node },
  });
  assert.deepEqual(dropped, []);
});

test('allOf becomes one schema', () => {
  const { schema } = geminiSchema({
    allOf: [{ type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }, { $ref: '#/$defs/B' }],
    $defs: { B: { properties: { b: { type: 'number' } }, required: ['b'] } },
  });
  assert.deepEqual(schema, {
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'number' } },
    required: ['a', 'b'],
  });
});

test('a schema that would unfold without end is cut', () => {
  const definitions: { [name: string]: JsonObject } = {};
  for (let at = 0; at < 40; at++) {
    const next = { $ref: `#/$defs/D${at + 1}` };
    definitions[`D${at}`] = { type: 'object', properties: { left: next, right: next } };
  }
  definitions.D40 = { type: 'string' };
  const { schema, dropped } = geminiSchema({ $ref: '#/$defs/D0', $defs: definitions });
  assert.ok(JSON.stringify(schema).length < 1_000_000);
  assert.deepEqual(dropped, ['nesting']);
});

test('an enumeration holds no empty string and no null, and is not empty', () => {
  const { schema, dropped } = geminiSchema({
    type: 'object',
    properties: {
      op: { type: 'string', enum: ['', 'on', 'off'] },
      state: { type: ['string', 'null'], enum: ['a', null] },
      place: { type: 'string', enum: ['a', null] },
      untyped: { enum: ['a', 1, null] },
      none: { type: 'string', enum: [''] },
      nothing: { const: null },
      empty: { const: '' },
      deep: { anyOf: [{ type: 'string', enum: ['', 'x'] }, { type: 'null' }] },
    },
  });
  assert.deepEqual(schema.properties, {
    op: { type: 'string', enum: ['on', 'off'] },
    state: { type: ['string', 'null'], enum: ['a'] },
    place: { type: ['string', 'null'], enum: ['a'] },
    untyped: { enum: ['a', 1], type: ['null', 'number', 'string'] },
    none: { type: 'string' },
    nothing: { type: 'null' },
    empty: {},
    deep: { anyOf: [{ type: 'string', enum: ['x'] }, { type: 'null' }] },
  });
  assert.deepEqual(dropped, ['enum', 'const']);
});

test('only what is a property can be required', () => {
  const { schema, dropped } = geminiSchema({
    type: 'object',
    properties: { a: { type: 'string' }, map: { type: 'object', required: ['x'] } },
    required: ['a', 'gone'],
  });
  assert.deepEqual(schema, {
    type: 'object',
    properties: { a: { type: 'string' }, map: { type: 'object' } },
    required: ['a'],
  });
  assert.deepEqual(dropped, ['required']);
});
