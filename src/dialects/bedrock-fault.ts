import { type Fault, type FaultCode, fault } from '../base/fault.ts';
import type { Frame } from '../base/frame.ts';
import { objectOf, parseJson, stringOf } from '../base/json.ts';
import { entryOf } from '../base/table.ts';
import type { UpstreamFailure } from './dialect.ts';
import { plainText } from './plain-text.ts';
import { retryAfterOf } from './retry-hint.ts';

/** The type of an error answer is only in the header `x-amzn-errortype`, with a namespace behind a colon. */
export function decodeFault(failure: UpstreamFailure): Fault {
  const body = objectOf(parseJson(failure.body));
  const named = failure.headers['x-amzn-errortype'] ?? stringOf(body.__type);
  const type = (named.split(':')[0] ?? '').split('#').pop() ?? '';
  const words = stringOf(body.message) || stringOf(body.Message) || (plainText(failure.body) ?? '');
  const message = words === '' ? `The provider answered ${failure.status}.` : redact(words);
  const retryAfterMs = retryAfterOf(failure.headers, failure.now);
  return fault(codeOf(type, message, failure.status), message, {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    upstream: {
      provider: failure.provider,
      status: failure.status,
      ...(type !== '' && { type }),
      raw: redact(failure.body.slice(0, 4096)),
    },
  });
}

/** An exception in the middle of a 200 stream, or bytes that were no frame at all. */
export function faultOfFrame(frame: Frame): Fault {
  const message = stringOf(objectOf(parseJson(frame.data)).message) || 'The provider’s stream broke off.';
  if (frame.event === null) return fault('upstream_malformed', message);
  const upstream = { type: frame.event, raw: frame.data.slice(0, 4096) };
  return fault(codeOf(frame.event, message, undefined), message, { upstream });
}

/** A refused signature is answered with the whole canonical request, session token and key id included. */
const redact = (text: string): string =>
  text.replace(/(x-amz-security-token:)[^\s\\]+/gi, '$1…').replace(/\b(AKIA|ASIA)[A-Z0-9]{12,}/g, '$1…');

/** Exceptions of Converse, ConverseStream and of AWS's front door (API_runtime_Converse, CommonErrors; read 2026-11-22). */
const CODES: { readonly [type: string]: FaultCode } = {
  throttlingexception: 'upstream_rate_limit',
  toomanyrequestsexception: 'upstream_rate_limit',
  servicequotaexceededexception: 'upstream_rate_limit',
  serviceunavailableexception: 'upstream_overloaded',
  serviceunavailable: 'upstream_overloaded',
  modelnotreadyexception: 'upstream_overloaded',
  internalserverexception: 'upstream_server_error',
  internalfailure: 'upstream_server_error',
  modelerrorexception: 'upstream_server_error',
  modelstreamerrorexception: 'upstream_server_error',
  modeltimeoutexception: 'upstream_timeout',
  resourcenotfoundexception: 'upstream_model_not_found',
  accessdeniedexception: 'upstream_permission',
  unrecognizedclientexception: 'upstream_authentication',
  expiredtokenexception: 'upstream_authentication',
  invalidsignatureexception: 'upstream_authentication',
  incompletesignatureexception: 'upstream_authentication',
  invalidclienttokenid: 'upstream_authentication',
  missingauthenticationtokenexception: 'upstream_authentication',
};

function codeOf(type: string, message: string, status: number | undefined): FaultCode {
  const named = entryOf(CODES, type.toLowerCase());
  // A bad bearer key is 403 AccessDenied too, and only the message tells.
  if (
    named === 'upstream_permission' &&
    /api key|bearer token|authentication failed|security token|signature/i.test(message)
  )
    return 'upstream_authentication';
  if (named) return named;
  if (/validationexception/i.test(type) || status === 400) return codeOfValidation(message);
  if (status === 401) return 'upstream_authentication';
  if (status === 402) return 'upstream_quota';
  if (status === 403) return 'upstream_permission';
  if (status === 404) return 'upstream_model_not_found';
  if (status === 408 || status === 504) return 'upstream_timeout';
  if (status === 413) return 'upstream_too_large';
  if (status === 422) return 'upstream_unprocessable';
  if (status === 429) return 'upstream_rate_limit';
  if (status === 503) return 'upstream_overloaded';
  return status !== undefined && status < 500 ? 'upstream_invalid_request' : 'upstream_server_error';
}

/** Everything wrong with a request is one exception; what is wrong stands only in its message. */
function codeOfValidation(message: string): FaultCode {
  if (
    /input (is )?too long|input tokens? exceed|prompt is too long|context (length|limit|window)|too many (input )?tokens/i.test(
      message,
    )
  )
    return 'context_length_exceeded';
  if (/model identifier is invalid|model .*(not found|not exist|not supported in this region)/i.test(message))
    return 'upstream_model_not_found';
  if (/content filter|content policy|blocked by/i.test(message)) return 'content_policy_violation';
  if (/could not process image|image .*(invalid|corrupt)/i.test(message)) return 'invalid_image';
  if (/image .*(exceeds|too large)/i.test(message)) return 'image_too_large';
  if (/max(imum)? tokens? .*exceeds/i.test(message)) return 'max_tokens_exceeded';
  return 'upstream_invalid_request';
}
