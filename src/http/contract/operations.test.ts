import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../base/json.ts';
import type { PostedId } from '../../call/operation.ts';
import { CLIENT_DIALECTS } from '../../dialects/registry.ts';
import { INFERENCE_ROUTES } from '../inference-routes.ts';
import { OPERATION_FIELDS } from './operations.ts';

const LEAST: { readonly [O in keyof typeof OPERATION_FIELDS]: JsonObject } = {
  embeddings: { input: 'a' },
  rerank: { query: 'q', documents: ['a'] },
  decisions: { state: 'a', questions: { q: { type: 'noul', instructions: 'a' } } },
  moderations: { input: 'a' },
  images: { prompt: 'a' },
  speech: { input: 'a' },
  videos: { prompt: 'a' },
  transcription: { input_audio: { data: 'UklGRiQAAABXQVZF', format: 'wav' } },
};

for (const [operation, { fields }] of Object.entries(OPERATION_FIELDS) as [
  keyof typeof OPERATION_FIELDS,
  (typeof OPERATION_FIELDS)['rerank'],
][]) {
  const route = INFERENCE_ROUTES.find((entry) => entry.operation === operation) ?? assert.fail();
  const client = CLIENT_DIALECTS[operation as PostedId][route.dialect] ?? assert.fail();
  for (const field of fields)
    test(`${operation}: ${field.name} is a field of its own, and its example is taken`, () => {
      const more = field.name === 'timestamp_granularities' ? { response_format: 'verbose_json' } : {};
      const body = { model: 'a/b', ...LEAST[operation], ...more, [field.name]: field.example } as JsonObject;
      const decoded = client.decodeCall(body, { headers: {}, params: {} });
      assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.message);
      assert.equal('native' in decoded.value ? decoded.value.native : undefined, undefined);
    });
}
