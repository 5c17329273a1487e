import { availabilityMembers, type Fault, faultRow, waitSecondsOf } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { EncodedFault, FaultContext } from '../../dialect.ts';

/** This dialect's error type for each `error_type` (spec §6.2); what is missing goes by its status. */
const TYPES: { readonly [errorType: string]: string } = {
  authentication: 'authentication_error',
  permission_denied: 'permission_error',
  payment_required: 'billing_error',
  not_found: 'not_found_error',
  payload_too_large: 'request_too_large', // platform.claude.com/docs/en/api/errors, read 2026-11-29
  rate_limit_exceeded: 'rate_limit_error',
  provider_overloaded: 'overloaded_error',
  timeout: 'timeout_error',
};

/** `{type:"error", error:{type, message, error_type, …}, request_id}`, for a body and for an `error` event alike. */
export function faultBody(fault: Fault, { id, extra }: FaultContext): JsonObject {
  const row = faultRow(fault);
  const { upstream } = fault;
  const code = upstream?.code ?? upstream?.type;
  const details = fault.metadata as JsonObject | undefined;
  const callers = row.status >= 400 && row.status < 499;
  return {
    type: 'error',
    error: {
      type: TYPES[row.errorType] ?? (callers ? 'invalid_request_error' : 'api_error'),
      message: messageOf(fault),
      error_type: row.errorType,
      ...(fault.param !== undefined && { param: fault.param }),
      ...(availabilityMembers(fault) as JsonObject),
      // Where Anthropic's clients look for it: a 400 without a code Claude Code sends again in other words, six times in
      // all, with one four times (2.1.332, counted 2026-11-29).
      ...(callers && { details: { error_code: row.errorType, ...details } }),
      metadata: {
        error_type: row.errorType,
        class: row.class,
        ...(code !== undefined && { provider_code: code }),
        ...(upstream?.provider !== undefined && { provider_name: upstream.provider }),
        ...(upstream?.raw !== undefined && { raw: upstream.raw }),
        ...details,
      },
    },
    request_id: id,
    ...extra,
  };
}

/**
 * Agents of this dialect know these by Anthropic's words: a prompt that no longer fits, whereupon they compact their
 * history, and content that is refused. Any other 400 or 422 Claude Code sends again with less of what may have been the
 * matter (a beta, how thoughts are shown, tools that are not yet loaded), whatever its type, words and `x-should-retry`
 * say, and no words of ours would be true of it (2.1.332, eighteen kinds tried 2026-11-29).
 */
function messageOf({ code, message }: Fault): string {
  if (code === 'context_length_exceeded')
    return /prompt is too long/i.test(message) ? message : `prompt is too long: ${message}`;
  if (code !== 'content_policy_violation' || message.includes(REFUSED)) return message;
  return `${message} (${REFUSED})`;
}
const REFUSED = 'Output blocked by content filtering policy';

export function encodeFault(fault: Fault, answer: FaultContext): EncodedFault {
  const wait = waitSecondsOf(fault);
  return {
    status: faultRow(fault).status,
    body: faultBody(fault, answer),
    headers: {
      ...(answer.id !== null && { 'request-id': answer.id }),
      ...(wait !== undefined && { 'retry-after': String(wait) }),
    },
  };
}
