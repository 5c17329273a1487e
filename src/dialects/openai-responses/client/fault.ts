import { availabilityMembers, type Fault, faultRow } from '../../../base/fault.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { EncodedFault, FaultContext } from '../../dialect.ts';
import { encodeResponse, type Outcome } from './response.ts';

/** The `code` of a failed response (spec §6.2). */
export function errorCodeOf(fault: Fault): string {
  switch (faultRow(fault).errorType) {
    case 'rate_limit_exceeded':
      return 'rate_limit_exceeded';
    case 'context_length_exceeded':
    case 'invalid_request':
    case 'invalid_prompt':
      return 'invalid_prompt';
    case 'content_policy_violation':
      return 'image_content_policy_violation';
    case 'invalid_image':
      return 'invalid_image';
    case 'image_too_large':
      return 'image_too_large';
    case 'unsupported_image_format':
      return 'unsupported_image_media_type';
    case 'image_download_failed':
      return 'failed_to_download_image';
    default:
      return 'server_error';
  }
}

/** The response of a call that a token limit cut short. */
export const cutShort = (fault: Fault): Outcome => ({
  status: 'incomplete',
  output: [],
  incomplete: 'max_output_tokens',
  errorType: faultRow(fault).errorType,
});

/** Reaching a token limit is an incomplete answer here, not an error (spec §6.2). */
export const isTokenLimit = (fault: Fault): boolean =>
  ['context_length_exceeded', 'max_tokens_exceeded', 'string_too_long'].includes(fault.code);

/** A plain error: `{error:{code,message},metadata}`; metadata is null unless there is something to tell. */
export function encodeFault(fault: Fault, context: FaultContext): EncodedFault {
  const row = faultRow(fault);
  if (context.answer && isTokenLimit(fault))
    return { status: 200, body: encodeResponse(context.answer, cutShort(fault)), headers: {} };
  return {
    status: row.status,
    body: {
      error: {
        code: row.status,
        message: fault.message,
        ...(fault.param !== undefined && { param: fault.param }),
        ...(availabilityMembers(fault) as JsonObject),
      },
      error_type: row.errorType,
      metadata: fault.metadata || fault.upstream ? metadataOf(fault) : null,
      ...context.extra,
    },
    headers:
      fault.retryAfterMs === undefined
        ? {}
        : { 'retry-after': String(Math.max(1, Math.ceil(fault.retryAfterMs / 1000))) },
  };
}

/** What the vendor meant and said, beside the few codes that this dialect has. */
export function metadataOf(fault: Fault): JsonObject {
  const { upstream } = fault;
  return {
    error_type: faultRow(fault).errorType,
    class: faultRow(fault).class,
    ...(fault.metadata as JsonObject | undefined),
    ...(upstream?.provider !== undefined && { provider_name: upstream.provider }),
    ...(upstream?.code !== undefined && { provider_code: upstream.code }),
    ...(upstream?.raw !== undefined && { raw: upstream.raw }),
  };
}
