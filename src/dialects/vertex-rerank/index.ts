import { arrayOf, type Json, objectOf } from '../../base/json.ts';
import { ok } from '../../base/result.ts';
import type { Loss } from '../../call/loss.ts';
import { resultsWanted } from '../../call/rerank.ts';
import { usageOf } from '../../call/usage.ts';
import type { WholeDialect } from '../dialect.ts';
import { decodeGeminiFault } from '../gemini-fault.ts';
import { loseDocumentLength, nativeOf, rankedReply, readRanked, textsOf } from '../rerank-answer.ts';

const VERTEX_RERANK = 'vertex-rerank';
/** Records that one request takes (docs.cloud.google.com/generative-ai-app-builder/docs/ranking, read 2026-11-29). */
const RECORDS_MAX = 200;
/** One query is paid for as many records as this. */
const RECORDS_PER_UNIT = 100;

/** Google's ranking API: records with an id each, which come back with a score. Nothing is counted in the answer. */
export const vertexRerankUpstream: WholeDialect<'rerank'> = {
  id: VERTEX_RERANK,
  entriesMax: () => RECORDS_MAX,
  assets: () => [],
  encodeCall: (call, target) => {
    const documents = textsOf(call, target);
    if (!documents.ok) return documents;
    const losses: Loss[] = [];
    loseDocumentLength(call, losses);
    const body = {
      ...nativeOf(call, VERTEX_RERANK, losses),
      model: target.endpoint.upstreamId,
      query: call.query,
      records: documents.value.map((content, at) => ({ id: String(at), content })),
      topN: resultsWanted(call),
      ignoreRecordDetailsInResponse: true,
    };
    return ok({ path: '/rankingConfigs/default_ranking_config:rank', headers: {}, body, losses });
  },
  decodeReply: (body, context) => {
    const records = arrayOf(objectOf(body).records).map(objectOf);
    const entries = records.map(({ id, score }) => ({ index: placeOf(id), score: score ?? null }));
    const searchUnits = Math.ceil(context.call.documents.length / RECORDS_PER_UNIT);
    return rankedReply(readRanked(entries, 'score'), { usage: usageOf({ searchUnits }) }, context, body);
  },
  decodeFault: decodeGeminiFault,
};

/** The ids are ours. */
const placeOf = (id: Json | undefined): number | null =>
  typeof id === 'string' && /^\d{1,6}$/.test(id) ? Number(id) : null;
