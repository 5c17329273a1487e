/** Calls to rank as transcripts: what was asked, sent, answered and told in each provider's format. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../base/json.ts';
import type { RerankCall, RerankReply } from '../call/rerank.ts';
import { promptTokens } from '../call/usage.ts';
import type { DialectId } from '../catalog/dialect-table.ts';
import { DIALECT_IDS, operationOf } from '../catalog/dialect-table.ts';
import { CLIENT_DIALECTS, UPSTREAM_DIALECTS } from './registry.ts';
import { sampleTarget } from './samples.ts';

const client = CLIENT_DIALECTS.rerank['openrouter-rerank'] ?? assert.fail();

function callOf(body: JsonObject): RerankCall {
  const call = client.decodeCall({ model: 'author/model', query: 'q', documents: ['a', 'b', 'c'], ...body }, REQUEST);
  assert.ok(call.ok, JSON.stringify(call));
  return call.value;
}
const REQUEST = { headers: {}, params: {} };

type Transcript = {
  readonly upstreamId?: string;
  readonly asked: JsonObject;
  readonly path: string;
  readonly sent: JsonObject;
  readonly losses?: readonly string[];
  readonly answered: Json;
  readonly results?: RerankReply['results'];
  /** Search units and tokens. */
  readonly counted: readonly [number, number] | null;
};

const RESULTS = [
  { index: 2, relevance_score: 0.9 },
  { index: 0, relevance_score: 0.4 },
];
const RANKED = [
  { index: 2, score: 0.9 },
  { index: 0, score: 0.4 },
];
const ASKED = { top_n: 2 };

const TRANSCRIPTS: { readonly [id: string]: readonly Transcript[] } = {
  'cohere-rerank': [
    {
      asked: { ...ASKED, max_tokens_per_doc: 100 },
      path: '/rerank',
      sent: { model: 'm', query: 'q', documents: ['a', 'b', 'c'], top_n: 2, max_tokens_per_doc: 100 },
      answered: { id: 'c-1', results: RESULTS, meta: { billed_units: { search_units: 1 } } },
      counted: [1, 0],
    },
    {
      asked: { top_n: 9, truncation: false },
      path: '/rerank',
      sent: { model: 'm', query: 'q', documents: ['a', 'b', 'c'], top_n: 3 },
      losses: ['truncation'],
      answered: {
        results: [{ index: 1, relevance_score: 0.1 }, ...RESULTS],
        meta: { billed_units: { total_tokens: 12 } },
      },
      results: [...RANKED, { index: 1, score: 0.1 }],
      counted: [0, 12],
    },
  ],
  'jina-rerank': [
    {
      asked: {
        ...ASKED,
        documents: ['a', { text: 'b' }, { image: 'https://x.test/c.png', text: 'c' }],
        truncation: true,
      },
      path: '/rerank',
      sent: {
        model: 'm',
        query: 'q',
        documents: ['a', 'b', { text: 'c', image: 'https://x.test/c.png' }],
        top_n: 2,
        return_documents: false,
        truncation: true,
      },
      answered: { model: 'm', object: 'list', usage: { total_tokens: 30 }, results: RESULTS },
      counted: [0, 30],
    },
    {
      asked: { ...ASKED, max_tokens_per_doc: 9 },
      path: '/rerank',
      sent: { model: 'm', query: 'q', documents: ['a', 'b', 'c'], top_n: 2, return_documents: false },
      losses: ['max_tokens_per_doc'],
      answered: { id: 'v-1', object: 'list', data: RESULTS, usage: { total_tokens: 5 } },
      counted: [0, 5],
    },
    {
      asked: ASKED,
      path: '/rerank',
      sent: { model: 'm', query: 'q', documents: ['a', 'b', 'c'], top_n: 2, return_documents: false },
      answered: { results: RESULTS, meta: { billed_units: { input_tokens: 7, search_units: 0 } } },
      counted: [0, 7],
    },
  ],
  'deepinfra-rerank': [
    {
      asked: ASKED,
      path: '/m',
      sent: { queries: ['q', 'q', 'q'], documents: ['a', 'b', 'c'] },
      answered: { scores: [0.4, 0.1, 0.9], input_tokens: 42, request_id: null },
      counted: [0, 42],
    },
  ],
  'bedrock-rerank': [
    {
      upstreamId: 'cohere.rerank-v3-5:0',
      asked: ASKED,
      path: '/model/cohere.rerank-v3-5%3A0/invoke',
      sent: { query: 'q', documents: ['a', 'b', 'c'], top_n: 2, api_version: 2 },
      answered: { results: RESULTS },
      counted: null,
    },
    {
      upstreamId: 'amazon.rerank-v1:0',
      asked: { max_tokens_per_doc: 9, ...ASKED },
      path: '/model/amazon.rerank-v1%3A0/invoke',
      sent: { query: 'q', documents: ['a', 'b', 'c'], top_n: 2 },
      losses: ['max_tokens_per_doc'],
      answered: { results: RESULTS },
      counted: null,
    },
  ],
  'vertex-rerank': [
    {
      asked: ASKED,
      path: '/rankingConfigs/default_ranking_config:rank',
      sent: {
        model: 'm',
        query: 'q',
        records: [
          { id: '0', content: 'a' },
          { id: '1', content: 'b' },
          { id: '2', content: 'c' },
        ],
        topN: 2,
        ignoreRecordDetailsInResponse: true,
      },
      answered: {
        records: [
          { id: '2', score: 0.9 },
          { id: '0', score: 0.4 },
        ],
      },
      counted: [1, 0],
    },
  ],
  'tei-rerank': [
    {
      asked: ASKED,
      path: '/rerank',
      sent: { truncate: true, query: 'q', texts: ['a', 'b', 'c'] },
      answered: [
        { index: 2, score: 0.9 },
        { index: 0, score: 0.4 },
        { index: 1, score: 0.2 },
      ],
      counted: null,
    },
  ],
};

