import { type Fault, fault } from '../../base/fault.ts';
import type { World } from '../../base/world.ts';
import type { Call } from '../../call/call.ts';
import { openaiChatClient } from '../../dialects/openai-chat/index.ts';
import type { Caller } from '../../facts/caller.ts';
import type { Routed } from '../../facts/routing.ts';
import { questionOf } from '../../gateway/chat/question.ts';
import { governed } from '../../gateway/govern.ts';
import type { CallRequest } from '../../gateway/receipt.ts';
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
    // As it would be performed: with what others than its caller have laid down for it.
    const { world, budgetLeft } = gateway;
    const asked = caller
      ? governed({ catalog, world, budgetLeft }, 'chat', requestOf(call.value, caller, world))
      : { call: call.value };
    const decided = plan(
      questionOf(asked.call, {
        catalog,
        enabled: gateway.enabled(),
        ...(caller?.ownKeys?.length && { ownKeys: caller.ownKeys }),
        ...('policy' in asked && asked.policy && { policy: asked.policy }),
        health: gateway.health.view(),
        seed: draw,
        promptTokens: estimatePrompt(asked.call),
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

const requestOf = (call: Call, caller: Caller, world: Pick<World, 'now' | 'elapsed'>): CallRequest<'chat'> => ({
  id: '',
  call,
  clientDialect: 'openai-chat',
  caller,
  app: null,
  userAgent: null,
  receivedAt: world.now(),
  begunAt: world.elapsed(),
});

/** What a router model chose, in the words of the API. */
const routedJson = ({ router, demand, pool, chosen }: Routed) => ({ router, ...demand, pool, chosen });

const refused = (value: Fault) => ({ status: envelope(value).error.code, json: envelope(value) });
