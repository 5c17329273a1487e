import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { fault } from '../base/fault.ts';
import { parseBody } from '../base/json.ts';
import { CLIENT_DEADLINES, type ClientDeadlines, LIMITS } from '../base/limits.ts';
import type { WireHeaders } from '../base/world.ts';
import { anthropicMessagesClient, countTokensRequest } from '../dialects/anthropic-messages/index.ts';
import { CLIENT_DIALECTS } from '../dialects/registry.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { admit } from './admit.ts';
import { compressed } from './compress.ts';
import { countTokensHandler, type TokenCount } from './count-tokens.ts';
import { geminiModelsHandler } from './gemini-models.ts';
import { CORS } from './headers.ts';
import { inferenceHandler } from './inference.ts';
import { type Mounted, notFoundHandler, refuse } from './refuse.ts';
import type { Route, RouteAnswer } from './route.ts';
import { askBeforeBodies, refuseSocket } from './sockets.ts';
import { INFERENCE_ROUTES } from './v1/inference-routes.ts';

/** Where the API answers: the documented prefix, and the alias for clients which append `/v1` to a host. */
const PREFIXES = ['/api/v1', '/v1'] as const;

/** The first names of every path of the API, and of no page. */
const API_NAMES = ['/api', '/v1', '/v1beta'] as const;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

const MESSAGES_COUNT: TokenCount = {
  dialect: anthropicMessagesClient,
  decode: countTokensRequest,
  encode: (tokens) => ({ input_tokens: tokens }),
};

export type ServerParts = {
  readonly gateway: Gateway;
  readonly api: readonly Route[];
  readonly pages: readonly Route[];
  readonly deadlines?: ClientDeadlines;
};

/** The HTTP rim: routes, body limits and faults in the caller's own dialect. It decides nothing about a call. */
export function createServer({ gateway, api, pages, deadlines = CLIENT_DEADLINES }: ServerParts): FastifyInstance {
  const server = fastify({
    bodyLimit: LIMITS.body_bytes_max,
    requestTimeout: deadlines.request_ms,
    keepAliveTimeout: 75_000,
    http: {
      headersTimeout: deadlines.request_head_ms,
      connectionsCheckingInterval: Math.ceil(deadlines.request_head_ms / 10),
    },
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 512, ignoreTrailingSlash: true },
    frameworkErrors: (_error, request, reply) => refuse(request, reply, fault('not_found', 'Not Found')),
    clientErrorHandler: refuseSocket,
    logger: false,
  });
  askBeforeBodies(server.server);
  server.decorateRequest('caller', null);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error: FastifyError, request, reply) => refuse(request, reply, faultOf(error, gateway)));
  const mounted: Mounted[] = [];
  const notFound = notFoundHandler(mounted);
  server.addHook('onRequest', (request, reply, done) => (request.is404 ? notFound(request, reply) : done()));
  // What the API does not have is no page's affair: its clients read JSON.
  for (const name of API_NAMES)
    for (const url of [name, `${name}/*`]) {
      server.options(url, preflight);
      server.route({ method: METHODS, url, onRequest: notFound, handler: notFound });
    }
  server.get('/healthz', (_request, reply) => reply.type('application/json').send('{"status":"ok"}'));
  for (const { url, handler } of inference(gateway)) {
    mounted.push({ method: 'POST', url });
    server.post(url, { onRequest: admit(gateway, 'inference') }, handler);
  }
  for (const route of api)
    for (const prefix of PREFIXES) {
      mounted.push({ method: route.method, url: prefix + route.path });
      mount(server, gateway, route, prefix);
    }
  for (const route of pages) mount(server, gateway, route, '');
  return server;
}

/** Pages of any site may call the API with a key; a session's cookie they can never send along. */
function preflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .headers({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      // A star does not cover `authorization` (Fetch standard, CORS-safelisting, read 2026-11-24).
      'access-control-allow-headers':
        request.headers['access-control-request-headers'] ?? 'authorization, content-type',
      'access-control-max-age': '86400',
      vary: 'access-control-request-headers',
    })
    .code(204)
    .send();
}

type Inference = {
  readonly url: string;
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => void;
};

function inference(gateway: Gateway): Inference[] {
  const routes: Inference[] = [];
  for (const { path, dialect } of INFERENCE_ROUTES) {
    const client = CLIENT_DIALECTS[dialect];
    if (!client) continue;
    const handler = inferenceHandler(client, gateway);
    for (const prefix of PREFIXES) routes.push({ url: prefix + path, handler });
  }
  const messages = countTokensHandler(MESSAGES_COUNT, gateway);
  for (const prefix of PREFIXES) routes.push({ url: `${prefix}/messages/count_tokens`, handler: messages });
  // Google's SDKs put the version into the path themselves, and the method behind the model: `v1beta` for long, `v1` by
  // default from @google/genai 3 on (read 2026-11-22).
  const models = geminiModelsHandler(gateway);
  for (const prefix of ['/v1beta', '/api/v1beta', '/v1', '/api/v1'])
    routes.push({ url: `${prefix}/models/*`, handler: models });
  return routes;
}

function mount(server: FastifyInstance, gateway: Gateway, route: Route, prefix: string): void {
  server.route({
    method: route.method,
    url: prefix + route.path,
    onRequest: admit(gateway, route.auth),
    handler: async (request, reply) => {
      const bytes = request.body as Buffer | undefined;
      const body = bytes && bytes.length > 0 ? parseBody(bytes, LIMITS.nesting_max) : { ok: true as const, value: {} };
      if (!body.ok) return refuse(request, reply, body.error);
      const result = await route.handle(
        {
          params: request.params as { [name: string]: string },
          query: lastValues(request.query as { [name: string]: string | string[] }),
          headers: request.headers as WireHeaders,
          body: body.value,
          caller: request.caller,
          origin: originOf(request),
        },
        gateway,
      );
      return write(reply, result, prefix !== '');
    },
  });
}

async function write(reply: FastifyReply, answer: RouteAnswer, isApi: boolean): Promise<FastifyReply> {
  if ('bytes' in answer)
    return reply
      .code(answer.status)
      .headers(answer.headers ?? {})
      .type(answer.contentType)
      .send(answer.bytes);
  const text = 'json' in answer ? JSON.stringify(answer.json) : answer.text;
  const type = 'json' in answer ? 'application/json; charset=utf-8' : answer.contentType;
  const accepts = reply.request.headers['accept-encoding'];
  const encoded = await compressed(text, Array.isArray(accepts) ? accepts.join() : accepts, answer.headers?.vary);
  return reply
    .code(answer.status)
    .headers({ ...(isApi && CORS), ...answer.headers, ...encoded.headers })
    .type(type)
    .send(encoded.body);
}

const lastValues = (query: { [name: string]: string | string[] }): { [name: string]: string | undefined } =>
  Object.fromEntries(Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]));

/** What the client typed to get here. The Host header is only shown back, never used to authorise or to send anything. */
function originOf(request: FastifyRequest): string {
  const host = /^[\w.:[\]-]{1,253}$/.test(request.headers.host ?? '') ? request.headers.host : 'localhost';
  return `${request.protocol}://${host}`;
}

function faultOf(error: FastifyError, gateway: Gateway): ReturnType<typeof fault> {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return fault('payload_too_large', `The request body is larger than ${LIMITS.body_bytes_max / 1024 / 1024} MB.`);
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return fault('unsupported_media_type', 'The content type cannot be understood: send application/json.');
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return fault('invalid_request', error.message);
  gateway.log('a request failed inside', error);
  return fault('server', 'Internal Server Error');
}
