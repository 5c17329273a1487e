import type { WireRequest } from '../../base/world.ts';

export const signBearer = (request: WireRequest, key: string): WireRequest => ({
  ...request,
  headers: { ...request.headers, authorization: `Bearer ${key}` },
});
