import { arrayOf, countOf, type Json, type JsonObject, objectOf, stringOf } from '../../base/json.ts';
import { entryOf } from '../../base/table.ts';
import type { Bill } from '../../call/event.ts';
import { completionTokens, promptTokens, type Usage, usageOf } from '../../call/usage.ts';
import { encodeBill } from '../bill.ts';

/**
 * `usageMetadata` → disjoint counts. Gemini's prompt includes what was read from a cache; results of Google's own tools
 * are counted beside it and billed as input; thoughts stand beside the candidates. Undefined if nothing was counted
 * (a blocked prompt).
 */
export function decodeUsage(metadata: JsonObject, webSearches: number): Usage | undefined {
  if (!isCounted(metadata)) return undefined;
  const prompt = countOf(metadata.promptTokenCount);
  const total = countOf(metadata.totalTokenCount);
  const toolResults = countOf(metadata.toolUsePromptTokenCount);
  const thoughts = countOf(metadata.thoughtsTokenCount);
  const cached = Math.min(countOf(metadata.cachedContentTokenCount), prompt);
  const audioAll = modality(metadata.promptTokensDetails, 'AUDIO');
  const audio = Math.min(Math.max(audioAll - modality(metadata.cacheTokensDetails, 'AUDIO'), 0), prompt - cached);
  let candidates = countOf(metadata.candidatesTokenCount);
  // The total settles whether a host counts thoughts among the candidates.
  if (thoughts > 0 && candidates >= thoughts && prompt + toolResults + candidates === total) candidates -= thoughts;
  const image = Math.min(modality(metadata.candidatesTokensDetails, 'IMAGE'), candidates);
  const audioOut = Math.min(modality(metadata.candidatesTokensDetails, 'AUDIO'), candidates - image);
  return usageOf({
    input: prompt - cached - audio + toolResults,
    inputCacheRead: cached,
    inputAudio: audio,
    output: candidates - image - audioOut,
    outputReasoning: thoughts,
    outputImage: image,
    outputAudio: audioOut,
    webSearches,
  });
}

/** Chunks before the last may tell no more than the kind of traffic. */
export const isCounted = (metadata: JsonObject): boolean =>
  'promptTokenCount' in metadata || 'candidatesTokenCount' in metadata;

function modality(details: Json | undefined, name: string): number {
  let sum = 0;
  for (const entry of arrayOf(details)) {
    const { modality: kind, tokenCount } = objectOf(entry);
    if (kind === name) sum += countOf(tokenCount);
  }
  return sum;
}

/**
 * The tier that served: the Gemini API's `serviceTier`, Vertex AI's `trafficType` (reference of UsageMetadata, read
 * 2026-11-25). `standard` is everyone else's `default`.
 */
export function tierOf({ serviceTier, trafficType }: JsonObject): { readonly serviceTier?: string } {
  const word = stringOf(serviceTier ?? trafficType).toLowerCase();
  const tier = entryOf(SERVED, word) ?? word;
  return tier === '' || tier.endsWith('unspecified') ? {} : { serviceTier: tier };
}

const SERVED: { readonly [word: string]: string } = {
  standard: 'default',
  on_demand: 'default',
  on_demand_priority: 'priority',
  on_demand_flex: 'flex',
};

/** Disjoint counts → `usageMetadata`, with the tier that served and the gateway's cost fields beside the counts. */
export function encodeUsage(usage: Usage, bill: Bill | undefined, tier: string | undefined): JsonObject {
  const { outputReasoning, inputCacheRead } = usage;
  const prompt = promptTokens(usage);
  const details = (counts: readonly (readonly [string, number])[]): Json[] =>
    counts.flatMap(([name, tokenCount]) => (tokenCount > 0 ? [{ modality: name, tokenCount }] : []));
  const candidates = completionTokens(usage) - outputReasoning;
  const prompted = details([
    ['TEXT', prompt - usage.inputAudio],
    ['AUDIO', usage.inputAudio],
  ]);
  const produced = details([
    ['TEXT', usage.output],
    ['IMAGE', usage.outputImage],
    ['AUDIO', usage.outputAudio],
  ]);
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    totalTokenCount: prompt + candidates + outputReasoning,
    ...(inputCacheRead > 0 && { cachedContentTokenCount: inputCacheRead }),
    ...(outputReasoning > 0 && { thoughtsTokenCount: outputReasoning }),
    ...(prompted.length > 0 && { promptTokensDetails: prompted }),
    ...(produced.length > 0 && { candidatesTokensDetails: produced }),
    ...(tier !== undefined && { serviceTier: tier === 'default' ? 'standard' : tier }),
    ...(bill && encodeBill(bill)),
  };
}
