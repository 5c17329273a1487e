import { objectOf, stringOf } from '../../base/json.ts';
import { ok } from '../../base/result.ts';
import type { Loss } from '../../call/loss.ts';
import { resultsWanted } from '../../call/rerank.ts';
import { decodeCohereFault } from '../cohere-fault.ts';
import type { WholeDialect } from '../dialect.ts';
import { billedUsage, nativeOf, rankedReply, readRanked, textsOf } from '../rerank-answer.ts';
import { COHERE_RERANK } from './name.ts';

export { cohereRerankClient } from './client.ts';

/** Documents that one request takes (best practices for Rerank, read 2026-11-29). */
const DOCUMENTS_MAX = 10_000;

/** Cohere's own `POST /v2/rerank`. */
export const cohereRerankUpstream: WholeDialect<'rerank'> = {
  id: COHERE_RERANK,
  entriesMax: () => DOCUMENTS_MAX,
  assets: () => [],
  encodeCall: (call, target) => {
    const documents = textsOf(call, target);
    if (!documents.ok) return documents;
    const losses: Loss[] = [];
    const body = {
      ...nativeOf(call, COHERE_RERANK, losses),
      model: target.endpoint.upstreamId,
      query: call.query,
      documents: documents.value,
      ...(call.topN !== undefined && { top_n: resultsWanted(call) }),
      ...(call.maxTokensPerDocument !== undefined && { max_tokens_per_doc: call.maxTokensPerDocument }),
    };
    return ok({ path: '/rerank', headers: {}, body, losses });
  },
  decodeReply: (body, context) => {
    const { id, results, meta } = objectOf(body);
    const { billed_units, tokens } = objectOf(meta);
    const more = { id: stringOf(id), usage: billedUsage(billed_units, tokens) };
    return rankedReply(readRanked(results, 'relevance_score'), more, context, body);
  },
  decodeFault: decodeCohereFault,
};
