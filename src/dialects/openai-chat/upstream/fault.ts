import { type Fault, type FaultCode, fault } from '../../../base/fault.ts';
import { isObject, type Json, type JsonObject, optionalString, parseJson, stringOf } from '../../../base/json.ts';
import { redact } from '../../../base/redact.ts';
import type { UpstreamFailure } from '../../dialect.ts';
import { durationOf, pointInTime, retryAfterOf } from '../../retry-hint.ts';
import { classify } from './fault-table.ts';

const MESSAGE_LENGTH_MAX = 2_000;
const RAW_LENGTH_MAX = 4_096;

export type ErrorFacts = {
  readonly status: number | null;
  readonly provider: string;
  readonly now: number | null;
  readonly raw: string;
};

/** A failed HTTP answer of a provider that speaks this dialect, whatever shape its error body has. */
export function decodeFault(failure: UpstreamFailure): Fault {
  const said = parseJson(failure.body);
  const facts = { status: failure.status, provider: failure.provider, now: failure.now, raw: failure.body };
  const decoded = faultOfError(said, facts);
  const wait = retryAfterOf(failure.headers, failure.now) ?? decoded.retryAfterMs;
  return wait === undefined ? decoded : { ...decoded, retryAfterMs: wait };
}

/**
 * An error body, or an error inside an answer with status 200, as a fault. The shapes in use (read 2026-11-22):
 * `{error:{message,type,code,param}}`, `{error:"…"}`, `{code,error:"…"}`, flat `{message,type,code}`, `{id,message}`,
 * `{detail}`, `{errors:[…]}`, any of them in an array, and text that is not JSON.
 */
export function faultOfError(said: Json | undefined, facts: ErrorFacts): Fault {
  const outer = Array.isArray(said) ? said[0] : said;
  const body = isObject(outer) ? outer : {};
  const error = isObject(body.error) ? body.error : body;
  const type = wordOf(error.type) ?? wordOf(error.status) ?? wordOf(body.type);
  const code = wordOf(error.code) ?? wordOf(body.code);
  const status = statusOf(facts.status, error, body);
  const message = messageOf(body, error) ?? plainText(facts.raw) ?? `The provider answered with status ${status}.`;
  const param = optionalString(error.param);
  const wait = facts.now === null ? undefined : waitIn(error, message, facts.now);
  const detail = stringOf(objectIn(error, 'metadata').raw);
  return fault(faultCode(status, [type, code], `${message} ${detail}`), clean(message, MESSAGE_LENGTH_MAX), {
    ...(param !== undefined && { param }),
    ...(wait !== undefined && { retryAfterMs: wait }),
    upstream: {
      provider: facts.provider,
      status,
      ...(type !== undefined && { type }),
      ...(code !== undefined && { code }),
      raw: clean(facts.raw, RAW_LENGTH_MAX),
    },
  });
}

const faultCode = (status: number, words: readonly (string | undefined)[], message: string): FaultCode =>
  classify(
    status,
    words.filter((word) => word !== undefined),
    message,
  );

const clean = (text: string, max: number): string => redact(text.slice(0, max));
const objectIn = (object: JsonObject, name: string): JsonObject => {
  const value = object[name];
  return isObject(value) ? value : {};
};

const wordOf = (value: Json | undefined): string | undefined => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
};

function messageOf(body: JsonObject, error: JsonObject): string | undefined {
  const first = Array.isArray(body.errors) ? body.errors[0] : undefined;
  const detail = Array.isArray(body.detail) ? body.detail[0] : body.detail;
  const candidates = [
    error.message,
    body.error,
    body.message,
    detail,
    isObject(detail) ? (detail.msg ?? detail.message) : undefined,
    isObject(first) ? first.message : first,
    body.error_description,
  ];
  const found = candidates.find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found : undefined;
}

/** A body that is no JSON, if it is short enough to be a sentence and not a page. */
function plainText(raw: string): string | undefined {
  const text = raw.trim();
  return text === '' || text.length > 500 || /^[<{[]/.test(text) ? undefined : text;
}

/** The HTTP status; inside an answer with status 200 the error's own number, else 502. */
function statusOf(http: number | null, error: JsonObject, body: JsonObject): number {
  if (http !== null && http >= 400) return http;
  for (const value of [error.status_code, error.code, error.status, body.status_code, body.code]) {
    const number = typeof value === 'string' ? Number(value) : value;
    if (typeof number === 'number' && number >= 400 && number <= 599) return number;
  }
  return 502;
}

/** Retry hints inside a body: Gemini's RetryInfo, OpenRouter's echoed headers, and the sentence OpenAI and Groq write. */
function waitIn(error: JsonObject, message: string, now: number): number | undefined {
  for (const detail of Array.isArray(error.details) ? error.details : []) {
    const delay = isObject(detail) ? durationOf(stringOf(detail.retryDelay)) : undefined;
    if (delay !== undefined) return delay;
  }
  const reset = objectIn(objectIn(error, 'metadata'), 'headers')['X-RateLimit-Reset'];
  const sentence = /(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?(?:ms|s|m|h))+)/i.exec(message)?.[1];
  return pointInTime(reset, now) ?? (sentence === undefined ? undefined : durationOf(sentence));
}
