import type { Availability, Fault, FaultCode } from '../base/fault.ts';

const CODES: { readonly [code in FaultCode]?: Availability['code'] } = {
  upstream_rate_limit: 'capacity_exhausted',
  upstream_overloaded: 'temporarily_unavailable',
};

/** Everyone who could answer is busy or overloaded: says to programs that it is worth trying again (spec §6.3). */
export function withAvailability(value: Fault, requestedModels: readonly string[]): Fault {
  const code = CODES[value.code];
  if (code === undefined) return value;
  const availability: Availability = {
    code,
    retryable: true,
    requested_models: requestedModels,
    docs_url: '/docs/errors',
    ...(value.retryAfterMs !== undefined && { retry_after: Math.ceil(value.retryAfterMs / 1000) }),
  };
  return { ...value, availability };
}
