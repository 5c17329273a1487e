import { type Fault, type FaultCode, fault } from '../../../base/fault.ts';
import { isObject, type Json, type JsonObject, optionalString, parseJson } from '../../../base/json.ts';
import { entryOf } from '../../../base/table.ts';
import type { UpstreamFailure } from '../../dialect.ts';
import { retryAfterOf } from '../../retry-hint.ts';

/** What a vendor said about an error, wherever it stood. */
type Told = { readonly message: string; readonly type?: string; readonly code?: string; readonly param?: string };

const CODES: { readonly [code: string]: FaultCode } = {
  invalid_api_key: 'upstream_authentication',
  authentication_error: 'upstream_authentication',
  insufficient_quota: 'upstream_quota',
  billing_hard_limit_reached: 'upstream_quota',
  billing_not_active: 'upstream_quota',
  permission_error: 'upstream_permission',
  unsupported_country_region_territory: 'upstream_permission',
  model_not_found: 'upstream_model_not_found',
  not_found_error: 'upstream_model_not_found',
  context_length_exceeded: 'context_length_exceeded',
  string_above_max_length: 'string_too_long',
  content_policy_violation: 'content_policy_violation',
  content_filter: 'content_policy_violation',
  image_content_policy_violation: 'content_policy_violation',
  moderation_blocked: 'content_policy_violation',
  bio_policy: 'content_policy_violation',
  cyber_policy: 'content_policy_violation',
  rate_limit_exceeded: 'upstream_rate_limit',
  rate_limit_error: 'upstream_rate_limit',
  slow_down: 'upstream_overloaded',
  overloaded_error: 'upstream_overloaded',
  server_is_overloaded: 'upstream_overloaded',
  server_error: 'upstream_server_error',
  internal_error: 'upstream_server_error',
  invalid_image: 'invalid_image',
  invalid_image_url: 'image_download_failed',
  failed_to_download_image: 'image_download_failed',
  invalid_image_format: 'unsupported_image_format',
  unsupported_image_media_type: 'unsupported_image_format',
  image_too_large: 'image_too_large',
  image_file_too_large: 'image_too_large',
};

/** Reads an error answer, whatever envelope it has: `{error:{…}}`, `{error:"…"}`, `{detail}`, flat, or plain text. */
export function decodeFault(failure: UpstreamFailure): Fault {
  const told = toldBy(parseJson(failure.body)) ?? { message: failure.body.slice(0, 500).trim() };
  const retryAfterMs = retryAfterOf(failure.headers, failure.now);
  const named = told.message === '' ? { ...told, message: `The provider answered ${failure.status}.` } : told;
  return faultOf(named, {
    status: failure.status,
    provider: failure.provider,
    raw: redact(failure.body.slice(0, 4096)),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** The fault that an `error` object inside a 200 answer or stream means. */
export function faultOfError(value: Json | undefined): Fault {
  const told = toldBy(value) ?? { message: 'The provider reported an error without a message.' };
  return faultOf(told, { raw: redact(JSON.stringify(value ?? null).slice(0, 4096)) });
}

function toldBy(value: Json | undefined): Told | undefined {
  if (!isObject(value)) return undefined;
  const inner = isObject(value.error) ? value.error : value;
  const message = [inner.message, value.error, value.detail, inner.detail].find((text) => typeof text === 'string');
  if (typeof message !== 'string') return undefined;
  return { message, ...words(inner) };
}

function words(inner: JsonObject): Omit<Told, 'message'> {
  const type = inner.type === 'error' ? undefined : optionalString(inner.type);
  const code = typeof inner.code === 'number' ? String(inner.code) : optionalString(inner.code);
  const param = optionalString(inner.param);
  return {
    ...(type !== undefined && { type }),
    ...(code !== undefined && { code }),
    ...(param !== undefined && { param }),
  };
}

type Around = {
  readonly status?: number;
  readonly provider?: string;
  readonly raw: string;
  readonly retryAfterMs?: number;
};

function faultOf(told: Told, around: Around): Fault {
  return fault(codeOf(told, around.status), redact(told.message), {
    ...(told.param !== undefined && { param: told.param }),
    ...(around.retryAfterMs !== undefined && { retryAfterMs: around.retryAfterMs }),
    upstream: {
      ...(around.provider !== undefined && { provider: around.provider }),
      ...(around.status !== undefined && { status: around.status }),
      ...(told.type !== undefined && { type: told.type }),
      ...(told.code !== undefined && { code: told.code }),
      raw: around.raw,
    },
  });
}

function codeOf(told: Told, status: number | undefined): FaultCode {
  const named = entryOf(CODES, told.code) ?? entryOf(CODES, told.type);
  if (named) return named;
  if (/context (length|window)|maximum (context|prompt) length|prompt is too long/i.test(told.message))
    return 'context_length_exceeded';
  if (/usage polic|content polic|safety system/i.test(told.message)) return 'content_policy_violation';
  if (/(incorrect|invalid) api key/i.test(told.message)) return 'upstream_authentication';
  if (/does not exist|not found/i.test(told.message) && /model/i.test(told.message)) return 'upstream_model_not_found';
  return status === undefined ? codeInStream(told) : codeOfStatus(status);
}

const codeInStream = (told: Told): FaultCode =>
  /invalid_(request|prompt)/.test(`${told.type} ${told.code}`) ? 'upstream_invalid_request' : 'upstream_server_error';

function codeOfStatus(status: number): FaultCode {
  switch (status) {
    case 401:
      return 'upstream_authentication';
    case 402:
      return 'upstream_quota';
    case 403:
      return 'upstream_permission';
    case 404:
      return 'upstream_model_not_found';
    case 408:
    case 504:
    case 524:
      return 'upstream_timeout';
    case 413:
      return 'payload_too_large';
    case 429:
      return 'upstream_rate_limit';
    case 501:
      return 'upstream_not_implemented';
    case 503:
    case 529:
      return 'upstream_overloaded';
    default:
      return status >= 500 ? 'upstream_server_error' : 'upstream_invalid_request';
  }
}

/** Vendors quote the key they refused. */
const redact = (text: string): string =>
  text.replace(/\b((?:sk|xai|key|gsk)-)[\w*-]{6,}|(Bearer )[\w.~+/*-]{6,}=*/g, '$1$2…');
