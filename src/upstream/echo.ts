import { type Json, type JsonObject, objectOf, parseJson } from '../base/json.ts';
import type { Call } from '../call/call.ts';
import type { Prepared } from './prepare.ts';
import { hideSecrets } from './redact.ts';

/** Longer texts, images above all, are cut: the caller has them. In characters. */
const STRING_LENGTH_MAX = 16_384;

/** `debug: {echo_upstream_body: true}`: the caller of a stream wants to see what its providers are sent (spec §6.5). */
export const wantsEcho = ({ stream, gateway }: Call): boolean =>
  stream && objectOf(gateway.extra?.debug).echo_upstream_body === true;

/** The body that is about to be sent, without anything that signing added. */
export function echoOf({ request, secrets }: Prepared): JsonObject {
  const text = typeof request.body === 'string' ? request.body : Buffer.concat(request.body ?? []).toString();
  const body = parseJson(hideSecrets(text, secrets()));
  return objectOf(shortened(body ?? null));
}

function shortened(value: Json): Json {
  if (typeof value === 'string')
    return value.length <= STRING_LENGTH_MAX
      ? value
      : `${value.slice(0, STRING_LENGTH_MAX)}… (${value.length} characters in all)`;
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shortened(member as Json)]));
}
