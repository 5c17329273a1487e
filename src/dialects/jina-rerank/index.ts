import type { Fault } from '../../base/fault.ts';
import { type Json, objectOf, stringOf } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Loss } from '../../call/loss.ts';
import { type RerankDocument, resultsWanted } from '../../call/rerank.ts';
import { dataWishes } from '../data-wishes.ts';
import type { WholeDialect } from '../dialect.ts';
import { decodeFault } from '../openai-fault.ts';
import { faultInside } from '../openai-fault-inside.ts';
import { billedUsage, loseDocumentLength, nativeOf, rankedReply, readRanked } from '../rerank-answer.ts';
import { urlOfSource } from '../source-url.ts';
import { JINA_RERANK } from './name.ts';

/** The least that hosts of this format are known to take: Voyage AI (API reference, read 2026-11-29). */
const DOCUMENTS_MAX = 1_000;

/**
 * `POST /rerank` as Jina AI has it, and after it vLLM, llama.cpp, Infinity, SiliconFlow, Together, OpenRouter; Voyage AI
 * and Fireworks name the list `data`, and Voyage AI calls `top_n` `top_k`, which its file says.
 */
export const jinaRerankUpstream: WholeDialect<'rerank'> = {
  id: JINA_RERANK,
  entriesMax: () => DOCUMENTS_MAX,
  assets: () => [],
  encodeCall: (call, target) => {
    const losses: Loss[] = [];
    loseDocumentLength(call, losses);
    const wishes = dataWishes(call.gateway, target);
    const body = {
      ...nativeOf(call, JINA_RERANK, losses),
      model: target.endpoint.upstreamId,
      query: call.query,
      documents: call.documents.map(writeDocument),
      ...(call.topN !== undefined && { top_n: resultsWanted(call) }),
      // What is repeated to the caller comes from the call itself.
      return_documents: false,
      ...(wishes && { provider: wishes }),
    };
    return ok({ path: target.endpoint.dialect.path ?? '/rerank', headers: {}, body, losses });
  },
  decodeReply: (body, context) => {
    const answer = objectOf(body);
    const list = Array.isArray(answer.data) ? 'data' : 'results';
    const error = errorIn(body, list, context.target.endpoint.provider.name);
    if (!error.ok) return error;
    const { billed_units, tokens } = objectOf(answer.meta);
    const more = { id: stringOf(answer.id), usage: billedUsage(answer.usage ?? billed_units, answer.usage ?? tokens) };
    return rankedReply(readRanked(answer[list], 'relevance_score'), more, context, body);
  },
  decodeFault,
};

/** A text alone stands for itself. */
function writeDocument({ parts }: RerankDocument): Json {
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
  const image = parts.find(({ type }) => type === 'image');
  if (!image || image.type === 'text') return text;
  return { ...(text !== '' && { text }), image: urlOfSource(image.source) ?? '' };
}

/** An error in the answer counts as one, whatever the HTTP status was. */
function errorIn(body: Json, list: 'data' | 'results', provider: string): Result<null, Fault> {
  const error = faultInside(objectOf(body), list, { provider, raw: () => JSON.stringify(body) });
  return error ? failed(error) : ok(null);
}
