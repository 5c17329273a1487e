import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../base/json.ts';
import { closedSchema, isClosable } from './closed-schema.ts';

const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({ type: 'object', properties, ...more });
const text = { type: 'string' };

const closed = (schema: JsonObject): { schema: Json | undefined; lost: string[] } => {
  const lost: string[] = [];
  return { schema: closedSchema(schema, (keyword) => lost.push(keyword)), lost };
};

test('what Claude cannot be held to stands in the description, as its SDKs put it', () => {
  const score = { type: 'integer', description: 'Of ten.', minimum: 1, maximum: 10 };
  const tags = { type: 'array', items: { type: 'string', pattern: '^[a-z]+$' }, minItems: 2, uniqueItems: true };
  assert.deepEqual(closed(object({ score, tags }, { $schema: 'https://json-schema.org/draft/2020-12/schema' })), {
    schema: object(
      {
        score: { type: 'integer', description: 'Of ten.\n\n{minimum: 1, maximum: 10}' },
        tags: {
          type: 'array',
          items: { type: 'string', description: '{pattern: "^[a-z]+$"}' },
          description: '{minItems: 2, uniqueItems: true}',
        },
      },
      { additionalProperties: false },
    ),
    lost: ['minimum', 'maximum', 'pattern', 'minItems', 'uniqueItems'],
  });
});

test('every object is closed: one that may be null, one whose type is left out, one that an alternative names', () => {
  const schema = object({
    maybe: { type: ['object', 'null'], properties: { y: text } },
    untyped: { properties: { y: text } },
    either: { oneOf: [object({ a: text }), { type: 'null' }] },
    minimum: { const: { minimum: 3 } },
  });
  assert.deepEqual(closed(schema), {
    schema: object(
      {
        maybe: { type: ['object', 'null'], properties: { y: text }, additionalProperties: false },
        untyped: { type: 'object', properties: { y: text }, additionalProperties: false },
        either: { anyOf: [object({ a: text }, { additionalProperties: false }), { type: 'null' }] },
        minimum: { const: { minimum: 3 } },
      },
      { additionalProperties: false },
    ),
    lost: [],
  });
});

test('allOf of one, in which older generators wrap a reference, is that one', () => {
  const schema = object(
    { place: { allOf: [{ $ref: '#/$defs/Place' }] } },
    { $defs: { Place: object({ name: text }), City: { allOf: [object({ zip: text })] } } },
  );
  assert.equal(isClosable(schema), true);
  assert.deepEqual(closed(schema).schema, {
    ...object({ place: { $ref: '#/$defs/Place' } }, { additionalProperties: false }),
    $defs: {
      Place: object({ name: text }, { additionalProperties: false }),
      City: object({ zip: text }, { additionalProperties: false }),
    },
  });
});

const node = object({ value: text, next: { anyOf: [{ $ref: '#/$defs/Node' }, { type: 'null' }] } });

for (const [what, schema] of Object.entries({
  'refers to itself': object({ list: { $ref: '#/$defs/Node' } }, { $defs: { Node: node } }),
  'refers to its root': object({ child: { $ref: '#' } }),
  'refers in a circle': { $ref: '#/$defs/A', $defs: { A: { $ref: '#/$defs/B' }, B: { $ref: '#/$defs/A' } } },
  'refers elsewhere': object({ place: { $ref: 'https://example.com/place.json' } }),
  'names nothing of an object': object({ metadata: { type: 'object' } }),
  'is a map': object({ counts: { type: 'object', additionalProperties: { type: 'integer' } } }),
  'is a map by patterns': object({ counts: { type: 'object', patternProperties: { '^x': text } } }),
  'has a tuple': object({ pair: { type: 'array', prefixItems: [text, text] } }),
  'has a tuple of the older kind': object({ pair: { type: 'array', items: [text, text] } }),
  'joins objects': object({ both: { allOf: [object({ a: text }), object({ b: text })] } }),
  'has an enum of objects': object({ one: { enum: ['a', { b: 1 }] } }),
  'takes anything somewhere': object({ anything: {} }),
  'takes anything by true': object({ anything: true }),
}))
  test(`Claude is not held to a schema that ${what}`, () => {
    assert.equal(isClosable(schema), false);
  });

test('a definition used twice is no circle, and a property may be called like a keyword', () => {
  const Place = object({ name: text, additionalProperties: text, patternProperties: text, items: text });
  const place = { $ref: '#/$defs/Place' };
  assert.equal(isClosable(object({ from: place, to: place }, { $defs: { Place } })), true);
});
