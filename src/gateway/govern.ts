import type { GatewayOptions } from '../call/call.ts';
import type { CallOf, OperationId } from '../call/operation.ts';
import { NO_POLICY, type Rule } from '../facts/policy.ts';
import type { CallRequest } from './receipt.ts';

/** The request as it is performed: with what others than its caller have laid down for it. */
export function governed<O extends OperationId>(request: CallRequest<O>): CallRequest<O> {
  const { rules } = request.caller;
  if (!rules?.length) return request;
  return { ...request, call: withHostRules(request.call, rules), policy: { ...NO_POLICY, rules } };
}

/** What a gateway that picks hosts by itself must be told goes along with the call. */
function withHostRules<O extends OperationId>(call: CallOf<O>, rules: readonly Rule[]): CallOf<O> {
  const told = rules.filter(({ ignore, zdr, data_collection }) => ignore || zdr || data_collection);
  if (told.length === 0) return call;
  const gateway: GatewayOptions = { ...call.gateway, rules: told };
  return { ...call, gateway };
}
