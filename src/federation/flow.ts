import * as oauth from 'openid-client';
import { failed, ok, type Result } from '../base/result.ts';
import type { Begun, NotVouched } from '../facts/federation.ts';
import { Unreachable } from './fetch.ts';

/** Exchanges with providers that run at once in this process: strangers begin them. */
const EXCHANGES_MAX = 32;
let running = 0;

/** What happens with a provider, as a result: nothing that it answers is more than a refusal. */
export async function exchange<T>(task: () => Promise<T>): Promise<Result<T, NotVouched>> {
  if (running >= EXCHANGES_MAX) return failed({ kind: 'unreachable', words: 'too many are signing in' });
  running++;
  try {
    return ok(await task());
  } catch (cause) {
    return failed(refusalBy(cause));
  } finally {
    running--;
  }
}

export async function authorizationUrl(
  configuration: oauth.Configuration,
  { state, nonce, verifier }: Begun,
  asked: { readonly redirect_uri: string; readonly scope: string; readonly isOpenId: boolean },
): Promise<URL> {
  return oauth.buildAuthorizationUrl(configuration, {
    redirect_uri: asked.redirect_uri,
    scope: asked.scope,
    state,
    ...(asked.isOpenId && { nonce }),
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
}

function refusalBy(cause: unknown): NotVouched {
  const chain: unknown[] = [];
  for (let at = cause; at instanceof Error && chain.length < 5; at = at.cause) chain.push(at);
  const words = chain
    .map((each) => (each instanceof Error ? each.message : ''))
    .join(': ')
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .slice(0, 300);
  if (chain.some((each) => each instanceof Unreachable)) return { kind: 'unreachable', words };
  const denied = cause instanceof oauth.AuthorizationResponseError && cause.error === 'access_denied';
  return { kind: denied ? 'denied' : 'unbelievable', words };
}
