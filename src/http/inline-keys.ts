import { maskOf } from '../access/provider-keys.ts';
import { type Fault, fault } from '../base/fault.ts';
import { Hidden } from '../base/hidden.ts';
import { isObject, parseJson } from '../base/json.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Caller } from '../facts/caller.ts';
import type { HeldKey } from '../facts/own-key.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { objectionToKey } from '../gateway/given-key.ts';

/** Where a request brings keys along, as OpenRouter's own provider for the AI SDK does. */
export const INLINE_KEYS = 'x-provider-api-keys';
const KEYS_MAX = 20;
const LENGTH_MAX = 32_768;
const wrong = (words: string): Result<never, Fault> =>
  failed(fault('invalid_request', `X-Provider-API-Keys: ${words}`, { param: 'X-Provider-API-Keys' }));

/**
 * The caller with the keys at providers that the request brings along (`X-Provider-API-Keys`: JSON, provider → key). They
 * come before those that are kept, and are gone with the call.
 */
export function withInlineKeys(
  { catalog, access }: Gateway,
  caller: Caller,
  header: string | undefined,
): Result<Caller, Fault> {
  if (header === undefined) return ok(caller);
  const given = header.length > LENGTH_MAX ? undefined : parseJson(header);
  if (!isObject(given)) return wrong('must be a JSON object of providers and their keys');
  const entries = Object.entries(given);
  if (entries.length > KEYS_MAX) return wrong(`has more than ${KEYS_MAX} keys`);
  const { providers } = catalog();
  const keys: HeldKey[] = [];
  for (const [slug, key] of entries) {
    const provider = providers.get(slug);
    if (!provider) return wrong(`${slug.slice(0, 100)} is no provider of this gateway`);
    if (typeof key !== 'string') return wrong(`the key of ${slug} must be a string`);
    const secret = new Hidden(key.trim());
    const objection = objectionToKey(provider, secret);
    if (objection) return wrong(`${slug} ${objection.message}`);
    keys.push({ ...INLINE, provider: slug, label: maskOf(key.trim()), secret, feePpm: access.byokFeePpm });
  }
  return ok(keys.length === 0 ? caller : { ...caller, ownKeys: [...keys, ...(caller.ownKeys ?? [])] });
}

const INLINE = {
  id: 'inline',
  models: null,
  isFallback: false,
  isRequired: false,
  isByokOnly: false,
  declaredZdr: null,
} as const;
