import { ok } from '../base/result.ts';
import { type RerankCall, type RerankReply, resultsWanted } from '../call/rerank.ts';
import { addUsage, type Usage } from '../call/usage.ts';
import type { Dialects } from '../dialects/dialect.ts';
import type { Errand } from './errand.ts';
import { wholeErrand } from './whole-errand.ts';

/**
 * Documents to rank. Most rerankers score each by itself, so that those that do not fit into one request of an endpoint
 * are scored in several, and ranked together.
 */
export const rerankErrand = ({ dialects }: { readonly dialects: Dialects }, call: RerankCall): Errand<'rerank'> =>
  wholeErrand(
    {
      dialectAt: ({ endpoint }) => dialects.of('rerank', endpoint.dialect.id),
      parameters: ({ topN, maxTokensPerDocument, native }) => [
        ...(topN === undefined ? [] : ['top_n']),
        ...(maxTokensPerDocument === undefined ? [] : ['max_tokens_per_doc']),
        ...Object.keys(native?.fields ?? {}),
      ],
      entries: {
        name: 'documents',
        param: 'documents',
        countOf: ({ documents }) => documents.length,
        slice: (whole, from, to) => ({ ...whole, documents: whole.documents.slice(from, to) }),
        check: (reply, { from }) => ok(from === 0 ? reply : movedBy(reply, from)),
      },
      join: (replies) => join(replies, call),
    },
    call,
  );

const movedBy = (reply: RerankReply, from: number): RerankReply => ({
  ...reply,
  results: reply.results.map(({ index, score }) => ({ index: index + from, score })),
});

function join(replies: readonly [RerankReply, ...RerankReply[]], call: RerankCall): RerankReply {
  const results = replies
    .flatMap((reply) => reply.results)
    .sort((one, other) => other.score - one.score || one.index - other.index)
    .slice(0, resultsWanted(call));
  const [{ id }] = replies;
  const usage = sum(replies.map((reply) => reply.usage));
  return { results, ...(id !== undefined && { id }), ...(usage && { usage }) };
}

/** Undefined if one of the answers was not counted: a part of the bill would be missing. */
function sum(usages: readonly (Usage | undefined)[]): Usage | undefined {
  let all: Usage | undefined;
  for (const usage of usages) {
    if (!usage) return undefined;
    all = all ? addUsage(all, usage) : usage;
  }
  return all;
}
