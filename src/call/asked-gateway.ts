import type { GatewayOptions } from './call.ts';

/**
 * What a caller forbids for a call, and others forbid it, for another model that is asked within it. Which hosts its own
 * model is to be had from (`only`, `order`, `sort`) says nothing of other models.
 */
export function forbiddenIn({ provider = {}, rules }: GatewayOptions): GatewayOptions {
  const { ignore, zdr, data_collection } = provider;
  const forbidden = {
    ...(ignore && { ignore }),
    ...(zdr !== undefined && { zdr }),
    ...(data_collection && { data_collection }),
  };
  return { ...(Object.keys(forbidden).length > 0 && { provider: forbidden }), ...(rules && { rules }) };
}
