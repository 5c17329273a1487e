import type { Fault } from '../base/fault.ts';
import type { WireHeaders } from '../base/world.ts';
import type { Caller } from '../facts/caller.ts';
import type { Gateway } from '../gateway/gateway.ts';

/** Says who asks: at once for every key that is known here. */
export function withCaller(
  { access }: Pick<Gateway, 'access'>,
  headers: WireHeaders,
  proceed: (caller: Caller | Fault) => void,
): void {
  const caller = access.authenticate(headers);
  if ('code' in caller) void access.authenticateLate(headers).then(proceed);
  else proceed(caller);
}
