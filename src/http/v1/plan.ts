import { type Fault, fault } from '../../base/fault.ts';
import { openaiChatClient } from '../../dialects/openai-chat/index.ts';
import { NO_POLICY } from '../../facts/policy.ts';
import type { Routed } from '../../facts/routing.ts';
import { questionOf } from '../../gateway/chat/question.ts';
import { estimatePrompt } from '../../metering/estimate.ts';
import { plan } from '../../router/plan.ts';
import { envelope } from '../faults.ts';
import type { Route } from '../route.ts';

/**
 * `POST /plan`: where a chat completion with this body would go, and why, without sending it. The body is that of
 * `POST /chat/completions`, plus an optional `seed` of the draw.
 */
export const planRoute: Route = {
  method: 'POST',
  path: '/plan',
  auth: 'look',
  handle: ({ body, headers, caller }, gateway) => {
    const { seed, messages = [{ role: 'user', content: '' }], ...rest } = body;
    if (seed !== undefined && (typeof seed !== 'number' || !Number.isInteger(seed)))
      return refused(fault('invalid_request', 'seed must be a whole number.', { param: 'seed' }));
    const call = openaiChatClient.decodeCall({ ...rest, messages }, { headers, params: {} });
    if (!call.ok) return refused(call.error);
    const draw = seed ?? Math.floor(gateway.world.random() * 2 ** 32);
    const catalog = gateway.catalog();
    const decided = plan(
      questionOf(call.value, {
        catalog,
        enabled: gateway.enabled(),
        ...(caller?.ownKeys?.length && { ownKeys: caller.ownKeys }),
        ...(caller?.rules?.length && { policy: { ...NO_POLICY, rules: caller.rules } }),
        health: gateway.health.view(),
        seed: draw,
        promptTokens: estimatePrompt(call.value),
      }),
    );
    return {
      status: 200,
      json: {
        data: {
          catalog_version: catalog.version,
          seed: draw,
          candidates: decided.candidates.map(({ model, endpoint, reason, payer }) => ({
            model: model.id,
            endpoint: endpoint.id,
            provider: endpoint.provider.slug,
            reason,
            ...(payer && { byok_key: payer.id }),
          })),
          ...(decided.routed && { routed: decided.routed.map(routedJson) }),
          rejected: decided.rejected,
          error: decided.fault ? envelope(decided.fault).error : null,
        },
      },
    };
  },
};

/** What a router model chose, in the words of the API. */
const routedJson = ({ router, demand, pool, chosen }: Routed) => ({ router, ...demand, pool, chosen });

const refused = (value: Fault) => ({ status: envelope(value).error.code, json: envelope(value) });