test('every format has its transcripts', () => {
  const known = DIALECT_IDS.filter((id) => operationOf(id) === 'rerank').sort();
  assert.deepEqual(Object.keys(TRANSCRIPTS).sort(), known);
  assert.deepEqual(Object.keys(UPSTREAM_DIALECTS.rerank).sort(), known);
});

for (const [id, transcripts] of Object.entries(TRANSCRIPTS))
  for (const [
    at,
    { upstreamId = 'm', asked, path, sent, losses = [], answered, results = RANKED, counted },
  ] of transcripts.entries())
    test(`${id}: transcript ${at + 1}`, () => {
      const dialect = UPSTREAM_DIALECTS.rerank[id] ?? assert.fail();
      const target = sampleTarget(id as DialectId, { endpoint: { upstreamId } });
      const call = callOf(asked);
      const encoded = dialect.encodeCall(call, target, new Map());
      assert.ok(encoded.ok, JSON.stringify(encoded));
      assert.equal(encoded.value.path, path);
      assert.deepEqual(encoded.value.body, sent);
      assert.deepEqual(
        encoded.value.losses.map(({ field }) => field),
        losses,
      );
      const reply = dialect.decodeReply(answered, { target, call, headers: {} });
      assert.ok(reply.ok, JSON.stringify(reply));
      assert.deepEqual(reply.value.results, results);
      const { usage } = reply.value;
      assert.deepEqual(usage ? [usage.searchUnits, promptTokens(usage)] : null, counted);
    });

const WRONG: readonly (readonly [what: string, results: Json])[] = [
  ['a place there is not', [{ index: 3, relevance_score: 1 }]],
  ['a place below the first', [{ index: -1, relevance_score: 1 }]],
  ['half a place', [{ index: 0.5, relevance_score: 1 }]],
  ['a place twice', [RESULTS[0] ?? null, RESULTS[0] ?? null]],
  ['fewer results than were asked for', [RESULTS[0] ?? null]],
  ['no results', []],
  ['a score that is none', [{ index: 0, relevance_score: 'high' }]],
  ['nothing that is a result', ['x']],
  ['no list', 'x'],
];
for (const [what, results] of WRONG)
  test(`a vendor that answers with ${what} has not ranked the documents`, () => {
    const target = sampleTarget('cohere-rerank');
    const dialect = UPSTREAM_DIALECTS.rerank['cohere-rerank'] ?? assert.fail();
    const reply = dialect.decodeReply({ results }, { target, call: callOf(ASKED), headers: {} });
    assert.ok(!reply.ok);
    assert.equal(reply.error.code, 'upstream_malformed');
  });

test('whoever ranks only texts is not sent pictures', () => {
  const call = callOf({ documents: ['a', { image: 'https://x.test/a.png' }] });
  for (const [id, dialect] of Object.entries(UPSTREAM_DIALECTS.rerank)) {
    const encoded = dialect.encodeCall(call, sampleTarget(id as DialectId), new Map());
    if (id === 'jina-rerank') assert.ok(encoded.ok);
    else assert.ok(!encoded.ok && encoded.error.param === 'documents[1]');
  }
});

const REFUSED: readonly (readonly [body: JsonObject, param: string, words: RegExp])[] = [
  [{ query: null }, 'query', /Missing required parameter: 'query'/],
  [{ query: ' ' }, 'query', /empty string/],
  [{ query: ['q'] }, 'query', /string/],
  [{ documents: null }, 'documents', /Missing required parameter/],
  [{ documents: 'a' }, 'documents', /array/],
  [{ documents: [] }, 'documents', /at least one document, but got 0/],
  [{ documents: new Array(10_001).fill('a') }, 'documents', /at most 10000 documents, but got 10001/],
  [{ documents: ['a', 7] }, 'documents[1]', /string or an object/],
  [{ documents: [{}] }, 'documents[0]', /needs a text or an image/],
  [{ documents: [{ text: 7 }] }, 'documents[0].text', /string/],
  [{ top_n: 0 }, 'top_n', />= 1/],
  [{ top_n: 1.5 }, 'top_n', /integer/],
  [{ max_tokens_per_doc: 'all' }, 'max_tokens_per_doc', /number/],
  [{ return_documents: 'yes' }, 'return_documents', /boolean/],
];
for (const [name, dialect] of Object.entries(CLIENT_DIALECTS.rerank))
  test(`${name}: what is wrong with a call is told with its place`, () => {
    for (const [body, param, words] of REFUSED) {
      const call = dialect.decodeCall({ model: 'm', query: 'q', documents: ['a'], ...body }, REQUEST);
      assert.ok(!call.ok, JSON.stringify(body).slice(0, 100));
      assert.equal(call.error.param, param);
      assert.match(call.error.message, words);
    }
  });
