import type { Endpoint } from '../catalog/model.ts';

/** Service tiers are never used unless asked for by their full tag (spec §3.2). */
const TIERS: ReadonlySet<string> = new Set(['priority', 'flex', 'batch', 'scale']);

/** Does a name from `order`, `only` or `ignore` mean this endpoint? A base slug means every variant but the tiers. */
export function namesEndpoint(name: string, endpoint: Endpoint): boolean {
  const wanted = name.toLowerCase();
  const tag = endpoint.tag.toLowerCase();
  if (wanted === tag) return true;
  if (wanted !== endpoint.provider.slug && wanted !== endpoint.provider.name.toLowerCase()) return false;
  return !isTier(endpoint);
}

export function isTier({ tag }: Endpoint): boolean {
  return tag.includes('/') && TIERS.has(tag.slice(tag.lastIndexOf('/') + 1));
}
