import { type Fault, faultRow } from '../base/fault.ts';
import type { JsonObject } from '../base/json.ts';
import type { WireHeaders } from '../base/world.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { partsOfEndpoint } from '../catalog/model.ts';
import { ROUTERS } from '../catalog/routers.ts';
import type { Attempt } from '../facts/attempt.ts';
import type { Grounds } from '../facts/grounds.ts';
import type { GuardEvent } from '../facts/policy.ts';
import type { Receipt } from '../facts/receipt.ts';
import { groundsFrom } from '../router/grounds-text.ts';

/** The caller asks how its call was routed: `X-OpenRouter-Metadata: enabled`, or the header's earlier name (spec §6.4). */
export const wantsMetadata = (headers: WireHeaders): boolean =>
  [headers['x-openrouter-metadata'], headers['x-openrouter-experimental-metadata']].some(
    (value) => value?.trim().toLowerCase() === 'enabled',
  );

/** OpenRouter's `openrouter_metadata` of an answer, from its receipt; undefined for one that was not routed. */
export function routerMetadata(receipt: Receipt, catalog: Catalog): JsonObject | undefined {
  const grounds = receipt.grounds === undefined ? null : groundsFrom(receipt.grounds, receipt);
  if (!grounds) return undefined;
  const nameOf = (slug: string): string => catalog.providers.get(slug)?.name ?? slug;
  const available = grounds.candidates.map(({ endpoint }) => {
    const { model, provider } = partsOfEndpoint(endpoint);
    return { provider: nameOf(provider), model, selected: endpoint === receipt.endpoint };
  });
  const [routed] = grounds.question.routed ?? [];
  const selected = available.find((entry) => entry.selected);
  const { attempts } = receipt;
  const lastAttempt = attempts.at(-1);
  return {
    requested: receipt.requestedModel,
    strategy: strategyOf(receipt, grounds.question, catalog),
    region: null,
    summary: `available=${available.length}${selected ? `, selected=${selected.provider}` : ''}${routed ? `, task=${routed.demand.task}, difficulty=${routed.demand.difficulty}, pool=${routed.pool}` : ''}`,
    attempt: Math.max(1, attempts.length),
    ...(attempts.length > 1 && {
      attempts: attempts.map((one) => ({
        provider: nameOf(one.provider),
        model: one.model,
        status: statusOf(one),
      })),
    }),
    is_byok: receipt.bill.isByok,
    ...(lastAttempt && { generation_time: lastAttempt.totalMs }),
    endpoints: { total: available.length + grounds.rejected.length, available },
    ...(receipt.guarded && { pipeline: receipt.guarded.map(guardStage) }),
  };
}

/** A step before or behind the model, in the contract's form (spec §6.4). */
const guardStage = ({ guardrailId, name, on, label, action, where, count }: GuardEvent): JsonObject => ({
  type: 'guardrail',
  name,
  summary: `${action} ${label} in the ${where}, ${count} times`,
  data: { filter: label, action, where, count },
  guardrail_id: guardrailId,
  guardrail_scope: on,
});

/** The same beside an error; not with our own ones, refused credentials and limits (spec §6.4). */
export function faultMetadata(value: Fault, receipt: Receipt | null, catalog: Catalog): JsonObject | undefined {
  const { status, class: kind } = faultRow(value);
  if (!receipt || status === 500 || status === 429 || kind === 'authentication' || kind === 'permission')
    return undefined;
  const metadata = routerMetadata(receipt, catalog);
  return metadata && { openrouter_metadata: metadata };
}

/** A router model chose it; another model than the first one was asked for, or the name was one of several for it. */
function strategyOf(
  { requestedModel, model }: Receipt,
  { models, routed }: Grounds['question'],
  { aliases, models: known }: Catalog,
): string {
  const by = routed?.find(({ chosen }) => chosen.some((one) => one.model === model));
  const router = by && known.get(by.router)?.router;
  if (router) return ROUTERS[router].strategy;
  const alias = aliases.get(requestedModel);
  if (models.length > 1 && model !== requestedModel && model !== alias) return 'fallback';
  if (alias === undefined) return 'direct';
  return requestedModel.endsWith('-latest') ? 'latest' : 'alias';
}

const statusOf = ({ status, fault }: Attempt): number =>
  fault && (status ?? 200) < 400 ? faultRow(fault).status : (status ?? 0);
