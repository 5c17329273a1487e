import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EmbeddingCall } from '../call/embedding.ts';
import type { RerankCall, RerankReply } from '../call/rerank.ts';
import { usageOf } from '../call/usage.ts';
import { DIALECTS } from '../dialects/registry.ts';
import { sampleTarget } from '../dialects/samples.ts';
import { embeddingErrand } from './embedding-errand.ts';
import { rerankErrand } from './rerank-errand.ts';

const embedding = (...texts: string[]): EmbeddingCall => ({
  model: 'author/model',
  models: [],
  inputs: texts.map((text) => ({ type: 'content', parts: [{ type: 'text', text }] })),
  gateway: {},
});
const ranking = (count: number, more: Partial<RerankCall> = {}): RerankCall => ({
  model: 'author/model',
  models: [],
  query: 'q',
  documents: Array.from({ length: count }, (_, at) => ({ parts: [{ type: 'text', text: `${at}` }] })),
  repeatsDocuments: true,
  gateway: {},
  ...more,
});

test('a vendor is told a pseudonym of the caller’s user, the same each time, and never the name itself', () => {
  const told = (user: string): unknown => {
    const errand = embeddingErrand({ dialects: DIALECTS }, { ...embedding('a'), user });
    const translated = errand.translate(sampleTarget('openai-embeddings'));
    assert.ok(translated.ok);
    const encoded = translated.value[0].encode(new Map());
    assert.ok(encoded.ok);
    assert.doesNotMatch(JSON.stringify(encoded.value), /alice/);
    return encoded.value.body.user;
  };
  assert.equal(typeof told('alice'), 'string');
  assert.equal(told('alice'), told('alice'));
  assert.notEqual(told('alice'), told('alice2'));
});

test('parts of a call are answered by their places in the whole, and ranked together', () => {
  const call = ranking(70, { topN: 3 });
  const errand = rerankErrand({ dialects: DIALECTS }, call);
  const translated = errand.translate(sampleTarget('tei-rerank'));
  assert.ok(translated.ok);
  assert.equal(translated.value.length, 3);
  const replies: RerankReply[] = [];
  // The host finds each part's last document the best, and the second part's above all.
  for (const [part, { encode, read }] of translated.value.entries()) {
    const encoded = encode(new Map());
    assert.ok(encoded.ok);
    const texts = encoded.value.body.texts as string[];
    const reader = read(
      { 'content-type': 'application/json' },
      {
        events: () => assert.fail('nothing is streamed'),
        replied: (reply) => replies.push(reply),
        failed: ({ message }) => assert.fail(message),
      },
      { method: 'POST', url: 'https://sample.test/rerank', headers: {}, body: '{}', reach: 'operator' },
    );
    const scores = texts.map((_, index) => ({ index, score: index / 100 + (part === 1 ? 0.5 : 0) }));
    reader.push(Buffer.from(JSON.stringify(scores)));
    reader.end();
  }
  const [first, ...others] = replies;
  assert.ok(first);
  const { results } = errand.join([first, ...others]);
  assert.deepEqual(
    results.map(({ index }) => index),
    [63, 62, 61],
  );
});

test('one answer without a count leaves the whole uncounted', () => {
  const errand = rerankErrand({ dialects: DIALECTS }, ranking(1));
  const told = { results: [{ index: 0, score: 1 }] };
  const usage = usageOf({ searchUnits: 1 });
  assert.equal(
    errand.join([
      { ...told, usage },
      { ...told, usage },
    ]).usage?.searchUnits,
    2,
  );
  assert.equal(errand.join([{ ...told, usage }, told]).usage, undefined);
});

test('a call with more entries than the most requests hold is refused before anything is sent', () => {
  const translated = rerankErrand({ dialects: DIALECTS }, ranking(2_049)).translate(sampleTarget('tei-rerank'));
  assert.ok(!translated.ok && translated.error.param === 'documents');
  assert.ok(rerankErrand({ dialects: DIALECTS }, ranking(2_048)).translate(sampleTarget('tei-rerank')).ok);
});
