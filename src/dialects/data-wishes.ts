import type { JsonObject } from '../base/json.ts';
import type { ProviderPreferences } from '../call/call.ts';
import type { Target } from '../facts/target.ts';

/**
 * What a caller demands of the treatment of its data, for a provider that picks hosts by itself: routing trusts it to
 * keep to this (`policy.per_request`). Absent where nothing is demanded.
 */
export function dataWishes(preferences: ProviderPreferences | undefined, { endpoint }: Target): JsonObject | undefined {
  if (!preferences || !endpoint.provider.policy.perRequest) return undefined;
  const isDenied = preferences.data_collection === 'deny';
  if (!isDenied && !preferences.zdr) return undefined;
  return { ...(isDenied && { data_collection: 'deny' }), ...(preferences.zdr && { zdr: true }) };
}
