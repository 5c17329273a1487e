import type { RealtimeCall } from '../../call/realtime.ts';
import type { Plan } from '../../facts/plan.ts';
import { plan } from '../../router/plan.ts';
import type { Gateway } from '../gateway.ts';
import { governed } from '../govern.ts';
import type { CallRequest } from '../receipt.ts';
import { REALTIME } from './operation.ts';

/** Where a session may be opened: as its first answer would be planned, with all that others have laid down for it. */
export function planSession(gateway: Gateway, incoming: CallRequest<'realtime'>): Plan {
  const catalog = gateway.catalog();
  const governing = { catalog, world: gateway.world, budgetLeft: gateway.budgetLeft };
  const { call, caller, policy } = governed(governing, 'realtime', incoming);
  const ownKeys = caller.ownKeys ?? [];
  return plan(
    REALTIME.questionOf(call, {
      catalog,
      enabled: gateway.enabled(),
      health: gateway.health.view(),
      seed: Math.floor(gateway.world.random() * 2 ** 32),
      promptTokens: call.promptTokens,
      ...(ownKeys.length > 0 && { ownKeys }),
      ...(policy && { policy }),
    }),
  );
}

/** A session as it begins, with nothing said. */
export const emptyCall = (model: string): RealtimeCall => ({
  model,
  models: [],
  gateway: {},
  promptTokens: 0,
  promptTokensMax: 0,
});
