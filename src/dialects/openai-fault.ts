import { type Fault, type FaultCode, fault } from '../base/fault.ts';
import {
  arrayOf,
  isObject,
  type Json,
  type JsonObject,
  objectOf,
  optionalString,
  parseJson,
  stringOf,
} from '../base/json.ts';
import { redact } from '../base/redact.ts';
import type { UpstreamFailure } from './dialect.ts';
import { classify } from './openai-fault-table.ts';
import { plainText } from './plain-text.ts';
import { retryAfterOf, waitTold } from './retry-hint.ts';

const MESSAGE_LENGTH_MAX = 2_000;
const RAW_LENGTH_MAX = 4_096;

export type ErrorFacts = {
  /** Of the HTTP answer; null for an error inside one that began with 200. */
  readonly status: number | null;
  readonly provider?: string;
  readonly now: number | null;
  readonly raw: string;
};

/** A failed HTTP answer of a provider that speaks this dialect, whatever shape its error body has. */
export function decodeFault(failure: UpstreamFailure): Fault {
  const parsedBody = parseJson(failure.body) ?? parseJson(/^data: ?(.+)$/m.exec(failure.body)?.[1] ?? '');
  const facts = { status: failure.status, provider: failure.provider, now: failure.now, raw: failure.body };
  const decoded = faultOfError(parsedBody, facts);
  const wait = retryAfterOf(failure.headers, failure.now) ?? decoded.retryAfterMs;
  return wait === undefined ? decoded : { ...decoded, retryAfterMs: wait };
}

/**
 * An error body, or an error inside an answer with status 200, as a fault. The shapes in use (2026-11-24):
 * `{error:{message,type,code,param}}`, `{error:"…"}`, `{code,error:"…"}`, flat `{message,type,code}`, `{id,message}`,
 * `{detail}` and `{message:{detail}}` (FastAPI, Mistral), `{errors:[{code,message}]}` (watsonx, Cloudflare),
 * `{error_code,message}` (Databricks), `{base_resp:{status_code,status_msg}}` (MiniMax), `{code,msg}` (Z.AI),
 * `{title,status,detail}` (RFC 9457, NVIDIA), any of them in an array, and text that is not JSON.
 */
export function faultOfError(said: Json | undefined, facts: ErrorFacts): Fault {
  const body = objectOf(Array.isArray(said) ? said[0] : said);
  const error = innermost(body);
  const type = wordOf(error.type) ?? optionalString(error.status) ?? wordOf(error.error_type) ?? wordOf(body.type);
  const code = wordOf(error.code) ?? wordOf(error.error_code) ?? wordOf(body.code) ?? baseRespWord(error);
  const status = statusOf(facts.status, error, body);
  const message = messageOf(body, error) ?? sentenceOf(said) ?? plainText(facts.raw) ?? silence(status);
  const param = optionalString(error.param);
  const wait = facts.now === null ? undefined : waitTold(error, message, facts.now);
  const more = [objectOf(error.innererror).code, error.error_type, body.error_type, body.reason].map(wordOf);
  const meaning = meaningOf(status, [type, code, ...more], message, objectOf(error.metadata));
  return fault(meaning, redact(message.slice(0, MESSAGE_LENGTH_MAX)), {
    ...(param !== undefined && { param }),
    ...(wait !== undefined && { retryAfterMs: wait }),
    upstream: {
      ...(facts.provider !== undefined && { provider: facts.provider }),
      ...(status !== null && { status }),
      ...(type !== undefined && { type }),
      ...(code !== undefined && { code }),
      raw: redact(facts.raw.slice(0, RAW_LENGTH_MAX)),
    },
  });
}

const silence = (status: number | null): string =>
  status === null
    ? 'The provider reported an error without a message.'
    : `The provider answered with status ${status}.`;

/** The object that tells about the error: under `error`, first of `errors`, or the body itself. */
function innermost(body: JsonObject): JsonObject {
  if (isObject(body.error)) return body.error;
  if (isObject(body.base_resp)) return body.base_resp;
  const first = arrayOf(body.errors)[0];
  return isObject(first) ? first : body;
}

/** OpenRouter's `metadata` quotes its provider in `raw`, and gives `reasons` where a moderation refused. */
function meaningOf(
  status: number | null,
  words: readonly (string | undefined)[],
  message: string,
  { raw, reasons }: JsonObject,
): FaultCode {
  if (arrayOf(reasons).length > 0 && status === 403) return 'content_policy_violation';
  const codes = words.filter((word) => word !== undefined);
  return classify(status, codes, `${message} ${stringOf(raw)}`);
}

const wordOf = (value: Json | undefined): string | undefined => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && value !== 'error' ? value : undefined;
};

/** MiniMax's numbers (platform.minimax.io/docs/api-reference/errorcode, read 2026-11-25): 1039, its token limit, passes by waiting. */
const BASE_RESP: { readonly [code: number]: string } = {
  1001: 'timeout',
  1002: 'rate_limit_exceeded',
  1004: 'authentication_failed',
  1008: 'insufficient_balance',
  1026: 'content_filter',
  1027: 'content_filter',
  1039: 'rate_limit_exceeded',
  1041: 'rate_limit_exceeded',
  2013: 'invalid_request_error',
  2045: 'rate_limit_exceeded',
  2049: 'invalid_api_key',
  2056: 'quota_exceeded',
};
const baseRespWord = ({ status_code, status_msg }: JsonObject): string | undefined =>
  typeof status_code === 'number' && status_msg !== undefined
    ? (BASE_RESP[status_code] ?? String(status_code))
    : undefined;

function messageOf(body: JsonObject, error: JsonObject): string | undefined {
  const candidates = [
    error.message,
    body.error,
    body.message,
    objectOf(error.message).detail,
    body.detail,
    error.detail,
    error.status_msg,
    error.msg,
    error.error_message,
    arrayOf(body.errors)[0],
    body.error_description,
    error.details,
    body.title,
  ];
  for (const candidate of candidates) {
    const text = sentenceOf(candidate);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** A text, or what FastAPI says in its place: a list of `{loc, msg}`. */
function sentenceOf(value: Json | undefined): string | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  const text = isObject(first) ? (first.msg ?? first.message) : first;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** The HTTP status; inside an answer with status 200 the error's own number, if it names one. */
function statusOf(http: number | null, error: JsonObject, body: JsonObject): number | null {
  if (http !== null && http >= 400) return http;
  const statuses = [error.status_code, error.http_code, error.code, error.status, body.status_code, body.code];
  for (const value of statuses) {
    const number = typeof value === 'string' ? Number(value) : value;
    if (typeof number === 'number' && number >= 400 && number <= 599) return number;
  }
  return null;
}
