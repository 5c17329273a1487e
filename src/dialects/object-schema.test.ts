import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../base/json.ts';
import { objectSchema } from './object-schema.ts';

const rooted = (schema: JsonObject): { readonly schema: JsonObject; readonly lost: readonly string[] } => {
  const lost: string[] = [];
  return { schema: objectSchema(schema, (keyword) => lost.push(keyword)), lost };
};
const text: Json = { type: 'string' };

test('a plain object goes as it is', () => {
  const schema = { type: 'object', properties: { a: { anyOf: [text, { type: 'null' }] } } };
  assert.equal(rooted(schema).schema, schema);
});

test('a root that is a reference is what it names', () => {
  const $defs = {
    A: { type: 'object', properties: { x: text, next: { $ref: '#/$defs/A' } }, required: ['x'] },
    B: { $ref: '#/$defs/A', description: 'B' },
  };
  const { schema, lost } = rooted({ $ref: '#/$defs/B', $defs });
  assert.deepEqual(schema, { ...$defs.A, description: 'B', $defs });
  assert.deepEqual(lost, []);
});

test('alternatives are merged: their properties, and what all of them require', () => {
  const { schema, lost } = rooted({
    oneOf: [
      { $ref: '#/definitions/Text' },
      { type: 'object', properties: { url: text, mode: text }, required: ['url', 'mode'] },
      { type: 'null' },
    ],
    definitions: { Text: { type: 'object', properties: { content: text, mode: text }, required: ['content', 'mode'] } },
  });
  assert.deepEqual(schema.properties, { content: text, mode: text, url: text });
  assert.deepEqual([schema.type, schema.required], ['object', ['mode']]);
  assert.ok(!('oneOf' in schema));
  assert.deepEqual(lost, ['oneOf']);
});

test('alternatives within alternatives are merged as well', () => {
  const branch = (name: string): JsonObject => ({ properties: { [name]: text } });
  const { schema } = rooted({ allOf: [{ anyOf: [branch('a'), branch('b')] }, branch('c')] });
  assert.deepEqual(schema, { type: 'object', properties: { a: text, b: text, c: text } });
});

test('a root that is no object becomes one', () => {
  assert.deepEqual(rooted({ type: ['object', 'null'], properties: { a: text } }), {
    schema: { type: 'object', properties: { a: text } },
    lost: [],
  });
  assert.deepEqual(rooted({ type: 'string' }), {
    schema: { type: 'object', properties: {} },
    lost: ['type "string"'],
  });
  assert.deepEqual(rooted({}), { schema: { type: 'object', properties: {} }, lost: [] });
});

test('references in a circle, or to nowhere, come to an end', () => {
  const A: JsonObject = { anyOf: Array(100).fill({ $ref: '#/$defs/A' }) };
  assert.equal(rooted({ $ref: '#/$defs/A', $defs: { A } }).schema.type, 'object');
  assert.deepEqual(rooted({ $ref: 'https://example.org/schema' }), {
    schema: { type: 'object', properties: {} },
    lost: ['$ref'],
  });
});

test('what else is refused at the top goes, and only there', () => {
  const properties = { a: { type: 'string', enum: ['x'], not: { const: 'y' } } };
  const { schema, lost } = rooted({ type: 'object', properties, enum: [{ a: 'x' }], not: { required: ['b'] } });
  assert.deepEqual(schema, { type: 'object', properties });
  assert.deepEqual(lost, ['enum', 'not']);
});
