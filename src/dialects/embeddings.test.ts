/** Calls for embeddings as transcripts: what was asked, sent, answered and told stands in each dialect's `fixtures/`. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Json, JsonObject } from '../base/json.ts';
import type { EmbeddingCall } from '../call/embedding.ts';
import type { DialectId } from '../catalog/dialect-table.ts';
import type { Assets } from '../facts/asset.ts';
import type { Target } from '../facts/target.ts';
import type { WholeDialect } from './dialect.ts';
import { openaiEmbeddingsClient } from './openai-embeddings/index.ts';
import { UPSTREAM_DIALECTS } from './registry.ts';
import { sampleTarget } from './samples.ts';

type Transcript = {
  readonly upstreamId?: string;
  readonly asked: JsonObject;
  readonly assets?: { readonly [url: string]: { readonly mediaType: string; readonly data: string } };
  readonly sent: { readonly path: string; readonly body: JsonObject; readonly losses: readonly string[] };
  readonly answered: { readonly headers?: { readonly [name: string]: string }; readonly body: Json };
  readonly told: JsonObject;
};

const read = (path: string): Transcript => JSON.parse(readFileSync(path, 'utf8'));

const targetOf = (dialect: WholeDialect<'embeddings'>, upstreamId = 'upstream-model'): Target =>
  sampleTarget(dialect.id as DialectId, { endpoint: { upstreamId } });

function callOf(body: JsonObject): EmbeddingCall {
  const call = openaiEmbeddingsClient.decodeCall(body, { headers: {}, params: {} });
  assert(call.ok, JSON.stringify(call));
  return call.value;
}

for (const [id, dialect] of Object.entries(UPSTREAM_DIALECTS.embeddings)) {
  const folder = join(import.meta.dirname, id, 'fixtures');
  for (const file of readdirSync(folder).sort())
    test(`${id}: ${file.replace('.json', '')}`, () => {
      const { upstreamId, asked, assets = {}, sent, answered, told } = read(join(folder, file));
      const target = targetOf(dialect, upstreamId);
      const call = callOf(asked);
      const bytes: Assets = new Map(
        Object.entries(assets).map(([url, asset]) => [url, { ...asset, data: Buffer.from(asset.data, 'base64') }]),
      );
      assert.deepEqual(
        dialect.assets(call).map(({ url }) => url),
        Object.keys(assets),
      );
      const encoded = dialect.encodeCall(call, target, bytes);
      assert(encoded.ok, JSON.stringify(encoded));
      assert.equal(encoded.value.path, sent.path);
      assert.deepEqual(plain(encoded.value.body), sent.body);
      assert.deepEqual(
        encoded.value.losses.map(({ field }) => field),
        sent.losses,
      );

      const reply = dialect.decodeReply(answered.body, { target, call, headers: answered.headers ?? {} });
      assert(reply.ok, JSON.stringify(reply));
      const answer = openaiEmbeddingsClient.encodeReply(reply.value, {
        id: 'gen-1',
        created: 0,
        model: 'm',
        provider: 'P',
        call,
        newId: (prefix) => prefix,
      });
      assert.deepEqual(plain(answer), { object: 'list', id: 'gen-1', model: 'm', provider: 'P', ...told });
    });

  test(`${id}: garbage is a fault, never a throw`, () => {
    const target = targetOf(dialect, id === 'bedrock-embeddings' ? 'amazon.titan-embed-text-v2:0' : undefined);
    const context = { target, call: callOf({ model: 'm', input: 'one' }), headers: {} };
    const vectors = [[], [null], ['1'], [[1]], 'not base64!', 'AAAA', 7, null, {}];
    const bodies = vectors.flatMap((vector) => [
      { data: [{ embedding: vector }] },
      { embeddings: { float: [vector] } },
      { embeddings: [{ values: vector }] },
      { embedding: vector },
      { embeddings: [{ embeddingType: 'TEXT', embedding: vector }] },
      { predictions: [{ embeddings: { values: vector } }] },
    ]);
    for (const body of [...bodies, null, 1, 'x', [], {}, { data: {} }, { embeddings: 1 }] as Json[]) {
      const reply = dialect.decodeReply(body, context);
      assert(!reply.ok, JSON.stringify(body));
      assert.equal(reply.error.code, 'upstream_malformed');
    }
  });
}

test('what only some vendors take is refused by the others, so that another endpoint is tried', () => {
  const tokens = callOf({ model: 'm', input: [1, 2] });
  const audio = { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } };
  const sound = callOf({ model: 'm', input: ['text', { content: [audio] }] });
  for (const id of ['cohere-embeddings', 'bedrock-embeddings', 'gemini-embeddings', 'vertex-embeddings']) {
    const dialect = UPSTREAM_DIALECTS.embeddings[id];
    assert(dialect);
    const target = targetOf(dialect, id === 'bedrock-embeddings' ? 'amazon.titan-embed-text-v2:0' : undefined);
    const refused = dialect.encodeCall(tokens, target, new Map());
    assert(!refused.ok && refused.error.code === 'upstream_not_implemented', id);
    const heard = dialect.encodeCall(sound, target, new Map());
    assert.equal(heard.ok, id === 'gemini-embeddings');
    if (!heard.ok) assert.equal(heard.error.param, 'input[1]');
  }
});

test('an error inside an answer with status 200 is a fault', () => {
  const dialect = UPSTREAM_DIALECTS.embeddings['openai-embeddings'];
  assert(dialect);
  const context = { target: targetOf(dialect), call: callOf({ model: 'm', input: 'one' }), headers: {} };
  const reply = dialect.decodeReply({ error: { message: 'Slow down', code: 429 } }, context);
  assert(!reply.ok && reply.error.code === 'upstream_rate_limit');
});

/** Without the members that JSON does not carry. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
