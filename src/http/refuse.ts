import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Fault, fault } from '../base/fault.ts';
import type { WireHeaders } from '../base/world.ts';
import type { EncodedFault } from '../dialects/dialect.ts';
import { geminiClient } from '../dialects/gemini/index.ts';
import { ollamaChatClient } from '../dialects/ollama/client/index.ts';
import { CLIENT_DIALECTS } from '../dialects/registry.ts';
import type { Answering } from './answering.ts';
import { envelope, sendFault } from './faults.ts';
import { googleMethodOf, isGoogleClient, isGooglePath } from './google-paths.ts';
import { INFERENCE_ROUTES, pathsOf } from './inference-routes.ts';
import { isOllamaPath } from './ollama/paths.ts';

/** Refuses in the dialect of the path that was asked. */
export function refuse(response: Answering, value: Fault, headers: { readonly [name: string]: string } = {}): void {
  const encoded = dialectOf(response.req)?.encodeFault(value, { id: null }) ?? {
    status: envelope(value).error.code,
    body: envelope(value) as never,
    headers: {},
  };
  sendFault(response, { ...encoded, headers: { ...encoded.headers, ...headers } }, value, null);
}

/** The same where the framework would answer. */
export function refuseReply(reply: FastifyReply, value: Fault, headers?: { readonly [name: string]: string }): void {
  reply.hijack();
  refuse(reply.raw, value, headers);
}

/** What is asked for, as the router reads it: without the query, percent-encoding undone. */
export function pathOf(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

function dialectOf({ url = '', method, headers }: Answering['req']): Refusing | undefined {
  const path = pathOf(url);
  if (isGooglePath(path) || (method === 'POST' && googleMethodOf(path) !== undefined)) return geminiClient;
  if (/\/v1\/models(?:\/|$)/.test(path) && isGoogleClient(headers as WireHeaders)) return geminiClient;
  if (isOllamaPath(path)) return ollamaChatClient;
  const route = INFERENCE_ROUTES.find((entry) => pathsOf(entry).some((known) => path.includes(known)));
  return route && CLIENT_DIALECTS[route.operation][route.dialect];
}

/** Without the call, all operations of one dialect refuse in the same words. */
type Refusing = { readonly encodeFault: (value: Fault, context: { readonly id: null }) => EncodedFault };

/** A path pattern of the router (`:name`, a final `*`) and a method that it takes. */
export type Mounted = { readonly method: string; readonly url: string };

/** Answers what no route takes, those mounted later included: 405 with `Allow` if the path is there for another method, else 404. */
export function notFoundHandler(mounted: readonly Mounted[]) {
  return (request: FastifyRequest, reply: FastifyReply): void => {
    const path = pathOf(request.url);
    const methods = new Set(mounted.filter(({ url }) => patternOf(url).test(path)).map(({ method }) => method));
    const asked = `${request.method} ${path.slice(0, 200)}`;
    if (methods.size === 0) return refuseReply(reply, fault('not_found', `${asked} does not exist here.`));
    if (methods.has('GET')) methods.add('HEAD');
    const allow = [...methods].sort().join(', ');
    refuseReply(reply, fault('method_not_allowed', `${asked} does not exist here: use ${allow}.`), { allow });
  };
}

const patternOf = (url: string): RegExp =>
  new RegExp(
    `^${url
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/:\w+/g, '[^/]+')
      .replace(/\*$/, '.+')}/?$`,
  );
