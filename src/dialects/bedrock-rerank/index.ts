import { objectOf } from '../../base/json.ts';
import { ok } from '../../base/result.ts';
import type { Loss } from '../../call/loss.ts';
import { resultsWanted } from '../../call/rerank.ts';
import { decodeFault } from '../bedrock-fault.ts';
import type { WholeDialect } from '../dialect.ts';
import { loseDocumentLength, nativeOf, rankedReply, readRanked, textsOf } from '../rerank-answer.ts';

const BEDROCK_RERANK = 'bedrock-rerank';
/** As the Rerank API takes them; for InvokeModel no number is stated (user guide, read 2026-11-29). */
const DOCUMENTS_MAX = 1_000;
/** Cohere's models want to be told which of its APIs the body is of. */
const COHERE_VERSION = 2;

/** Rerankers on Amazon Bedrock by `InvokeModel`, Cohere's and Amazon's own: nothing is counted in the answer. */
export const bedrockRerankUpstream: WholeDialect<'rerank'> = {
  id: BEDROCK_RERANK,
  entriesMax: () => DOCUMENTS_MAX,
  assets: () => [],
  encodeCall: (call, target) => {
    const documents = textsOf(call, target);
    if (!documents.ok) return documents;
    const { upstreamId } = target.endpoint;
    const isCohere = upstreamId.includes('cohere.');
    const losses: Loss[] = [];
    if (!isCohere) loseDocumentLength(call, losses);
    const body = {
      ...nativeOf(call, BEDROCK_RERANK, losses),
      query: call.query,
      documents: documents.value,
      top_n: resultsWanted(call),
      ...(isCohere && { api_version: COHERE_VERSION }),
      ...(isCohere && call.maxTokensPerDocument !== undefined && { max_tokens_per_doc: call.maxTokensPerDocument }),
    };
    const path = `/model/${encodeURIComponent(upstreamId)}/invoke`;
    return ok({ path, headers: { accept: 'application/json' }, body, losses });
  },
  decodeReply: (body, context) => rankedReply(readRanked(objectOf(body).results, 'relevance_score'), {}, context, body),
  decodeFault,
};
