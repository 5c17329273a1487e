import { ok } from '../../base/result.ts';
import type { Loss } from '../../call/loss.ts';
import type { WholeDialect } from '../dialect.ts';
import { decodeFault } from '../openai-fault.ts';
import { loseDocumentLength, nativeOf, rankedReply, readRanked, textsOf } from '../rerank-answer.ts';

const TEI_RERANK = 'tei-rerank';
/** `--max-client-batch-size` of a server that was started without it (its command line reference, read 2026-11-29). */
const TEXTS_MAX = 32;

/**
 * Hugging Face's Text Embeddings Inference: one model, so that none is named; it refuses what is too long unless it is
 * told to cut it, and counts nothing in the answer, which is a bare list.
 */
export const teiRerankUpstream: WholeDialect<'rerank'> = {
  id: TEI_RERANK,
  entriesMax: () => TEXTS_MAX,
  assets: () => [],
  encodeCall: (call, target) => {
    const texts = textsOf(call, target);
    if (!texts.ok) return texts;
    const losses: Loss[] = [];
    loseDocumentLength(call, losses);
    const body = { truncate: true, ...nativeOf(call, TEI_RERANK, losses), query: call.query, texts: texts.value };
    return ok({ path: '/rerank', headers: {}, body, losses });
  },
  decodeReply: (body, context) =>
    rankedReply(Array.isArray(body) ? readRanked(body, 'score') : null, {}, context, body),
  decodeFault,
};
