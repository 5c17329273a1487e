import type { Fault } from '../base/fault.ts';
import { isObject, type Json, objectOf, optionalString, parseJson } from '../base/json.ts';
import type { UpstreamFailure } from './dialect.ts';
import { decodeFault } from './openai-fault.ts';

/** ElevenLabs' `{detail: {status, message}}` (elevenlabs.io/docs/eleven-api/resources/errors, read 2026-11-29) in the words that most hosts use. */
export function decodeElevenlabsFault(failure: UpstreamFailure): Fault {
  const { detail } = objectOf(parseJson(failure.body));
  if (!isObject(detail)) return decodeFault(failure);
  const message = optionalString(detail.message) ?? 'The provider gave no reason.';
  const code = optionalString(detail.status) ?? optionalString(detail.code);
  const body: Json = { error: { message, ...(code !== undefined && { code }) } };
  return decodeFault({ ...failure, body: JSON.stringify(body) });
}
