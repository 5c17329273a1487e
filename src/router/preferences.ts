import type { Endpoint, Tier } from '../catalog/model.ts';

/**
 * Does a name from `order`, `only` or `ignore` mean this endpoint? A base slug means every variant, but of the service
 * tiers, which are never used unasked (spec §3.2), only the one given.
 */
export function namesEndpoint(name: string, endpoint: Endpoint, tier: Tier | null): boolean {
  const lowered = name.toLowerCase();
  if (lowered === endpoint.tag.toLowerCase()) return true;
  if (lowered !== endpoint.provider.slug && lowered !== endpoint.provider.name.toLowerCase()) return false;
  return endpoint.tier === null || endpoint.tier === tier;
}
