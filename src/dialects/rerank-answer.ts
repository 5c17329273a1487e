import { type Fault, fault } from '../base/fault.ts';
import { arrayOf, countOf, isObject, type Json, type JsonObject, objectOf } from '../base/json.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Loss } from '../call/loss.ts';
import { type RankedDocument, type RerankCall, type RerankReply, resultsWanted } from '../call/rerank.ts';
import { type Usage, usageOf } from '../call/usage.ts';
import type { Target } from '../facts/target.ts';
import type { WholeContext } from './dialect.ts';

/** Every document as one text, for vendors that rank nothing else. */
export function textsOf({ documents }: RerankCall, { endpoint }: Target): Result<string[], Fault> {
  const texts: string[] = [];
  for (const [at, { parts }] of documents.entries()) {
    let text = '';
    for (const part of parts) {
      if (part.type !== 'text') return failed(takesOnlyText(endpoint.provider.name, at));
      text += part.text;
    }
    texts.push(text);
  }
  return ok(texts);
}

/** Another endpoint may take it. */
const takesOnlyText = (name: string, at: number): Fault =>
  fault('upstream_not_implemented', `${name} ranks nothing but texts.`, { param: `documents[${at}]` });

/** The length at which documents are cut, for vendors that cannot be told one. */
export function loseDocumentLength({ maxTokensPerDocument }: RerankCall, losses: Loss[]): void {
  if (maxTokensPerDocument !== undefined)
    losses.push({
      field: 'max_tokens_per_doc',
      reason: "the endpoint's dialect cannot be told where to cut documents",
    });
}

/** The caller's own fields of the same dialect; those of another one are lost. */
export function nativeOf({ native }: RerankCall, dialect: string, losses: Loss[]): JsonObject {
  if (!native || native.dialect === dialect) return native?.fields ?? {};
  for (const field of Object.keys(native.fields))
    losses.push({ field, reason: "no such field in the endpoint's dialect" });
  return {};
}

/** Places and scores as a vendor told them, under these names; null = there is one that cannot be read. */
export function readRanked(entries: Json | undefined, score: string): readonly RankedDocument[] | null {
  const ranked: RankedDocument[] = [];
  for (const entry of arrayOf(entries)) {
    const { index, [score]: value } = objectOf(entry);
    if (typeof index !== 'number' || typeof value !== 'number' || !Number.isFinite(value)) return null;
    ranked.push({ index, score: value });
  }
  return ranked;
}

/** Scores in the order of the documents. */
export const rankedInOrder = (scores: Json | undefined): readonly RankedDocument[] | null =>
  readRanked(
    arrayOf(scores).map((score, index) => ({ index, score })),
    'score',
  );

/**
 * The reply of these results: the best first, as many as were asked for. A vendor that names a place there is not, or
 * twice, or leaves one out that was asked for, has not ranked the documents.
 */
export function rankedReply(
  ranked: readonly RankedDocument[] | null,
  more: { readonly id?: string; readonly usage?: Usage | undefined },
  { call, target }: Pick<WholeContext<'rerank'>, 'call' | 'target'>,
  body: Json,
): Result<RerankReply, Fault> {
  const { provider } = target.endpoint;
  const most = resultsWanted(call);
  const trouble = ranked === null ? 'without results that can be read' : troubleOf(ranked, call, most);
  if (ranked === null || trouble !== null)
    return failed(
      fault('upstream_malformed', `${provider.name} answered ${trouble}.`, {
        upstream: { provider: provider.slug, raw: JSON.stringify(body).slice(0, 4_096) },
      }),
    );
  const results = ranked.toSorted((one, other) => other.score - one.score || one.index - other.index).slice(0, most);
  const { id, usage } = more;
  return ok({ results, ...(id !== undefined && id !== '' && { id }), ...(usage && { usage }) });
}

function troubleOf(ranked: readonly RankedDocument[], { documents }: RerankCall, wanted: number): string | null {
  const seen = new Set<number>();
  for (const { index } of ranked) {
    if (!Number.isInteger(index) || index < 0 || index >= documents.length)
      return `with a result for document ${index}, of ${documents.length}`;
    if (seen.has(index)) return `with two results for document ${index}`;
    seen.add(index);
  }
  return seen.size < wanted ? `with ${seen.size} results where ${wanted} were asked for` : null;
}

/** What Cohere, and whoever answers in its way, counts: search units, tokens, or both. */
export function billedUsage(billed: Json | undefined, counted: Json | undefined): Usage | undefined {
  const units = objectOf(billed);
  const searchUnits = countOf(units.search_units);
  const input = countOf(units.total_tokens) || countOf(units.input_tokens) || tokensIn(counted);
  return searchUnits > 0 || input > 0 ? usageOf({ searchUnits, input }) : undefined;
}

/** Some count only `total_tokens`, which is the same where nothing is written. */
const tokensIn = (value: Json | undefined): number =>
  isObject(value) ? countOf(value.total_tokens) || countOf(value.prompt_tokens) || countOf(value.input_tokens) : 0;
