import { type Fault, type FaultCode, fault, faultRow, waitSecondsOf } from '../base/fault.ts';
import {
  arrayOf,
  isObject,
  type JsonObject,
  objectOf,
  optionalNumber,
  optionalString,
  parseJson,
  stringOf,
} from '../base/json.ts';
import { redact } from '../base/redact.ts';
import { entryOf } from '../base/table.ts';
import type { EncodedFault, FaultContext, UpstreamFailure } from './dialect.ts';
import { plainText } from './plain-text.ts';
import { durationOf, retryAfterOf } from './retry-hint.ts';

const RAW_MAX = 4_096;
const MESSAGE_MAX = 2_000;

/** google.rpc codes (cloud.google.com/apis/design/errors, read 2026-11-22), with the HTTP status they come with. */
const STATUSES: { readonly [status: string]: FaultCode } = {
  INVALID_ARGUMENT: 'upstream_invalid_request',
  FAILED_PRECONDITION: 'upstream_invalid_request',
  OUT_OF_RANGE: 'upstream_invalid_request',
  UNAUTHENTICATED: 'upstream_authentication',
  PERMISSION_DENIED: 'upstream_permission',
  NOT_FOUND: 'upstream_model_not_found',
  RESOURCE_EXHAUSTED: 'upstream_rate_limit',
  ABORTED: 'upstream_server_error',
  CANCELLED: 'upstream_server_error',
  INTERNAL: 'upstream_server_error',
  UNKNOWN: 'upstream_server_error',
  DATA_LOSS: 'upstream_server_error',
  UNIMPLEMENTED: 'upstream_not_implemented',
  UNAVAILABLE: 'upstream_overloaded',
  DEADLINE_EXCEEDED: 'upstream_timeout',
};
/** A known code is finer in the details or only in the message: a bad key is a 400 INVALID_ARGUMENT. */
const BY_WORDS: readonly (readonly [RegExp, FaultCode])[] = [
  [/API_KEY_INVALID|API key (?:not valid|expired|not found)|ACCESS_TOKEN_EXPIRED/i, 'upstream_authentication'],
  [
    /token count.{0,80}(?:exceeds|only supports)|exceeds the maximum number of (?:input )?tokens|context (?:length|window)/i,
    'context_length_exceeded',
  ],
  [
    /prepay|credits? (?:are|is) depleted|enable billing|billing (?:account|is|must|to be).{0,60}(?:disabled|enabled|closed)/i,
    'upstream_quota',
  ],
  [/User location is not supported|has been suspended|SERVICE_DISABLED|reported as leaked/i, 'upstream_permission'],
];

export function decodeGeminiFault(failure: UpstreamFailure): Fault {
  const error = errorOf(parseJson(failure.body));
  const value = faultOf(error ?? { message: plainText(failure.body) ?? '' }, failure.status);
  const wait = value.retryAfterMs ?? retryAfterOf(failure.headers, failure.now);
  const raw = redact(failure.body.slice(0, RAW_MAX));
  return {
    ...value,
    ...(wait !== undefined && { retryAfterMs: wait }),
    upstream: { ...value.upstream, provider: failure.provider, status: failure.status, raw },
  };
}

/** The error object of a body: plain, or in an array as the streaming method without `alt=sse` sends it. */
export function errorOf(body: unknown): JsonObject | undefined {
  const first = Array.isArray(body) ? body[0] : body;
  if (!isObject(first)) return undefined;
  if (isObject(first.error)) return first.error;
  return typeof first.error === 'string' ? { message: first.error } : undefined;
}

/** `{code, message, status, details}` → fault. `status` is HTTP's, where the error came with one. */
export function faultOf(error: JsonObject, status: number | undefined): Fault {
  const details = arrayOf(error.details).filter(isObject);
  const reason = optionalString(details.find((detail) => typeof detail.reason === 'string')?.reason);
  const message = redact(stringOf(error.message).slice(0, MESSAGE_MAX)) || 'The provider gave no reason.';
  const http = status ?? (typeof error.code === 'number' ? error.code : 500);
  const type = optionalString(error.status);
  const words = `${reason ?? ''} ${message}`;
  const code =
    (http < 500 ? BY_WORDS.find(([pattern]) => pattern.test(words))?.[1] : undefined) ??
    // gRPC has no word for an empty account; proxies in front of Google say it by HTTP.
    (http === 402 ? 'upstream_quota' : entryOf(STATUSES, type)) ??
    codeOfStatus(http);
  const named = reason ?? optionalNumber(error.code) ?? optionalString(error.code);
  const delay = details.map((detail) => delayOf(detail.retryDelay)).find((found) => found !== undefined);
  const wait = delay ?? delayOf(/retry in ([\d.]{1,12}s)/i.exec(message)?.[1]);
  return fault(code, message, {
    upstream: {
      status: http,
      ...(type !== undefined && { type }),
      ...(named !== undefined && { code: String(named) }),
    },
    ...(wait !== undefined && { retryAfterMs: wait }),
  });
}

function codeOfStatus(status: number): FaultCode {
  if (status === 401) return 'upstream_authentication';
  if (status === 402) return 'upstream_quota';
  if (status === 403) return 'upstream_permission';
  if (status === 404) return 'upstream_model_not_found';
  if (status === 408 || status === 504) return 'upstream_timeout';
  if (status === 413) return 'upstream_too_large';
  if (status === 422) return 'upstream_unprocessable';
  if (status === 429) return 'upstream_rate_limit';
  if (status === 501) return 'upstream_not_implemented';
  if (status === 503 || status === 529) return 'upstream_overloaded';
  return status >= 400 && status < 500 ? 'upstream_invalid_request' : 'upstream_server_error';
}

/** A protobuf duration, `48s` or `0.5s`. */
const delayOf = (value: unknown): number | undefined => (typeof value === 'string' ? durationOf(value) : undefined);

const NATIVE: { readonly [status: number]: string } = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  405: 'UNIMPLEMENTED',
  408: 'DEADLINE_EXCEEDED',
  413: 'INVALID_ARGUMENT',
  422: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** A fault as Google's APIs write it; our own words go into an `ErrorInfo`, a waiting time into a `RetryInfo`. */
export function encodeGeminiFault(value: Fault, answer: FaultContext): EncodedFault {
  const { status, errorType, class: kind } = faultRow(value);
  const wait = waitSecondsOf(value);
  const code = value.upstream?.code ?? value.upstream?.type;
  const metadata = {
    class: kind,
    ...(answer.id !== null && { request_id: answer.id }),
    ...(value.upstream?.provider !== undefined && { provider_name: value.upstream.provider }),
    ...(code !== undefined && { provider_code: code }),
    ...(value.upstream?.raw !== undefined && { raw: value.upstream.raw }),
    ...(value.param !== undefined && { param: value.param }),
  };
  const details: JsonObject[] = [
    { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: errorType.toUpperCase(), metadata },
    ...(wait === undefined
      ? []
      : [
          {
            '@type': 'type.googleapis.com/google.rpc.RetryInfo',
            retryDelay: `${Math.min((value.retryAfterMs ?? 0) / 1000, wait)}s`,
          },
        ]),
  ];
  const body = {
    error: {
      code: status,
      message: value.message,
      status: NATIVE[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL'),
      details,
    },
    ...objectOf(answer.extra),
  };
  return { status, body, headers: wait === undefined ? {} : { 'retry-after': String(wait) } };
}
