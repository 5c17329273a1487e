import { countOf, objectOf, stringOf } from '../../base/json.ts';
import { ok } from '../../base/result.ts';
import type { Loss } from '../../call/loss.ts';
import { usageOf } from '../../call/usage.ts';
import type { WholeDialect } from '../dialect.ts';
import { decodeFault } from '../openai-fault.ts';
import { loseDocumentLength, nativeOf, rankedInOrder, rankedReply, textsOf } from '../rerank-answer.ts';

const DEEPINFRA_RERANK = 'deepinfra-rerank';
/** No number is stated; each document takes a pair of its own, so that few enough fit into any limit of a request. */
const DOCUMENTS_MAX = 256;

/**
 * DeepInfra's `POST /v1/inference/{model}` for rerankers: pairs of a query and a document, a score for each pair
 * (deepinfra.com/Qwen/Qwen3-Reranker-8B/api, read 2026-11-29).
 */
export const deepinfraRerankUpstream: WholeDialect<'rerank'> = {
  id: DEEPINFRA_RERANK,
  entriesMax: () => DOCUMENTS_MAX,
  assets: () => [],
  encodeCall: (call, target) => {
    const documents = textsOf(call, target);
    if (!documents.ok) return documents;
    const losses: Loss[] = [];
    loseDocumentLength(call, losses);
    const body = {
      ...nativeOf(call, DEEPINFRA_RERANK, losses),
      queries: documents.value.map(() => call.query),
      documents: documents.value,
    };
    return ok({ path: `/${target.endpoint.upstreamId}`, headers: {}, body, losses });
  },
  decodeReply: (body, context) => {
    const { scores, input_tokens, request_id, inference_status } = objectOf(body);
    const input = countOf(input_tokens) || countOf(objectOf(inference_status).tokens_input);
    const more = { id: stringOf(request_id), usage: input > 0 ? usageOf({ input }) : undefined };
    return rankedReply(rankedInOrder(scores), more, context, body);
  },
  decodeFault,
};
