import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { McpHttpHandler } from '@modelcontextprotocol/server';
import { keyIn } from '../../access/credential.ts';
import { fault } from '../../base/fault.ts';
import { LIMITS } from '../../base/limits.ts';
import type { WireHeaders } from '../../base/world.ts';
import type { Principal } from '../../facts/principal.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { CORS } from '../headers.ts';
import type { Route, RouteAnswer, RouteRequest } from '../route.ts';
import { refusal } from '../v1/account/refusal.ts';
import type { Ask } from './ask.ts';
import { serverWith } from './server.ts';
import { type Within, withinGateway } from './within.ts';

type Served = { readonly handler: McpHttpHandler; readonly within: Within };

/** Of each gateway, once it is asked: whoever has no use for MCP does not load it. */
const served = new WeakMap<Gateway, Promise<Served>>();

function servedBy(gateway: Gateway): Promise<Served> {
  const known = served.get(gateway);
  if (known) return known;
  const made = serve(gateway);
  served.set(gateway, made);
  made.catch(() => served.delete(gateway));
  return made;
}

async function serve(gateway: Gateway): Promise<Served> {
  const { createMcpHandler } = await import('@modelcontextprotocol/server');
  // Both revisions of the protocol, without sessions: any process can answer any request (decisions/0057).
  const handler = createMcpHandler((context) => serverWith(context.authInfo?.extra?.ask as Ask), {
    maxSubscriptions: LIMITS.mcp_subscriptions_max,
    onerror: () => {}, // what clients do wrong is told to them
  });
  return { handler, within: withinGateway(gateway) };
}

/** With a key only: a cookie is sent along by browsers for whoever asks, so it opens nothing here. */
const isAllowed = (caller: Principal | null): caller is Principal => caller !== null && caller.kind !== 'session';

function stranger({ headers, address }: RouteRequest, { access }: Gateway): RouteAnswer {
  const isGuess = keyIn(headers) !== undefined;
  const wait = isGuess ? access.guesses.wrong(address) : null;
  if (wait !== null)
    return refusal(
      fault('rate_limit_exceeded', 'Too many wrong API keys came from this address.', { retryAfterMs: wait }),
    );
  const told = isGuess ? 'There is no such key here.' : 'Send a key of this gateway as "Authorization: Bearer …".';
  const challenge = `Bearer${isGuess ? ' error="invalid_token"' : ''}`;
  const answer = refusal(fault('authentication', told));
  return { ...answer, headers: { ...CORS, 'www-authenticate': challenge } };
}

const route = (method: 'GET' | 'POST' | 'DELETE'): Route => ({
  method,
  path: '/mcp',
  auth: 'none',
  handle: (request, gateway) => {
    const { caller } = request;
    if (!isAllowed(caller)) return stranger(request, gateway);
    return {
      stream: (response) => {
        answer({ ...request, caller }, method, response, gateway).catch((cause: unknown) => {
          if (!response.destroyed) gateway.log('a request for tools failed inside', cause);
          response.destroy();
        });
      },
    };
  },
});

/** Hands the request to the SDK in the web's own words, and writes what it answers as fast as it is read. */
async function answer(
  asking: RouteRequest & { readonly caller: Principal },
  method: string,
  response: ServerResponse,
  gateway: Gateway,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { handler, within } = await servedBy(gateway);
  const { headers, body, caller, origin } = asking;
  const asked = new Request(`${origin}/mcp`, {
    method,
    headers: sendable(headers),
    signal: gone.signal,
    ...(method === 'POST' && { body: JSON.stringify(body) }),
  });
  const authInfo = { token: '', clientId: caller.keyId, scopes: [], extra: { ask: within(asking) } };
  const answered = await handler.fetch(asked, { authInfo, ...(method === 'POST' && { parsedBody: body }) });
  response.writeHead(answered.status, {
    ...Object.fromEntries(answered.headers),
    ...CORS,
    'cache-control': 'no-store',
  });
  if (answered.body === null) response.end();
  else await pipeline(Readable.fromWeb(answered.body as never), response).catch(() => response.destroy());
}

/** Those that the SDK reads: neither the key nor what is the connection's own. */
function sendable(headers: WireHeaders): [string, string][] {
  return Object.entries(headers).flatMap(([name, value]) =>
    value !== undefined && /^(?:accept|content-type|mcp-[\w-]+|last-event-id|origin|host)$/.test(name)
      ? [[name, value] as [string, string]]
      : [],
  );
}

/** The gateway as an MCP server (streamable HTTP): `POST /mcp`. The other methods are answered as the protocol says. */
export const MCP_ROUTES: readonly Route[] = [route('POST'), route('GET'), route('DELETE')];
