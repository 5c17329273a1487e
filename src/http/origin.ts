import type { IncomingMessage } from 'node:http';
import type { Gateway } from '../gateway/gateway.ts';

/**
 * Where programs reach this gateway: its public URL, else what the client typed to get here. The Host header is only shown
 * back, never used to authorise or to send anything.
 */
export function originFor({ front }: Pick<Gateway, 'front'>, { headers, socket }: IncomingMessage): string {
  if (front?.publicUrl) return front.publicUrl;
  const host = /^[\w.:[\]-]{1,253}$/.test(headers.host ?? '') ? headers.host : 'localhost';
  return `${'encrypted' in socket && socket.encrypted ? 'https' : 'http'}://${host}`;
}
