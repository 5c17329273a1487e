import type { WireRequest } from '../../base/world.ts';

/** The key as it is, in a header of the provider's own (`x-api-key`, `api-key`, `x-goog-api-key`). */
export const signHeader = (request: WireRequest, name: string, key: string): WireRequest => ({
  ...request,
  headers: { ...request.headers, [name.toLowerCase()]: key },
});
