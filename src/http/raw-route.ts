import type { IncomingMessage, ServerResponse } from 'node:http';
import type { onRequestHookHandler } from 'fastify';
import { fault } from '../base/fault.ts';
import type { WireHeaders } from '../base/world.ts';
import type { Caller } from '../facts/caller.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { StoreError, troubleFault } from '../ledger/trouble.ts';
import { admission } from './admit.ts';
import { refuse } from './refuse.ts';
import type { Route } from './route.ts';

/** A resource whose body or answer is a stream: it reads and writes the connection itself. */
export type RawRoute = Pick<Route, 'method' | 'path' | 'auth'> & {
  readonly answer: (exchange: RawExchange, gateway: Gateway) => Promise<void>;
};

export type RawExchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly headers: WireHeaders;
  readonly params: { readonly [name: string]: string };
  /** Decoded; a repeated name keeps its last value. */
  readonly query: { readonly [name: string]: string | undefined };
  readonly caller: Caller | null;
};

/** The hook at which the framework hears of such a request for the last time: no byte of its body is read there. */
export function answerRaw(route: RawRoute, gateway: Gateway): onRequestHookHandler {
  const admitted = admission(gateway, route.auth);
  return (request, reply) =>
    admitted(request.raw, reply.raw, (caller) => {
      reply.hijack();
      const { raw: response } = reply;
      const query = request.query as { [name: string]: string | string[] };
      const exchange: RawExchange = {
        request: request.raw,
        response,
        headers: request.headers as WireHeaders,
        params: request.params as { [name: string]: string },
        query: Object.fromEntries(
          Object.entries(query).map(([name, one]) => [name, Array.isArray(one) ? one.at(-1) : one]),
        ),
        caller,
      };
      route.answer(exchange, gateway).catch((cause: unknown) => {
        gateway.log('a request failed inside', cause);
        if (response.headersSent) response.destroy();
        else refuse(response, cause instanceof StoreError ? troubleFault(cause.trouble) : INSIDE);
      });
    });
}

const INSIDE = fault('server', 'Internal Server Error');
