import type { Fault } from '../base/fault.ts';
import { type Json, objectOf, optionalString, parseJson } from '../base/json.ts';
import type { UpstreamFailure } from './dialect.ts';
import { decodeFault } from './openai-fault.ts';

/** Deepgram's `{err_code, err_msg, request_id}` (developers.deepgram.com/docs/errors, read 2026-11-29) in the words that most hosts use. */
export function decodeDeepgramFault(failure: UpstreamFailure): Fault {
  const { err_code, err_msg, details, message } = objectOf(parseJson(failure.body));
  const code = optionalString(err_code);
  const text = optionalString(err_msg) ?? optionalString(message) ?? optionalString(details);
  if (text === undefined) return decodeFault(failure);
  const body: Json = { error: { message: text, ...(code !== undefined && { code }) } };
  return decodeFault({ ...failure, body: JSON.stringify(body) });
}
