import type { WireRequest } from '../../base/world.ts';

/** The key in a header of the provider's own (`x-api-key`, `api-key`, `x-goog-api-key`), as it is or behind a word (`Token …`). */
export const signHeader = (request: WireRequest, name: string, key: string): WireRequest => ({
  ...request,
  headers: { ...request.headers, [name.toLowerCase()]: key },
});
