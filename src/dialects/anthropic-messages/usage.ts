import { arrayOf, countOf, type JsonObject, objectOf } from '../../base/json.ts';
import type { Bill } from '../../call/event.ts';
import { cachedTokens, completionTokens, freshTokens, promptTokens, type Usage, usageOf } from '../../call/usage.ts';
import { encodeBill } from '../bill.ts';
import { leftover } from './words.ts';

const PROMPT = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens', 'cache_creation'];
const MODELLED = [...PROMPT, 'output_tokens', 'output_tokens_details', 'service_tier', 'server_tool_use', 'cost'];

/**
 * Counts are cumulative: what a later event tells replaces what an earlier one told. Some compatible hosts put zeros
 * or an estimate into `message_start` and the truth into `message_delta`; others tell the prompt only at the start and
 * repeat it as zero, so a later prompt count counts only if it is one.
 */
export function mergeUsage(before: JsonObject, next: JsonObject): JsonObject {
  const extraFields = leftover(next, []);
  const prompt = PROMPT.slice(0, 3).reduce((sum, name) => sum + countOf(extraFields[name]), 0);
  return { ...before, ...(prompt > 0 ? extraFields : leftover(extraFields, PROMPT)) };
}

/** Iterations are told whole each time; more than this is no answer's. */
const ITERATIONS_MAX = 1_000;

/**
 * What a compaction took, which the totals leave out (BetaUsage.iterations of @anthropic-ai/sdk 1.12, read 2026-11-24).
 * An advisor's iterations have the prices of another model and are left out as well.
 */
function compactionOf(usage: JsonObject): Usage | undefined {
  const counts = { input: 0, inputCacheRead: 0, inputCacheWrite: 0, inputCacheWrite1h: 0, output: 0 };
  let isCompacted = false;
  for (const entry of arrayOf(usage.iterations).slice(0, ITERATIONS_MAX)) {
    const iteration = objectOf(entry);
    if (iteration.type !== 'compaction') continue;
    isCompacted = true;
    const iterationCounts = countsOf(iteration);
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += iterationCounts[name];
  }
  return isCompacted ? usageOf(counts) : undefined;
}

/** Anthropic's `input_tokens` excludes cache reads and writes; its `output_tokens` includes thinking. */
function countsOf(usage: JsonObject) {
  const lifetimes = objectOf(usage.cache_creation);
  const hour = countOf(lifetimes.ephemeral_1h_input_tokens);
  const written =
    usage.cache_creation_input_tokens === undefined
      ? hour + countOf(lifetimes.ephemeral_5m_input_tokens)
      : countOf(usage.cache_creation_input_tokens);
  return {
    input: countOf(usage.input_tokens),
    inputCacheRead: countOf(usage.cache_read_input_tokens),
    inputCacheWrite: Math.max(written - hour, 0),
    inputCacheWrite1h: Math.min(hour, written),
    output: countOf(usage.output_tokens),
  };
}

export function decodeUsage(usage: JsonObject): Usage {
  const { output, ...counts } = countsOf(usage);
  const compaction = compactionOf(usage);
  const thinking = Math.min(countOf(objectOf(usage.output_tokens_details).thinking_tokens), output);
  const cost = typeof usage.cost === 'number' && usage.cost >= 0 ? usage.cost.toFixed(12) : undefined;
  return usageOf({
    ...counts,
    output: output - thinking,
    outputReasoning: thinking,
    webSearches: countOf(objectOf(usage.server_tool_use).web_search_requests),
    ...(compaction && { compaction }),
    ...(cost !== undefined && { vendorCost: cost }),
  });
}

/** What the first event of a stream tells of the prompt; some hosts put zeros there. */
export function promptOf(usage: JsonObject): { readonly prompt?: Usage } {
  const { output: _, ...counts } = countsOf(usage);
  const prompt = usageOf(counts);
  return promptTokens(prompt) > 0 ? { prompt } : {};
}

/** Members of `usage` beside the counts: `inference_geo`, `speed`, `iterations` … */
export const usageLeftover = (usage: JsonObject): JsonObject => leftover(usage, MODELLED);

/** `usage` as this dialect's clients read it, with the gateway's cost fields beside the counts. */
export function encodeUsage(usage: Usage, bill: Bill | undefined, more: JsonObject): JsonObject {
  return {
    input_tokens: freshTokens(usage),
    cache_creation_input_tokens: usage.inputCacheWrite + usage.inputCacheWrite1h,
    cache_read_input_tokens: cachedTokens(usage),
    cache_creation: {
      ephemeral_5m_input_tokens: usage.inputCacheWrite,
      ephemeral_1h_input_tokens: usage.inputCacheWrite1h,
    },
    output_tokens: completionTokens(usage),
    output_tokens_details: { thinking_tokens: usage.outputReasoning },
    server_tool_use:
      usage.webSearches > 0 || usage.serverTools
        ? {
            web_search_requests: usage.webSearches + (usage.serverTools?.searches ?? 0),
            web_fetch_requests: usage.serverTools?.fetches ?? 0,
          }
        : null,
    inference_geo: null,
    service_tier: null,
    ...more,
    ...(bill && encodeBill(bill)),
  };
}

/**
 * The tier that served, in everyone's words: this dialect's `standard` is `default` (spec §1.4), and what ran in fast mode
 * is priced as priority (platform.claude.com/docs/build-with-claude/fast-mode, read 2026-11-25).
 */
export function tierOf({ service_tier: tier, speed }: JsonObject): { readonly serviceTier?: string } {
  if (speed === 'fast') return { serviceTier: 'priority' };
  return typeof tier === 'string' ? { serviceTier: tier === 'standard' ? 'default' : tier } : {};
}
export const wireTierOf = (tier: string): string => (tier === 'default' ? 'standard' : tier);
