import { encodeFault } from '../cohere-client-fault.ts';
import type { OperationClient } from '../dialect.ts';
import { readRerank } from '../rerank-call.ts';
import { COHERE_RERANK } from './name.ts';

/** `POST /v2/rerank` as Cohere's SDKs speak it (reference, read 2026-11-29): no documents in the answer, errors are flat. */
export const cohereRerankClient: OperationClient<'rerank'> = {
  id: COHERE_RERANK,
  decodeCall: (body, request) => readRerank(body, request, { native: COHERE_RERANK, repeatsDocuments: false }),
  encodeReply: ({ results, usage }, { id, extra }) => ({
    id,
    results: results.map(({ index, score }) => ({ index, relevance_score: score })),
    meta: {
      api_version: { version: '2' },
      ...(usage && usage.searchUnits > 0 && { billed_units: { search_units: usage.searchUnits } }),
    },
    ...extra,
  }),
  encodeFault,
};
