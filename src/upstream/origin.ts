import { connect as connectPlain, isIP, type OnReadOpts, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { type ConnectionOptions, connect as connectSecurely } from 'node:tls';

/** Where a provider is: one host, one port, with TLS or without. */
export type Origin = {
  readonly key: string;
  readonly isSecure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** As the `host` field names it. */
  readonly host: string;
  /** The last session of TLS with this host, so that the next connection is spared a round trip. */
  session: Buffer | undefined;
};

export type Destination = { readonly origin: Origin; readonly path: string };

/** Providers are few and come back with every call: each URL is taken apart once. */
const PLACES_MAX = 2_000;

/** Takes URLs apart; each origin is one object. Null where a URL is none, is of another scheme, or carries a user. */
export function createPlaces(): (url: string) => Destination | null {
  const places = new Map<string, Destination>();
  const origins = new Map<string, Origin>();
  const read = (text: string): Destination | null => {
    const url = URL.parse(text);
    if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.username || url.password) return null;
    const { origin: key, host, pathname, search } = url;
    const isSecure = url.protocol === 'https:';
    const port = url.port === '' ? (isSecure ? 443 : 80) : Number(url.port);
    const hostname = url.hostname.replace(/^\[|\]$/g, '');
    const origin = origins.get(key) ?? { key, isSecure, hostname, port, host, session: undefined };
    origins.set(key, origin);
    return { origin, path: pathname + search };
  };
  return (url) => {
    const known = places.get(url);
    if (known) return known;
    if (places.size >= PLACES_MAX) {
      places.clear();
      origins.clear();
    }
    const place = read(url);
    if (place) places.set(url, place);
    return place;
  };
}

/** What the types of Node leave out: `noDelay` of a socket, `onread` of one with TLS. */
type Reading = { readonly onread: OnReadOpts; readonly noDelay: true };

/** Opens a connection; `onread` gets what arrives. Addresses of both families are tried, the name is resolved anew. */
export function openSocket(origin: Origin, onread: OnReadOpts): Socket {
  const { hostname: host, port, isSecure, session } = origin;
  const tcp: TcpSocketConnectOpts & Reading = { host, port, noDelay: true, autoSelectFamily: true, onread };
  if (!isSecure) return connectPlain(tcp);
  const tls: ConnectionOptions & Reading = {
    host,
    port,
    noDelay: true,
    onread,
    ALPNProtocols: ['http/1.1'],
    // An address has no name to send (RFC 6066, 3).
    ...(isIP(host) === 0 && { servername: host }),
    ...(session && { session }),
  };
  const socket = connectSecurely(tls);
  socket.on('session', (fresh) => {
    origin.session = fresh;
  });
  return socket;
}
