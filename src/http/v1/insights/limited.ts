import { fault } from '../../../base/fault.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { refusal } from '../account/refusal.ts';

/** One more question of a kind that sums up much: null = it is answered, else the refusal (spec §1.12). */
export function overLimit(
  kind: keyof Gateway['insights']['rates'],
  { caller, address }: Pick<RouteRequest, 'caller' | 'address'>,
  { insights }: Gateway,
): RouteAnswer | null {
  const wait = insights.rates[kind].ask(caller?.keyId ?? address);
  if (wait === null) return null;
  const seconds = String(Math.ceil(wait / 1000));
  const value = fault('rate_limit_exceeded', `Rate limit exceeded. Ask again in ${seconds} s.`, { retryAfterMs: wait });
  return { ...refusal(value), headers: { 'retry-after': seconds } };
}

/** A route whose every question counts. */
export const limited =
  (kind: keyof Gateway['insights']['rates'], handle: Route['handle']): Route['handle'] =>
  (request, gateway) =>
    overLimit(kind, request, gateway) ?? handle(request, gateway);
