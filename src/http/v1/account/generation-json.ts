import { usdNumber } from '../../../base/money.ts';
import { cachedTokens, completionTokens, promptTokens } from '../../../call/usage.ts';
import type { Catalog } from '../../../catalog/catalog.ts';
import { OPERATION_TABLE } from '../../../catalog/operations.ts';
import type { Attempt } from '../../../facts/attempt.ts';
import type { GuardEvent } from '../../../facts/policy.ts';
import type { Leg, Receipt } from '../../../facts/receipt.ts';
import { keyNumber } from '../../../gateway/contents/content-log.ts';
import { appId, appNumber } from '../../../insights/app.ts';
import { cacheDiscount } from '../../../metering/cost.ts';
import { continuedJson, hedgedJson } from '../../continued-json.ts';

/** A receipt as OpenRouter's generation (spec §1.9). What we do not know is null, as there. */
export function generationJson(receipt: Receipt, catalog: Catalog) {
  const { usage, bill } = receipt;
  const providerName = (id: string | null): string | null =>
    id === null ? null : (catalog.providers.get(id)?.name ?? id);
  const attempt = receipt.attempts.findLast(({ outcome }) => outcome === 'answered') ?? receipt.attempts.at(-1);
  const saved = cacheDiscount(receipt, catalog);
  return {
    id: receipt.id,
    request_id: receipt.id,
    upstream_id: attempt?.upstreamId ?? null,
    created_at: new Date(receipt.createdAt).toISOString(),
    model: receipt.model ?? receipt.requestedModel,
    router: receipt.model !== null && receipt.requestedModel !== receipt.model ? receipt.requestedModel : null,
    provider_name: providerName(receipt.provider),
    provider_responses: receipt.attempts.map((each) => attemptJson(each, providerName(each.provider))),
    api_type: OPERATION_TABLE[receipt.operation].apiType,
    api_key_id: keyNumber(receipt.keyId),
    app_id: receipt.app === null ? null : appNumber(appId(receipt.app)),
    origin: receipt.app?.origin ?? '',
    http_referer: receipt.app?.origin ?? null,
    user_agent: receipt.userAgent,
    streamed: receipt.streamed,
    cancelled: receipt.state === 'cancelled',
    finish_reason: receipt.finish,
    native_finish_reason: receipt.nativeFinish,
    tokens_prompt: promptTokens(usage),
    tokens_completion: completionTokens(usage),
    native_tokens_prompt: promptTokens(usage),
    native_tokens_completion: completionTokens(usage),
    native_tokens_reasoning: usage.outputReasoning,
    native_tokens_cached: cachedTokens(usage),
    native_tokens_completion_images: usage.outputImage,
    num_media_prompt: null,
    num_media_completion: null,
    num_input_audio_prompt: null,
    num_search_results: usage.webSearches + (usage.serverTools?.searches ?? 0),
    num_fetches: usage.serverTools ? usage.serverTools.fetches : null,
    web_search_engine:
      receipt.legs?.find(({ name, by }) => by && (name === 'web' || name === 'web_search'))?.by ?? null,
    latency: receipt.firstContentMs ?? receipt.totalMs,
    generation_time: receipt.totalMs - (receipt.firstContentMs ?? 0),
    moderation_latency: null,
    usage: usdNumber(bill.cost),
    total_cost: usdNumber(bill.cost),
    cache_discount: saved === null ? null : usdNumber(saved),
    upstream_inference_cost: bill.upstreamCost === null ? null : usdNumber(bill.upstreamCost),
    is_byok: bill.isByok,
    preset_id: receipt.presetId ?? null,
    service_tier: receipt.serviceTier ?? null,
    session_id: receipt.sessionId,
    external_user: receipt.user,
    workspace_id: receipt.workspaceId,
    data_region: 'global',
    response_cache_source_id: receipt.cachedFrom ?? null,
    // beyond OpenRouter's: how it ended, what it lost on the way, and which catalogue priced it
    state: receipt.state,
    fault: receipt.fault?.code ?? null,
    usage_source: usage.source,
    losses: receipt.losses,
    ...(receipt.legs && { legs: receipt.legs.map(legJson) }),
    ...(bill.serverToolCost !== undefined && { server_tool_cost: usdNumber(bill.serverToolCost) }),
    ...(receipt.continued && { continued: continuedJson(receipt.continued) }),
    ...(receipt.hedged && { hedged: hedgedJson(receipt.hedged) }),
    ...(receipt.guarded && { guardrails: receipt.guarded.map(guardedJson) }),
    catalog_version: receipt.catalogVersion,
  };
}

/** What a rule of a guardrail found. */
const guardedJson = ({ guardrailId, name, on, label, action, where, count }: GuardEvent) => ({
  guardrail_id: guardrailId,
  guardrail_name: name,
  guardrail_scope: on,
  filter: label,
  action,
  where,
  count,
});

const legJson = ({ purpose, name, by, endpoint, attempts, usage, cost, ms, reason, note }: Leg) => ({
  purpose,
  ...(name !== undefined && { name }),
  ...(by !== undefined && { by }),
  ...(endpoint !== undefined && { endpoint_id: endpoint }),
  ...(attempts !== undefined && { attempts }),
  ...(usage && { tokens_prompt: promptTokens(usage), tokens_completion: completionTokens(usage) }),
  cost: usdNumber(cost),
  latency: ms,
  ...(reason !== undefined && { error: reason }),
  ...(note !== undefined && { note }),
});

const attemptJson = (attempt: Attempt, providerName: string | null) => ({
  ...(attempt.upstreamId !== null && { id: attempt.upstreamId }),
  endpoint_id: attempt.endpoint,
  provider_name: providerName ?? attempt.provider,
  model_permaslug: attempt.model,
  status: attempt.status,
  latency: attempt.totalMs,
  is_byok: attempt.byok === true,
});
