import { availabilityMembers, type Fault, faultRow, waitSecondsOf } from '../../../base/fault.ts';
import { type JsonObject, optionalString } from '../../../base/json.ts';
import type { Call } from '../../../call/call.ts';
import type { EncodedFault, FaultContext } from '../../dialect.ts';

/**
 * The `code` of a failed response. Codex knows a few words, each of which ends its turn after one request; on any other
 * it asks five times more (codex-rs 0.171, counted 2026-11-29). So what asking again cannot mend is `invalid_prompt`.
 */
export function errorCodeOf(fault: Fault): string {
  const row = faultRow(fault);
  const word = WORDS[row.class];
  if (word !== undefined) return word;
  const image = IMAGE_WORDS[row.errorType];
  if (image !== undefined) return image;
  return row.retry === 'no' && row.status < 500
    ? 'invalid_prompt'
    : HOPELESS.has(row.class)
      ? 'invalid_prompt'
      : 'server_error';
}

const WORDS: { readonly [kind: string]: string } = {
  rate_limit: 'rate_limit_exceeded',
  context_length_exceeded: 'context_length_exceeded',
  insufficient_quota: 'insufficient_quota',
  overloaded: 'server_is_overloaded',
  content_policy: 'invalid_prompt',
};
const IMAGE_WORDS: { readonly [errorType: string]: string } = {
  invalid_image: 'invalid_image',
  image_too_large: 'image_too_large',
  unsupported_image_format: 'unsupported_image_media_type',
  image_download_failed: 'failed_to_download_image',
};
/** Another try meets the same refusal. */
const HOPELESS = new Set([
  'invalid_request',
  'model_not_found',
  'not_found',
  'authentication',
  'permission',
  'not_implemented',
]);

/** The classes that programs of this dialect know by a word in `error.code`, whole answers included. */
const KNOWN_WORDS = new Set(['context_length_exceeded', 'insufficient_quota', 'overloaded']);

/**
 * Must a streamed call that failed before its first byte be told so in a stream? A full context always is, as OpenAI
 * does it. To programs that repeat a call whatever status refuses it, everything is but what they take as final or wait
 * for: 400, and 429 with its `Retry-After`.
 */
export function tellsInBand(fault: Fault, call: Call): boolean {
  const row = faultRow(fault);
  if (row.class === 'context_length_exceeded') return true;
  return call.faultsInBand === true && row.status !== 400 && row.status !== 429;
}

/** A plain error: `{error:{code,message},metadata}`; metadata is null unless there is something to tell. */
export function encodeFault(fault: Fault, context: FaultContext<'chat'>): EncodedFault {
  const row = faultRow(fault);
  const wait = waitSecondsOf(fault);
  const own = optionalString(fault.metadata?.code);
  const isWord = !context.call?.numericCodes && (KNOWN_WORDS.has(row.class) || fault.code === 'invalid_prompt');
  return {
    status: row.status,
    body: {
      error: {
        code: own !== undefined && !context.call?.numericCodes ? own : isWord ? errorCodeOf(fault) : row.status,
        message: fault.message,
        ...(fault.param !== undefined && { param: fault.param }),
        ...(availabilityMembers(fault) as JsonObject),
      },
      error_type: row.errorType,
      metadata: fault.metadata || fault.upstream ? metadataOf(fault) : null,
      ...context.extra,
    },
    headers: wait === undefined ? {} : { 'retry-after': String(wait) },
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
