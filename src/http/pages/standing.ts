import type { Model } from '../../catalog/model.ts';
import { operationFor } from '../../catalog/operations.ts';
import type { Principal } from '../../facts/principal.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { plainQuestion } from '../../gateway/question.ts';
import { plan } from '../../router/plan.ts';
import { bareReason } from '../../router/reason-code.ts';

/** Where an endpoint stands when an ordinary call for its model comes now, and why; no place = it is not tried. */
export type Standing = { readonly place: number | null; readonly reason: string };

/** The draw of this seed is next to nothing, so that whoever has the largest share of the calls stands first. */
const LIKELIEST_FIRST = 14_150_146;
const TYPICAL_PROMPT_TOKENS = 1_500;

/** The plan for a call that asks for nothing in particular, by this caller: what the router says of each endpoint. */
export function standingsOf(
  gateway: Gateway,
  model: Model,
  caller: Principal | null,
): (endpointId: string) => Standing | undefined {
  const ownKeys = caller?.ownKeys;
  const question = plainQuestion(
    { model: model.id, models: [], gateway: {} },
    {
      catalog: gateway.catalog(),
      enabled: gateway.enabled(),
      ...(ownKeys?.length && { ownKeys }),
      health: gateway.health.view(),
      seed: LIKELIEST_FIRST,
      promptTokens: TYPICAL_PROMPT_TOKENS,
    },
  );
  const asked = { operation: operationFor(model.output), inputModalities: [], outputModalities: [] };
  const { candidates, rejected } = plan({ ...question, ...asked });
  const standings = new Map<string, Standing>();
  for (const { endpoint, reason } of candidates)
    if (!standings.has(endpoint.id))
      standings.set(endpoint.id, { place: standings.size + 1, reason: bareReason(reason) });
  for (const { endpoint, step, reason } of rejected)
    if (!standings.has(endpoint)) standings.set(endpoint, { place: null, reason: `${step}: ${reason}` });
  return (endpointId) => standings.get(endpointId);
}
