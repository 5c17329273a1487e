import { isIP } from 'node:net';
import { type Fault, fault } from '../../base/fault.ts';
import { isGlobalUnicast } from '../../upstream/address.ts';
import type { Gateway } from '../gateway.ts';

/**
 * Why nobody can be called back there, as far as the words tell: what a name resolves to is seen when it is sent, by the
 * guard of all that leaves (`upstream/transport.ts`).
 */
export function objectionToCallback(
  gateway: Pick<Gateway, 'signingKey' | 'mayReach'>,
  text: string | undefined,
): Fault | null {
  if (text === undefined) return null;
  const refuse = (message: string): Fault => fault('invalid_request', message, { param: 'callback_url' });
  if (gateway.signingKey('callbacks') === null)
    return refuse('This instance has no secret to sign callbacks with: leave callback_url out and poll instead.');
  if (isReachable(gateway, text)) return null;
  return refuse("Invalid 'callback_url': it points into a private network.");
}

/** Whether a caller's address may be sent to, as far as its words tell. */
export function isReachable(gateway: Pick<Gateway, 'mayReach'>, text: string): boolean {
  const { hostname, port, protocol } = new URL(text);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isInward =
    isIP(host) !== 0
      ? !isGlobalUnicast(host)
      : !host.includes('.') || /(^|\.)(localhost|local|internal|home\.arpa)$/i.test(host);
  return !isInward || gateway.mayReach(hostname, Number(port || (protocol === 'http:' ? 80 : 443)));
}
