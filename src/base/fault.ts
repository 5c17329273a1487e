/**
 * Every way a call can fail, in one closed table. Decoders name the code; HTTP status, blame and retry follow from here.
 * `errorType` is OpenRouter's `error_type` vocabulary (spec §6.2); `class` is what the vendor meant, kept in every dialect.
 */
export const FAULTS = {
  // what the caller asked for
  invalid_request: row(400, 'invalid_request', 'caller', 'no', 'invalid_request'),
  invalid_prompt: row(400, 'invalid_prompt', 'caller', 'no', 'invalid_request'),
  unknown_model: row(400, 'invalid_request', 'caller', 'no', 'model_not_found'),
  context_length_exceeded: row(400, 'context_length_exceeded', 'caller', 'next-model', 'context_length_exceeded'),
  max_tokens_exceeded: row(400, 'max_tokens_exceeded', 'caller', 'next-endpoint', 'invalid_request'),
  string_too_long: row(400, 'string_too_long', 'caller', 'no', 'invalid_request'),
  content_policy_violation: row(400, 'content_policy_violation', 'caller', 'next-model', 'content_policy'),
  invalid_image: row(400, 'invalid_image', 'caller', 'no', 'invalid_request'),
  image_too_large: row(400, 'image_too_large', 'caller', 'no', 'invalid_request'),
  unsupported_image_format: row(400, 'unsupported_image_format', 'caller', 'no', 'invalid_request'),
  image_download_failed: row(400, 'image_download_failed', 'caller', 'no', 'invalid_request'),
  authentication: row(401, 'authentication', 'caller', 'no', 'authentication'),
  payment_required: row(402, 'payment_required', 'caller', 'no', 'insufficient_quota'),
  permission_denied: row(403, 'permission_denied', 'caller', 'no', 'permission'),
  not_found: row(404, 'not_found', 'caller', 'no', 'not_found'),
  no_endpoints: row(404, 'not_found', 'caller', 'next-model', 'not_found'),
  method_not_allowed: row(405, 'invalid_request', 'caller', 'no', 'invalid_request'),
  gone: row(410, 'not_found', 'caller', 'no', 'not_found'),
  conflict: row(409, 'invalid_request', 'caller', 'no', 'invalid_request'),
  request_timeout: row(408, 'timeout', 'caller', 'no', 'timeout'),
  payload_too_large: row(413, 'payload_too_large', 'caller', 'no', 'invalid_request'),
  unsupported_media_type: row(415, 'invalid_request', 'caller', 'no', 'invalid_request'),
  unprocessable: row(422, 'unprocessable', 'caller', 'no', 'invalid_request'),
  rate_limit_exceeded: row(429, 'rate_limit_exceeded', 'caller', 'no', 'rate_limit'),
  headers_too_large: row(431, 'invalid_request', 'caller', 'no', 'invalid_request'),
  // what a provider did; its credentials are the operator's affair and never shown as the caller's 401, 402 or 403
  upstream_invalid_request: row(400, 'invalid_request', 'caller', 'next-endpoint', 'invalid_request'),
  upstream_unprocessable: row(422, 'unprocessable', 'caller', 'next-endpoint', 'invalid_request'),
  upstream_too_large: row(413, 'payload_too_large', 'caller', 'next-endpoint', 'invalid_request'),
  upstream_authentication: row(502, 'provider_unavailable', 'upstream', 'next-endpoint', 'authentication'),
  upstream_permission: row(502, 'provider_unavailable', 'upstream', 'next-endpoint', 'permission'),
  upstream_quota: row(502, 'provider_unavailable', 'upstream', 'next-endpoint', 'insufficient_quota'),
  upstream_model_not_found: row(404, 'not_found', 'upstream', 'next-endpoint', 'model_not_found'),
  upstream_rate_limit: row(429, 'rate_limit_exceeded', 'upstream', 'same-once', 'rate_limit'),
  upstream_overloaded: row(503, 'provider_overloaded', 'upstream', 'same-once', 'overloaded'),
  upstream_server_error: row(502, 'provider_unavailable', 'upstream', 'same-once', 'server_error'),
  upstream_not_implemented: row(400, 'invalid_request', 'upstream', 'next-endpoint', 'not_implemented'),
  upstream_unreachable: row(502, 'provider_unavailable', 'upstream', 'same-once', 'server_error'),
  upstream_malformed: row(502, 'provider_unavailable', 'upstream', 'next-endpoint', 'server_error'),
  upstream_schema_mismatch: row(502, 'provider_unavailable', 'upstream', 'next-endpoint', 'server_error'),
  upstream_truncated: row(502, 'provider_unavailable', 'upstream', 'next-endpoint', 'server_error'),
  upstream_timeout: row(504, 'timeout', 'upstream', 'next-endpoint', 'server_error'),
  // ours
  overloaded: row(503, 'provider_overloaded', 'gateway', 'no', 'overloaded'),
  stopping: row(503, 'provider_overloaded', 'gateway', 'no', 'server_error'),
  server: row(500, 'server', 'gateway', 'no', 'server_error'),
  cancelled: row(499, 'unmapped', 'caller', 'no', 'cancelled'),
} as const satisfies Record<string, FaultRow>;

