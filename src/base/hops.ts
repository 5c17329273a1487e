import { LIMITS } from './limits.ts';
import { PRODUCT } from './product.ts';

const PRODUCT_OF = `${PRODUCT.name}/`;
const HOP = /; hop (\d{1,3})\)/;

/** How many gateways of our kind a request has come through, by the user agent that the last of them sent. */
export function hopsOf(userAgent: string | null | undefined): number {
  if (!userAgent?.startsWith(PRODUCT_OF)) return 0;
  return Number(HOP.exec(userAgent)?.[1] ?? 1);
}

/** The user agent of a request that has come through so many gateways, this one included. */
export const agentAfter = (hops: number): string =>
  hops <= 1 ? PRODUCT.userAgent : PRODUCT.userAgent.replace(')', `; hop ${hops})`);

/** Gateways that name each other as their provider would pass a request round for ever. */
export const isGoingRound = (userAgent: string | null | undefined): boolean => hopsOf(userAgent) >= LIMITS.hops_max;
