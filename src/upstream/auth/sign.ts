import { type Fault, fault } from '../../base/fault.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { WireRequest, World } from '../../base/world.ts';
import type { Provider } from '../../catalog/provider.ts';
import type { Credential } from '../credentials.ts';
import { signAws } from './aws-sigv4.ts';
import { signBearer } from './bearer.ts';
import { signGcp } from './gcp.ts';
import { signHeader } from './header.ts';

export type Signed = Result<WireRequest, Fault>;

/**
 * The request with the provider's credential in it. A promise only where a token must be fetched first. A credential
 * never travels to another origin than its provider's, whatever path or URL was put together.
 */
export function sign(
  world: World,
  request: WireRequest,
  provider: Provider,
  credential: Credential,
): Signed | Promise<Signed> {
  const { secret } = credential;
  if (secret.kind === 'none') return ok(request);
  if (!URL.canParse(request.url) || !credential.origins.has(new URL(request.url).origin))
    return failed(fault('server', `The credential of ${provider.slug} was about to leave for another host.`));
  switch (secret.kind) {
    case 'key':
      return ok(
        provider.auth.scheme === 'header'
          ? signHeader(request, provider.auth.name, secret.key)
          : signBearer(request, secret.key),
      );
    case 'aws':
      return ok(signAws(request, secret, awsServiceOf(provider), world.now()));
    case 'gcp':
      return signGcp(world, request, secret);
    default:
      return secret satisfies never;
  }
}

const awsServiceOf = (provider: Provider): string =>
  provider.auth.scheme === 'aws-sigv4' ? provider.auth.service : provider.slug;
