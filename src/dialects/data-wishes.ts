import type { JsonObject } from '../base/json.ts';
import type { GatewayOptions, HostRule } from '../call/call.ts';
import type { Endpoint } from '../catalog/model.ts';
import { isAbout } from '../facts/rule-reach.ts';
import type { Target } from '../facts/target.ts';

/**
 * What is demanded of the treatment of a call's data, by its caller or by a rule, for a provider that picks hosts by
 * itself: routing trusts it to keep to this (`policy.per_request`). Absent where nothing is demanded.
 */
export function dataWishes(gateway: GatewayOptions, { endpoint }: Target): JsonObject | undefined {
  const { provider, rules } = gateway;
  if (!(provider || rules) || !endpoint.provider.policy.perRequest) return undefined;
  const about = rules ? rulesAbout(rules, endpoint) : [];
  const isDenied = provider?.data_collection === 'deny' || about.some((rule) => rule.data_collection === 'deny');
  const isZdr = provider?.zdr === true || about.some(({ zdr }) => zdr);
  if (!isDenied && !isZdr) return undefined;
  return { ...(isDenied && { data_collection: 'deny' }), ...(isZdr && { zdr: true }) };
}

/** The rules that hold for calls of this endpoint. */
export const rulesAbout = (rules: readonly HostRule[], endpoint: Endpoint): readonly HostRule[] =>
  rules.filter((rule) => isAbout(rule, endpoint));
