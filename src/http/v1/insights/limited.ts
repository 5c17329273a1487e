import { fault } from '../../../base/fault.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { Route } from '../../route.ts';
import { refusal } from '../account/refusal.ts';

/** A route that sums up much: each key, and each account's people together, may ask it so often a minute (spec §1.12). */
export const limited =
  (kind: keyof Gateway['insights']['rates'], handle: Route['handle']): Route['handle'] =>
  (request, gateway) => {
    const { caller, address } = request;
    const wait = gateway.insights.rates[kind].ask(caller?.keyId ?? address);
    if (wait === null) return handle(request, gateway);
    const seconds = String(Math.ceil(wait / 1000));
    const value = fault('rate_limit_exceeded', `Rate limit exceeded. Ask again in ${seconds} s.`, {
      retryAfterMs: wait,
    });
    return { ...refusal(value), headers: { 'retry-after': seconds } };
  };
