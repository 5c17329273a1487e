import { type Fault, fault } from '../../base/fault.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { WireRequest, World } from '../../base/world.ts';
import type { Provider } from '../../catalog/provider.ts';
import type { Credential } from '../credentials.ts';
import { hashInTurns, signAws } from './aws-sigv4.ts';
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
          ? signHeader(request, provider.auth.name, `${provider.auth.prefix ?? ''}${secret.key}`)
          : signBearer(request, secret.key),
      );
    case 'aws':
      return signWithAws(world, request, provider, secret);
    case 'gcp':
      return signGcp(world, request, secret);
    default:
      return secret satisfies never;
  }
}

/** Of a body in pieces, which is a large one, the hash takes more than a turn. */
function signWithAws(
  world: World,
  request: WireRequest,
  provider: Provider,
  secret: Parameters<typeof signAws>[1],
): Signed | Promise<Signed> {
  const service = awsServiceOf(provider);
  const { body } = request;
  if (typeof body === 'string' || body === null) return ok(signAws(request, secret, { service, now: world.now() }));
  return hashInTurns(world, request).then((payloadHash) =>
    ok(signAws(request, secret, { service, now: world.now(), payloadHash })),
  );
}

const awsServiceOf = (provider: Provider): string =>
  provider.auth.scheme === 'aws-sigv4' ? provider.auth.service : provider.slug;
