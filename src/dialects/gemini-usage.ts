import { arrayOf, countOf, type Json, type JsonObject, objectOf, stringOf } from '../base/json.ts';
import { entryOf } from '../base/table.ts';
import type { Bill } from '../call/event.ts';
import { cachedTokens, completionTokens, promptTokens, type Usage, usageOf } from '../call/usage.ts';
import { encodeBill } from './bill.ts';

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
  let candidates = countOf(metadata.candidatesTokenCount);
  // The total settles whether a host counts thoughts among the candidates.
  if (thoughts > 0 && candidates >= thoughts && prompt + toolResults + candidates === total) candidates -= thoughts;
  return usageOf({
    ...promptOf(metadata, prompt, toolResults),
    ...candidatesOf(metadata, candidates),
    outputReasoning: thoughts,
    webSearches,
  });
}

/** What was read, by kind; of the cached tokens only the spoken ones have a price of their own. */
function promptOf(metadata: JsonObject, prompt: number, toolResults: number): Partial<Usage> {
  const cached = Math.min(countOf(metadata.cachedContentTokenCount), prompt);
  const spokenCached = Math.min(modality(metadata.cacheTokensDetails, 'AUDIO'), cached);
  let fresh = prompt - cached;
  const kind = (name: string): number => {
    const freshTokens = modality(metadata.promptTokensDetails, name) - modality(metadata.cacheTokensDetails, name);
    const taken = Math.min(Math.max(freshTokens, 0), fresh);
    fresh -= taken;
    return taken;
  };
  const [inputAudio, inputImage, inputVideo] = [kind('AUDIO'), kind('IMAGE'), kind('VIDEO')];
  return {
    input: fresh + toolResults,
    inputCacheRead: cached - spokenCached,
    inputAudioCacheRead: spokenCached,
    inputAudio,
    inputImage,
    inputVideo,
  };
}

/** What was written, by kind; the rest is text, as a modality that is not named is. */
function candidatesOf(metadata: JsonObject, candidates: number): Partial<Usage> {
  let output = candidates;
  const kind = (name: string): number => {
    const taken = Math.min(modality(metadata.candidatesTokensDetails, name), output);
    output -= taken;
    return taken;
  };
  const [outputImage, outputAudio, outputVideo] = [kind('IMAGE'), kind('AUDIO'), kind('VIDEO')];
  return { output, outputImage, outputAudio, outputVideo };
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

/**
 * Disjoint counts → `usageMetadata`, with the tier that served and the gateway's cost fields beside the counts. They stay
 * for Google's own programs too: OpenRouter has no API of this form to follow; the models of google-genai for Python forbid
 * unknown members, but it takes them out of an answer before it validates one, as Google adds some itself (3.6.1,
 * `_common._from_response`, read 2026-11-29); only its option `include_all_fields`, meant for other services, fails on them.
 */
export function encodeUsage(usage: Usage, bill: Bill | undefined, tier: string | undefined): JsonObject {
  const { outputReasoning, inputAudioCacheRead } = usage;
  const prompt = promptTokens(usage);
  const cached = cachedTokens(usage);
  const details = (counts: readonly (readonly [string, number])[]): Json[] =>
    counts.flatMap(([name, tokenCount]) => (tokenCount > 0 ? [{ modality: name, tokenCount }] : []));
  const candidates = completionTokens(usage) - outputReasoning;
  const spoken = usage.inputAudio + inputAudioCacheRead;
  const prompted = details([
    ['TEXT', prompt - spoken - usage.inputImage - usage.inputVideo],
    ['IMAGE', usage.inputImage],
    ['VIDEO', usage.inputVideo],
    ['AUDIO', spoken],
  ]);
  const produced = details([
    ['TEXT', usage.output],
    ['IMAGE', usage.outputImage],
    ['VIDEO', usage.outputVideo],
    ['AUDIO', usage.outputAudio],
  ]);
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    totalTokenCount: prompt + candidates + outputReasoning,
    ...(cached > 0 && { cachedContentTokenCount: cached }),
    ...(inputAudioCacheRead > 0 && {
      cacheTokensDetails: details([
        ['TEXT', usage.inputCacheRead],
        ['AUDIO', inputAudioCacheRead],
      ]),
    }),
    ...(outputReasoning > 0 && { thoughtsTokenCount: outputReasoning }),
    ...(prompted.length > 0 && { promptTokensDetails: prompted }),
    ...(produced.length > 0 && { candidatesTokensDetails: produced }),
    ...(tier !== undefined && { serviceTier: tier === 'default' ? 'standard' : tier }),
    ...(bill && encodeBill(bill)),
  };
}
