import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Gateway } from '../gateway/gateway.ts';

const HOPS_MAX = 32;

/**
 * Whom a request comes from: the other end of the connection, or where that is a proxy which the operator trusts, whom it
 * forwards. Each proxy adds the address that it sees at the end (RFC 7239, 5.2, for the older field); what stands before
 * the first one that is not trusted was written by a stranger.
 */
export function addressOf({ front }: Pick<Gateway, 'front'>, { socket, headers }: IncomingMessage): string {
  const direct = socket.remoteAddress ?? '';
  if (!front?.isForwarder(plain(direct))) return direct;
  const field = headers['x-forwarded-for'];
  const said = (Array.isArray(field) ? field.join(',') : (field ?? '')).split(',').slice(-HOPS_MAX);
  let address = direct;
  while (front.isForwarder(plain(address))) {
    const next = said.pop()?.trim() ?? '';
    if (isIP(next) === 0) break;
    address = next;
  }
  return address;
}

/** An IPv4 address as a socket for both kinds tells it. */
const plain = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address);
