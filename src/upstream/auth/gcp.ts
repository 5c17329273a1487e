import { createSign } from 'node:crypto';
import { type Fault, fault } from '../../base/fault.ts';
import { objectOf, optionalNumber, optionalString, parseJson } from '../../base/json.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { WireRequest, World } from '../../base/world.ts';
import { collectBody } from '../collect-body.ts';
import type { GcpGrant, Secret } from '../credentials.ts';
import { signBearer } from './bearer.ts';
import type { Signed } from './sign.ts';

type GcpSecret = Extract<Secret, { kind: 'gcp' }>;
type Token = { readonly text: string; readonly until: number };

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const REFRESH_EARLY_MS = 5 * 60_000;
const TOKEN_BYTES_MAX = 64 * 1024;
const TOKEN_TIMEOUT_MS = 10_000;

/** One token per credential and world: kept until shortly before it expires, fetched once for all who wait. */
const tokens = new WeakMap<World, WeakMap<GcpSecret, Token | Promise<Result<Token, Fault>>>>();

/**
 * Signs with an OAuth token, bought with a service account's JWT or a person's refresh token:
 * developers.google.com/identity/protocols/oauth2/service-account and …/oauth2/web-server, 2026-11-24.
 */
export function signGcp(world: World, request: WireRequest, secret: GcpSecret): Signed | Promise<Signed> {
  const known = tokens.get(world) ?? new WeakMap<GcpSecret, Token | Promise<Result<Token, Fault>>>();
  tokens.set(world, known);
  const held = known.get(secret);
  if (held && !(held instanceof Promise) && held.until > world.elapsed()) return ok(signBearer(request, held.text));
  const wait = held instanceof Promise ? held : fetchToken(world, secret);
  known.set(secret, wait);
  return wait.then((token) => {
    if (!token.ok) {
      if (known.get(secret) === wait) known.delete(secret);
      return token;
    }
    if (known.get(secret) === wait) known.set(secret, token.value);
    return ok(signBearer(request, token.value.text));
  });
}

async function fetchToken(world: World, secret: GcpSecret): Promise<Result<Token, Fault>> {
  const refused = (detail: string): Result<Token, Fault> =>
    failed(fault('upstream_authentication', `Google granted no access token: ${detail}`));
  const form = formOf(secret, world.now());
  if (!form.ok) return form;
  const answer = await collectBody(
    world,
    {
      method: 'POST',
      url: secret.tokenUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form.value).toString(),
      reach: 'operator',
    },
    { bytesMax: TOKEN_BYTES_MAX, timeoutMs: TOKEN_TIMEOUT_MS },
  );
  if (!answer.ok) return refused(answer.error.message);
  const body = objectOf(parseJson(new TextDecoder().decode(answer.value.body)));
  const text = optionalString(body.access_token);
  const reason = optionalString(body.error_description) ?? optionalString(body.error);
  if (answer.value.status !== 200 || text === undefined)
    return refused(`status ${answer.value.status}${reason === undefined ? '' : `, ${reason.slice(0, 200)}`}`);
  const livesMs = (optionalNumber(body.expires_in) ?? 3600) * 1000;
  return ok({ text, until: world.elapsed() + Math.max(livesMs - REFRESH_EARLY_MS, livesMs / 2) });
}

function formOf({ grant, tokenUrl }: GcpSecret, now: number): Result<{ [name: string]: string }, Fault> {
  if (grant.type === 'refresh-token')
    return ok({
      grant_type: 'refresh_token',
      client_id: grant.clientId,
      client_secret: grant.clientSecret,
      refresh_token: grant.refreshToken,
    });
  const assertion = assertionOf(grant, tokenUrl, now);
  if (!assertion.ok) return assertion;
  return ok({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: assertion.value });
}

type ServiceAccount = Extract<GcpGrant, { type: 'service-account' }>;

function assertionOf({ email, privateKey }: ServiceAccount, tokenUrl: string, now: number): Result<string, Fault> {
  const seconds = Math.floor(now / 1000);
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: email, scope: SCOPE, aud: tokenUrl, iat: seconds, exp: seconds + 3600 };
  const unsigned = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  try {
    const signature = createSign('RSA-SHA256').update(unsigned).sign(privateKey).toString('base64url');
    return ok(`${unsigned}.${signature}`);
  } catch {
    return failed(fault('upstream_authentication', 'The private key of the service account cannot be read.'));
  }
}