/** The code of an expected failure: a row of the table above. */
export type FaultCode = keyof typeof FAULTS;
/** Who has to change something so that the failure does not come again. */
export type Blame = 'caller' | 'gateway' | 'upstream';
/** What a call does after this failure: it ends, asks the same endpoint once more, or moves on. */
export type Retry = 'no' | 'same-once' | 'next-endpoint' | 'next-model';
/** What is the same for every failure of one code. */
export type FaultRow = {
  readonly status: number;
  readonly errorType: string;
  readonly blame: Blame;
  readonly retry: Retry;
  readonly class: string;
};

/** What a provider said about its own failure. `raw` is its body, cut to 4 KB, with credentials removed. */
export type UpstreamFault = {
  readonly provider?: string;
  readonly status?: number;
  readonly type?: string;
  readonly code?: string;
  readonly raw?: string;
};

/** An expected failure: its code, and what is particular to this one. */
export type Fault = {
  readonly code: FaultCode;
  readonly message: string;
  /** The request field at fault, as the caller wrote it. */
  readonly param?: string;
  readonly upstream?: UpstreamFault;
  readonly retryAfterMs?: number;
  /** Further members of the error's `metadata`; plain JSON. */
  readonly metadata?: { readonly [key: string]: unknown };
  readonly availability?: Availability;
};

/** Why no endpoint could be had, for programs to decide on (spec §6.3). */
export type Availability = {
  readonly code:
    | 'model_not_found'
    | 'wrong_endpoint'
    | 'no_endpoints'
    | 'privacy_restricted'
    | 'constraint_filtered'
    | 'capacity_exhausted'
    | 'temporarily_unavailable';
  readonly retryable: boolean;
  readonly requested_models: readonly string[];
  /** Below the instance's own address. */
  readonly docs_url: string;
  /** Seconds. */
  readonly retry_after?: number;
  readonly affected_providers?: readonly string[];
  readonly fallback_models?: readonly string[];
  readonly excluded_by?: string;
  readonly constraint?: { readonly field: string; readonly detail: string };
};

type FaultMore = Omit<Fault, 'code' | 'message'>;

export const fault = (code: FaultCode, message: string, more: FaultMore = {}): Fault => ({ code, message, ...more });
export const faultRow = (value: Fault): FaultRow => FAULTS[value.code];

/** Statuses that say nothing about an endpoint's health (spec §3.1). */
const NOT_ITS_FAULT = new Set([400, 413, 422, 403, 451, 499, 429]);

/** Faults that say nothing either: the caller's request or schema, a quota, the operator's rights. */
const NOT_ITS_CODE: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'upstream_invalid_request',
  'upstream_unprocessable',
  'upstream_too_large',
  'upstream_schema_mismatch',
  'upstream_rate_limit',
  'upstream_permission',
]);

/** Did the endpoint fail, rather than the caller, the credential's quota, or nobody? */
export const countsAgainst = ({ code, upstream }: Fault): boolean =>
  code.startsWith('upstream_') && !NOT_ITS_CODE.has(code) && !NOT_ITS_FAULT.has(upstream?.status ?? 0);

/** Only the operator can help: a client that asks again, or waits as long as the provider says, waits in vain. */
const HOPELESS: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'upstream_authentication',
  'upstream_permission',
  'upstream_quota',
]);
export const isHopeless = (value: Fault): boolean => HOPELESS.has(value.code) || isLong(value);

/** Programs wait as long as they are told (Anthropic's SDK for Python 2.14 a day, read 2026-11-29): no longer than this. */
const WAIT_SECONDS_MAX = 120;
const isLong = ({ retryAfterMs = 0 }: Fault): boolean => retryAfterMs > WAIT_SECONDS_MAX * 1000;

/** How long a client is told to wait, in whole seconds; undefined where nobody said. */
export const waitSecondsOf = ({ retryAfterMs }: Fault): number | undefined =>
  retryAfterMs === undefined ? undefined : Math.min(Math.max(1, Math.ceil(retryAfterMs / 1000)), WAIT_SECONDS_MAX);

/** The members that stand beside an error's own where no endpoint could be had (spec §6.3). */
export type AvailabilityMembers = {
  readonly error_type?: string;
  readonly http_status?: number;
  readonly availability?: Availability;
};

/** What errors of availability show beside every error's members (spec §6.1). */
export function availabilityMembers(value: Fault): AvailabilityMembers {
  if (!value.availability) return {};
  const { status, errorType } = faultRow(value);
  return { error_type: errorType, http_status: status, availability: value.availability };
}

function row(status: number, errorType: string, blame: Blame, retry: Retry, kind: string): FaultRow {
  return { status, errorType, blame, retry, class: kind };
}
