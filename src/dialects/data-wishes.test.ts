import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../call/call.ts';
import type { EmbeddingCall } from '../call/embedding.ts';
import type { DialectId } from '../catalog/dialect-table.ts';
import type { Target } from '../facts/target.ts';
import { openaiChatUpstream } from './openai-chat/index.ts';
import { openaiEmbeddingsUpstream } from './openai-embeddings/index.ts';
import { sampleCall, sampleTarget } from './samples.ts';

const ASKED: Call['gateway'] = { provider: { data_collection: 'deny', zdr: true, sort: 'price' } };
const WISHES = { data_collection: 'deny', zdr: true };

function broker(id: DialectId): Target {
  const { model, endpoint } = sampleTarget(id);
  const policy = { trainsOnData: true, trainingStated: false, retainsDays: null, perRequest: true };
  return { model, endpoint: { ...endpoint, provider: { ...endpoint.provider, policy } } };
}

const chat = (gateway: Call['gateway'], target: Target): unknown => {
  const encoded = openaiChatUpstream.encodeCall(sampleCall({ gateway }), target, new Map());
  assert.ok(encoded.ok);
  return (encoded.value.body as { readonly provider?: unknown }).provider;
};

test('a broker hears what the caller demands for its data, and nothing else of its preferences', () => {
  assert.deepEqual(chat(ASKED, broker('openai-chat')), WISHES);
  assert.equal(chat({ provider: { data_collection: 'allow', sort: 'price' } }, broker('openai-chat')), undefined);
  assert.equal(chat(ASKED, sampleTarget('openai-chat')), undefined, 'nobody else knows the field');
});

test('so it does for embeddings', () => {
  const input = { type: 'content', parts: [{ type: 'text', text: 'a' }] } as const;
  const call: EmbeddingCall = { model: 'author/model', models: [], inputs: [input], gateway: ASKED };
  const encoded = openaiEmbeddingsUpstream.encodeCall(call, broker('openai-embeddings'), new Map());
  assert.ok(encoded.ok);
  assert.deepEqual((encoded.value.body as { readonly provider?: unknown }).provider, WISHES);
});
