import { type Fault, type FaultCode, fault, type UpstreamFault } from '../../../base/fault.ts';
import { isObject, type JsonObject, objectOf, optionalString, parseJson } from '../../../base/json.ts';
import { entryOf } from '../../../base/table.ts';
import type { UpstreamFailure } from '../../dialect.ts';
import { plainText } from '../../plain-text.ts';
import { retryAfterOf } from '../../retry-hint.ts';

/**
 * What failed, by the vendor's word for it: Anthropic's `error.type`, the exceptions of Bedrock's runtime, Google's
 * `error.status` (each read 2026-11-22 in the vendor's API reference).
 */
const CODES: { readonly [type: string]: FaultCode } = {
  invalid_request_error: 'upstream_invalid_request',
  authentication_error: 'upstream_authentication',
  billing_error: 'upstream_quota',
  permission_error: 'upstream_permission',
  not_found_error: 'upstream_model_not_found',
  request_too_large: 'upstream_too_large',
  rate_limit_error: 'upstream_rate_limit',
  timeout_error: 'upstream_timeout',
  overloaded_error: 'upstream_overloaded',
  api_error: 'upstream_server_error',
  validationexception: 'upstream_invalid_request',
  accessdeniedexception: 'upstream_permission',
  unrecognizedclientexception: 'upstream_authentication',
  invalidsignatureexception: 'upstream_authentication',
  expiredtokenexception: 'upstream_authentication',
  missingauthenticationtokenexception: 'upstream_authentication',
  resourcenotfoundexception: 'upstream_model_not_found',
  throttlingexception: 'upstream_rate_limit',
  servicequotaexceededexception: 'upstream_rate_limit',
  serviceunavailableexception: 'upstream_overloaded',
  modelnotreadyexception: 'upstream_overloaded',
  modeltimeoutexception: 'upstream_timeout',
  modelerrorexception: 'upstream_server_error',
  modelstreamerrorexception: 'upstream_server_error',
  internalserverexception: 'upstream_server_error',
  invalid_argument: 'upstream_invalid_request',
  failed_precondition: 'upstream_invalid_request',
  unauthenticated: 'upstream_authentication',
  permission_denied: 'upstream_permission',
  not_found: 'upstream_model_not_found',
  resource_exhausted: 'upstream_rate_limit',
  unavailable: 'upstream_overloaded',
  deadline_exceeded: 'upstream_timeout',
  internal: 'upstream_server_error',
  unimplemented: 'upstream_not_implemented',
};

const STATUSES: { readonly [status: number]: FaultCode } = {
  401: 'upstream_authentication',
  402: 'upstream_quota',
  403: 'upstream_permission',
  404: 'upstream_model_not_found',
  408: 'upstream_timeout',
  413: 'upstream_too_large',
  422: 'upstream_unprocessable',
  429: 'upstream_rate_limit',
  501: 'upstream_not_implemented',
  503: 'upstream_overloaded',
  504: 'upstream_timeout',
  524: 'upstream_timeout',
  529: 'upstream_overloaded',
};

/** A refused request says only in its message what was wrong with it. */
const MESSAGES: readonly (readonly [RegExp, FaultCode])[] = [
  [
    /prompt is too long|exceeds? (the )?context (limit|window|length)|input is too long|too many (input )?tokens/i,
    'context_length_exceeded',
  ],
  [/max_tokens: .*maximum allowed|max_tokens.*maximum number of output tokens/i, 'max_tokens_exceeded'],
  [/credit balance is too low|usage limits?\b.*(regain|reached)/i, 'upstream_quota'],
  [/organi[sz]ation has been disabled/i, 'upstream_permission'],
  [/content filtering policy|blocked by .*policy/i, 'content_policy_violation'],
  [/image exceeds|image dimensions exceed/i, 'image_too_large'],
  [/could not process image|image does not match/i, 'invalid_image'],
  [/unable to download|could not (fetch|download)/i, 'image_download_failed'],
];

type More = {
  readonly provider: string;
  readonly type?: string | undefined;
  readonly status?: number;
  readonly raw?: string;
  readonly retryAfterMs?: number | undefined;
};

/** Reads an error body, or an `error` event within a stream. Three shapes: Anthropic's, Amazon's flat one, Google's. */
export function faultOfError(body: JsonObject, more: More): Fault {
  const error = isObject(body.error) ? body.error : body;
  const type = more.type ?? optionalString(error.type) ?? optionalString(error.status) ?? optionalString(body.__type);
  const message =
    optionalString(error.message) ??
    optionalString(body.Message) ??
    optionalString(body.error) ??
    optionalString(body.detail) ??
    'The provider reported an error without a message.';
  const upstream: UpstreamFault = {
    provider: more.provider,
    raw: (more.raw ?? JSON.stringify(body)).slice(0, 4096),
    ...(more.status !== undefined && { status: more.status }),
    ...(type !== undefined && { type }),
  };
  const retry = more.retryAfterMs === undefined ? {} : { retryAfterMs: more.retryAfterMs };
  return fault(codeOf(type, more.status, message), message, { upstream, ...retry });
}

function codeOf(type: string | undefined, status: number | undefined, message: string): FaultCode {
  const name = (type ?? '').toLowerCase().replace(/^.*#/, '');
  const byStatus =
    status === undefined ? undefined : (STATUSES[status] ?? (status >= 500 ? 'upstream_server_error' : undefined));
  const code =
    entryOf(CODES, name) ?? byStatus ?? (status === undefined ? 'upstream_server_error' : 'upstream_invalid_request');
  if (code !== 'upstream_invalid_request' && code !== 'upstream_server_error') return code;
  return MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ?? code;
}

export function decodeFault({ status, headers, body, provider, now }: UpstreamFailure): Fault {
  const parsed = parseJson(body);
  const error = Array.isArray(parsed) ? parsed[0] : parsed;
  const shape = isObject(error)
    ? error
    : { message: plainText(body) ?? `The provider answered with status ${status}.` };
  // `ServiceUnavailableException:http://internal.amazon.com/…`: Bedrock names the type only here.
  const named = headers['x-amzn-errortype']?.split(':')[0];
  const type = named ?? optionalString(objectOf(shape.error).type);
  const typeMember = type === undefined || type === '' ? {} : { type };
  return faultOfError(shape, { provider, status, raw: body, ...typeMember, retryAfterMs: retryAfterOf(headers, now) });
}
