import { availabilityMembers, type Fault, faultRow } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { EncodedFault, FaultContext } from '../../dialect.ts';

/**
 * OpenRouter's `error` object (spec §6.1). `code` is the HTTP status; OpenAI's `type` and `param` stand beside it for
 * clients of OpenAI. `metadata.class` says what the vendor meant, whatever the status became.
 */
export function faultBody(fault: Fault): JsonObject {
  const row = faultRow(fault);
  const upstream = fault.upstream;
  const code = upstream?.code ?? upstream?.type;
  return {
    code: row.status,
    message: fault.message,
    type: row.errorType,
    ...(fault.param !== undefined && { param: fault.param }),
    metadata: {
      error_type: row.errorType,
      class: row.class,
      ...(code !== undefined && { provider_code: code }),
      ...(upstream?.provider !== undefined && { provider_name: upstream.provider }),
      ...(upstream?.raw !== undefined && { raw: upstream.raw }),
      ...(fault.metadata as JsonObject | undefined),
    },
    ...(availabilityMembers(fault) as JsonObject),
  };
}

export function encodeFault(fault: Fault, answer: FaultContext): EncodedFault {
  const wait = fault.retryAfterMs;
  return {
    status: faultRow(fault).status,
    body: { error: faultBody(fault), ...answer.extra },
    headers: wait === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(wait / 1000))) },
  };
}
