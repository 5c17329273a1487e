import { createServer as createNodeServer, type Server } from 'node:http';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { actingAs, actorOf } from '../access/acting.ts';
import { Bug } from '../base/assert.ts';
import { fault } from '../base/fault.ts';
import { parseWholeBody } from '../base/json.ts';
import { CLIENT_DEADLINES, type ClientDeadlines, LIMITS } from '../base/limits.ts';
import type { WireHeaders } from '../base/world.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { StoreError, troubleFault, troubleWords } from '../ledger/trouble.ts';
import { readAbsoluteForm } from './absolute-form.ts';
import { addressOf } from './address-of.ts';
import { admit } from './admit.ts';
import { compressed } from './compress.ts';
import { inferenceDoor } from './door.ts';
import { GOOGLE_VERSIONS } from './google-paths.ts';
import { CORS } from './headers.ts';
import { addLane } from './lane/lane.ts';
import { OLLAMA_API } from './ollama/models.ts';
import { originFor } from './origin.ts';
import { ownUrl } from './prefixes.ts';
import { answerRaw, type RawRoute } from './raw-route.ts';
import { tooLarge, UNREADABLE_TYPE } from './read-body.ts';
import { readFields } from './read-fields.ts';
import { type Mounted, notFoundHandler, refuseReply } from './refuse.ts';
import { PREFIXES, type Route, type RouteAnswer, type RouteRequest } from './route.ts';
import { isOurs, withWebSockets } from './socket/upgrade.ts';
import { askBeforeBodies, boundConnections, refuseSocket } from './sockets.ts';
import { GOOGLE_FILE_ROUTES, GOOGLE_UPLOAD_ROUTES } from './v1/files/google.ts';
import { GOOGLE_UPLOAD } from './v1/files/google-upload.ts';
import { GOOGLE_MODEL_ROUTES } from './v1/models/google.ts';
import { GOOGLE_OPERATION } from './v1/videos/jobs.ts';

/** The first names of every path of the API, and of no page. */
const API_NAMES = ['/api', '/v1', '/v2', '/upload', ...GOOGLE_VERSIONS.map((version) => `/${version}`)];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

export type ServerParts = {
  readonly gateway: Gateway;
  readonly api: readonly Route[];
  /** Those of the API whose bodies or answers are streams. */
  readonly raw?: readonly RawRoute[];
  readonly pages: readonly Route[];
  readonly deadlines?: ClientDeadlines;
};

/** The HTTP rim: routes, body limits and faults in the caller's own dialect. It decides nothing about a call. */
export function createServer({
  gateway,
  api,
  raw = [],
  pages,
  deadlines = CLIENT_DEADLINES,
}: ServerParts): FastifyInstance {
  const doors = inferenceDoor(gateway);
  const server = fastify({
    bodyLimit: LIMITS.body_bytes_max,
    serverFactory: (framework) => {
      const node: Server = createNodeServer(
        {
          requestTimeout: deadlines.request_ms,
          headersTimeout: deadlines.request_head_ms,
          connectionsCheckingInterval: Math.ceil(deadlines.request_head_ms / 10),
          keepAliveTimeout: 75_000,
          shouldUpgradeCallback: isOurs,
        },
        (request, response) => {
          readAbsoluteForm(request);
          request.url = ownUrl(request.url ?? '');
          if (!doors.open(request, response)) framework(request, response);
        },
      );
      askBeforeBodies(node);
      addLane(node, doors.take, deadlines);
      boundConnections(node, deadlines.first_byte_ms);
      return withWebSockets(node, gateway);
    },
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 512, ignoreTrailingSlash: true },
    frameworkErrors: (_error, _request, reply) => refuseReply(reply, fault('not_found', 'Not Found')),
    clientErrorHandler: refuseSocket,
    logger: false,
  });
  server.decorateRequest('caller', null);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.setErrorHandler((error: FastifyError, { routeOptions }, reply) =>
    refuseReply(reply, faultOf(error, gateway, routeOptions.bodyLimit ?? LIMITS.body_bytes_max)),
  );
  const mounted: Mounted[] = doors.paths.map((url) => ({ method: 'POST', url }));
  const notFound = notFoundHandler(mounted);
  server.addHook('onRequest', (request, reply, done) => (request.is404 ? notFound(request, reply) : done()));
  // What the API does not have is no page's affair: its clients read JSON.
  for (const name of API_NAMES)
    for (const url of [name, `${name}/*`]) {
      server.options(url, preflight);
      server.route({ method: METHODS, url, onRequest: notFound, handler: notFound });
    }
  mountProbes(server, gateway);
  server.options('/mcp', preflight);
  for (const [routes, prefixes] of tables(api))
    for (const route of routes)
      for (const prefix of prefixes) {
        mounted.push({ method: route.method, url: prefix + route.path });
        mount(server, gateway, route, prefix);
      }
  for (const route of raw) mounted.push(...mountRaw(server, gateway, route));
  mounted.push(...mountRaw(server, gateway, GOOGLE_UPLOAD, GOOGLE_UPLOADS));
  for (const route of pages) mount(server, gateway, route, '');
  return server;
}

function mountProbes(server: FastifyInstance, gateway: Gateway): void {
  server.get('/healthz', (_request, reply) => reply.type('application/json').send('{"status":"ok"}'));
  server.get('/readyz', readiness(gateway));
}

