import type { Fault } from '../../base/fault.ts';
import { ok, type Result } from '../../base/result.ts';
import { entryOf } from '../../base/table.ts';
import type { Call } from '../../call/call.ts';
import type { Loss } from '../../call/loss.ts';
import type { Assets } from '../../facts/asset.ts';
import type { Target } from '../../facts/target.ts';
import type { EncodedCall } from '../dialect.ts';
import { foreignFields } from '../foreign-fields.ts';
import { GEMINI } from '../gemini-names.ts';
import { outputInWords } from '../structured-output.ts';
import { generationConfig, isFormatInWords } from './config.ts';
import { geminiContents } from './contents.ts';
import { hasQuirk } from './quirks.ts';
import { geminiTools } from './tools.ts';

/** A call as `generateContent` takes it. The model stands in the path, and so does whether it streams. */
export function encodeGeminiCall(call: Call, target: Target, assets: Assets): Result<EncodedCall, Fault> {
  const losses: Loss[] = [];
  const contents = geminiContents(call, target, assets, losses);
  if (!contents.ok) return contents;
  const config = generationConfig(call, target.endpoint, losses);
  const words = isFormatInWords(call, target.endpoint) ? outputInWords(call.output) : null;
  const system = words === null ? contents.value.system : [...contents.value.system, { text: words }];
  losses.push(...foreignFields(call, GEMINI));
  if (call.cache) losses.push({ field: 'cache_control', reason: 'Gemini caches prompts without breakpoints' });
  const native = call.native?.dialect === GEMINI ? call.native.fields : {};
  const tier = serviceTier(call, losses);
  const inHeader = hasQuirk(target, 'tier-header');
  const headers = tier !== undefined && inHeader && tier !== 'standard' ? { [TIER_HEADER]: tier } : {};
  const body = {
    ...native,
    contents: contents.value.contents,
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    ...geminiTools(call, target, losses),
    ...(tier !== undefined && !inHeader && { serviceTier: tier }),
    generationConfig: config,
  };
  const method = call.stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  return ok({ path: `/models/${target.endpoint.upstreamId}:${method}`, headers: { ...headers }, body, losses });
}

const TIER_HEADER = 'x-vertex-ai-llm-shared-request-type';

const TIERS: { readonly [tier: string]: string } = {
  default: 'standard',
  standard: 'standard',
  standard_only: 'standard',
  flex: 'flex',
  priority: 'priority',
  fast: 'priority',
};

/** OpenAI's and Anthropic's words for Google's tiers; `auto` is what happens anyway. */
function serviceTier(call: Call, losses: Loss[]): string | undefined {
  const tierWord = call.serviceTier?.toLowerCase();
  if (tierWord === undefined || tierWord === 'auto') return undefined;
  const tier = entryOf(TIERS, tierWord);
  if (tier === undefined) losses.push({ field: 'service_tier', reason: 'Gemini has no such tier' });
  return tier;
}
