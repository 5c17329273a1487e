import type { IncomingMessage } from 'node:http';

const ABSOLUTE = /^https?:\/\/([\w.:[\]-]{1,253})(?=[/?]|$)/i;

/**
 * `POST http://host/v1/models HTTP/1.1`: what a client sends that takes this for its proxy. A server must take it, and
 * that host for the one that was asked (RFC 9112, 3.2.2). With a name or a password in it (RFC 9110, 4.2.4), or of
 * another scheme, it is a path that nothing is found at.
 */
export function readAbsoluteForm(request: IncomingMessage): void {
  const { url = '' } = request;
  if (url.startsWith('/')) return;
  const [start = '', host] = ABSOLUTE.exec(url) ?? [];
  const path = url.slice(start.length);
  request.url = path.startsWith('/') ? path : `/${path}`;
  if (host !== undefined) request.headers.host = host;
}
