import { type Blob, restored } from '../../base/blobs.ts';
import type { JsonObject } from '../../base/json.ts';
import type { RerankDocument } from '../../call/rerank.ts';
import { promptTokens } from '../../call/usage.ts';
import type { DialectId } from '../../catalog/dialect-table.ts';
import { encodeBill } from '../bill.ts';
import type { OperationClient } from '../dialect.ts';
import { encodeFault } from '../openai-client-fault.ts';
import { readRerank } from '../rerank-call.ts';
import { urlOfSource } from '../source-url.ts';

/** The dialect whose own fields travel on. */
const JINA_RERANK: DialectId = 'jina-rerank';

/**
 * `POST /rerank` of OpenRouter's contract (spec §1.5), which Jina's clients understand: they ask the same, and read the
 * same results. What else Jina's API takes travels on to whoever speaks it.
 */
export const openrouterRerankClient: OperationClient<'rerank'> = {
  id: 'openrouter-rerank',
  decodeCall: (body, request) => readRerank(body, request, { native: JINA_RERANK, repeatsDocuments: true }),
  encodeReply: ({ results, usage, bill }, { id, model, provider, call, extra }) => ({
    id,
    model,
    provider,
    results: results.map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(call.repeatsDocuments && { document: encodeDocument(call.documents[index], call.blobs ?? []) }),
    })),
    ...(usage && {
      usage: {
        ...(usage.searchUnits > 0 && { search_units: usage.searchUnits }),
        ...(promptTokens(usage) > 0 && { total_tokens: promptTokens(usage) }),
        ...(bill && encodeBill(bill)),
      },
    }),
    ...extra,
  }),
  encodeFault,
};

/** As it came. */
function encodeDocument(document: RerankDocument | undefined, blobs: readonly Blob[]): JsonObject {
  const json: { [name: string]: string } = {};
  for (const part of document?.parts ?? []) {
    if (part.type === 'text') json.text = restored(part.text, blobs);
    else json.image = restored(urlOfSource(part.source) ?? '', blobs);
  }
  return json;
}
