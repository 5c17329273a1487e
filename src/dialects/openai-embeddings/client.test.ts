import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { base64Of, numbersOf } from '../vectors.ts';
import { openaiEmbeddingsClient } from './index.ts';

const decode = (body: JsonObject) =>
  openaiEmbeddingsClient.decodeCall({ model: 'm', ...body }, { headers: {}, params: {} });

test('the gateway’s own fields are read and reach no vendor', () => {
  const call = decode({
    input: 'one',
    models: ['m2'],
    provider: { order: ['a'] },
    session_id: 's',
    user: 'u',
    trace: { id: 't' },
    normalize: true,
  });
  assert(call.ok);
  const { models, gateway, sessionId, user, native } = call.value;
  assert.deepEqual(models, ['m2']);
  assert.deepEqual(gateway.provider, { order: ['a'] });
  assert.deepEqual([sessionId, user], ['s', 'u']);
  assert.deepEqual(native, { dialect: 'openai-embeddings', fields: { normalize: true } });
});

test('a body that is wrong is refused with the field at fault', () => {
  const wrong: readonly (readonly [JsonObject, string])[] = [
    [{}, 'input'],
    [{ input: null }, 'input'],
    [{ input: '' }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: 7 }, 'input'],
    [{ input: ['a', ''] }, 'input[1]'],
    [{ input: [1, -1] }, 'input'],
    [{ input: [1, 'a'] }, 'input'],
    [{ input: [[1.5]] }, 'input[0]'],
    [{ input: [[]] }, 'input[0]'],
    [{ input: [null] }, 'input[0]'],
    [{ input: [{ content: [] }] }, 'input[0].content'],
    [{ input: [{ content: [{ type: 'smell' }] }] }, 'input[0].content[0].type'],
    [{ input: [{ content: [{ type: 'image_url' }] }] }, 'input[0].content[0].image_url.url'],
    [{ input: [{ content: [{ type: 'input_file' }] }] }, 'input[0].content[0].input_file.data'],
    [{ input: 'a', encoding_format: 'hex' }, 'encoding_format'],
    [{ input: 'a', dimensions: 0 }, 'dimensions'],
    [{ input: 'a', provider: { orders: [] } }, 'provider'],
    [{ input: Array.from({ length: LIMITS.embedding_inputs_max + 1 }, (): Json => 'a') }, 'input'],
  ];
  for (const [body, param] of wrong) {
    const call = decode(body);
    assert(!call.ok, JSON.stringify(body).slice(0, 100));
    assert.equal(call.error.code, 'invalid_request');
    assert.equal(call.error.param, param);
  }
});

test('base64 is little-endian float32, there and back', () => {
  assert.equal(base64Of([1, -0.5]), Buffer.from([0, 0, 0x80, 0x3f, 0, 0, 0, 0xbf]).toString('base64'));
  assert.deepEqual(numbersOf({ base64: base64Of([1, -0.5, 0.1]) }), [1, -0.5, Math.fround(0.1)]);
});