/** Uploads are sent to `v1` too, where all else that is Google's is told by who asks. */
const GOOGLE_UPLOADS = [...GOOGLE_VERSIONS, 'v1'].flatMap((version) => [
  `/upload/${version}`,
  `/api/upload/${version}`,
]);
const GOOGLE = GOOGLE_VERSIONS.flatMap((version) => [`/${version}`, `/api/${version}`]);

/** The routes of each API, and below which paths its programs ask for them. */
const tables = (
  api: readonly Route[],
): readonly (readonly [routes: readonly Route[], prefixes: readonly string[]])[] => [
  [api, PREFIXES],
  [[...GOOGLE_MODEL_ROUTES, ...GOOGLE_FILE_ROUTES, GOOGLE_OPERATION], GOOGLE],
  [GOOGLE_UPLOAD_ROUTES, GOOGLE_UPLOADS],
  [OLLAMA_API, ['/api']],
];

function mountRaw(
  server: FastifyInstance,
  gateway: Gateway,
  route: RawRoute,
  prefixes: readonly string[] = PREFIXES,
): readonly Mounted[] {
  const { method, path } = route;
  const onRequest = answerRaw(route, gateway);
  const mounted = prefixes.map((prefix) => ({ method, url: prefix + path }));
  for (const { url } of mounted) server.route({ method, url, onRequest, handler: unreached });
  return mounted;
}

/** Raw routes answer before the framework comes to its handlers. */
const unreached = (): never => {
  throw new Bug('a raw route was handled twice');
};

/** Whether a call that comes now would be begun: a balancer sends none where it would be refused. `/healthz` only says that the process lives. */
const readiness =
  ({ ledger }: Gateway) =>
  (_request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const trouble = ledger.trouble();
    reply.header('cache-control', 'no-store');
    if (trouble === null) return reply.send({ status: 'ready' });
    const { retryAfterMs = 0 } = troubleFault(trouble);
    return reply
      .code(503)
      .header('retry-after', String(Math.ceil(retryAfterMs / 1000)))
      .send({ status: 'unready', reason: trouble, message: troubleWords(trouble) });
  };

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

function mount(server: FastifyInstance, gateway: Gateway, route: Route, prefix: string): void {
  server.route({
    method: route.method,
    url: prefix + route.path,
    onRequest: admit(gateway, route.auth),
    // Only what may spend is sent prompts; forms of pages and of the management are short.
    bodyLimit: route.auth === 'call' || route.auth === 'look' ? LIMITS.body_bytes_max : LIMITS.form_bytes_max,
    handler: async (request, reply) => {
      const bytes = request.body as Buffer | undefined;
      const body =
        bytes === undefined || bytes.length === 0
          ? { ok: true as const, value: {} }
          : route.form
            ? readFields(bytes, request.headers['content-type'])
            : await parseWholeBody(bytes, LIMITS.nesting_max);
      if (!body.ok) return refuseReply(reply, body.error);
      const asked: RouteRequest = {
        params: request.params as { [name: string]: string },
        query: lastValues(request.query as { [name: string]: string | string[] }),
        headers: request.headers as WireHeaders,
        look: isPrefetch(request.headers as WireHeaders) ? 'ahead' : request.method === 'HEAD' ? 'head' : null,
        address: addressOf(gateway, request.raw),
        body: body.value,
        caller: request.caller,
        origin: originFor(gateway, request.raw),
      };
      const result = await (isAct(route) ? handledAs(asked, route, gateway) : route.handle(asked, gateway));
      return write(reply, result, prefix !== '');
    },
  });
}

/** Calls and looking on are no acts of administration; signing in by a link is, though it is read. */
const isAct = ({ method, auth, path }: Route): boolean =>
  auth !== 'call' && auth !== 'look' && (method !== 'GET' || path === '/sign-in');

/** Whatever is changed is told in the audit log with who did it. */
function handledAs(asked: RouteRequest, route: Route, gateway: Gateway): RouteAnswer | Promise<RouteAnswer> {
  const { caller, address } = asked;
  const actor = actorOf(caller, { address, asked: `${route.method} ${route.path}` });
  return actingAs({ actor, world: gateway.world }, () => route.handle(asked, gateway));
}

/** `Sec-Purpose` is the standard's (Fetch, read 2026-11-29), the others are older browsers' and previews'. */
const isPrefetch = ({
  'sec-purpose': standard,
  purpose,
  'x-purpose': preview,
  'x-moz': mozilla,
}: WireHeaders): boolean =>
  [standard, purpose, preview, mozilla].some((word) => word !== undefined && /prefetch|prerender|preview/i.test(word));

async function write(reply: FastifyReply, answer: RouteAnswer, isApi: boolean): Promise<FastifyReply> {
  if ('stream' in answer) {
    reply.hijack();
    answer.stream(reply.raw);
    return reply;
  }
  if ('bytes' in answer)
    return reply
      .code(answer.status)
      .headers(answer.headers ?? {})
      .type(answer.contentType)
      .send(answer.bytes);
  if ('cookies' in answer && answer.cookies) reply.header('set-cookie', [...answer.cookies]);
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

function faultOf(error: FastifyError, gateway: Gateway, bodyLimit: number): ReturnType<typeof fault> {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return tooLarge(bodyLimit);
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return UNREADABLE_TYPE;
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return fault('invalid_request', error.message);
  gateway.log('a request failed inside', error);
  const cause: unknown = error;
  return cause instanceof StoreError ? troubleFault(cause.trouble) : fault('server', 'Internal Server Error');
}
