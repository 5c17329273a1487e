import { objectionTo } from '../../access/may.ts';
import { assert } from '../../base/assert.ts';
import { BodyScan } from '../../base/body-scan.ts';
import { type Fault, fault } from '../../base/fault.ts';
import { objectOf, parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import type { WireHeaders } from '../../base/world.ts';
import type { Principal } from '../../facts/principal.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { lineAnswering } from '../batches/line-answer.ts';
import { envelope } from '../faults.ts';
import { createHandlers } from '../handlers.ts';
import type { InferenceHandler } from '../inference.ts';
import { INFERENCE_ROUTES } from '../inference-routes.ts';
import type { Route, RouteRequest } from '../route.ts';
import { apiRoutes } from '../v1/routes.ts';
import type { Ask, AskAnswer, AskCall } from './ask.ts';

/** Of a request for tools, what their own calls have too. */
type Asking = RouteRequest & { readonly caller: Principal };
export type Within = (asking: Asking) => Ask;

/** Headers of the connection that say something of its calls too: whose app they are, and which trace they belong to. */
const PASSED = ['http-referer', 'referer', 'x-title', 'x-openrouter-title', 'traceparent', 'tracestate', 'user-agent'];

/** Calls the API from inside, with the caller's own rights, checks, holds and bills. */
export function withinGateway(gateway: Gateway): Within {
  const routes = new Map<string, Route>(apiRoutes.map((route) => [`${route.method} ${route.path}`, route]));
  const handlerOf = createHandlers(gateway);
  const handlers = new Map<string, InferenceHandler>();
  const inferring = (path: string): InferenceHandler | null => {
    const known = handlers.get(path);
    if (known) return known;
    const found = INFERENCE_ROUTES.find((one) => one.path === path && one.prefixes === undefined);
    const made = found ? handlerOf(found) : null;
    if (made) handlers.set(path, made);
    return made;
  };
  return (asking) => async (call, signal) => {
    const handler = call.method === 'POST' ? inferring(call.path) : null;
    if (handler) return infer({ asking, handler, call, signal });
    const route = routes.get(`${call.method} ${call.path}`);
    assert(route, `there is no ${call.method} ${call.path}`);
    const objection = route.auth === 'none' ? null : objectionTo(asking.caller, route.auth);
    if (objection) return refused(objection);
    const { params = {}, query = {}, body = {} } = call;
    const answer = await route.handle({ ...asking, headers: {}, look: null, params, query, body }, gateway);
    assert('json' in answer || 'text' in answer, `${call.path} answers in JSON`);
    const text = 'json' in answer ? JSON.stringify(answer.json) : answer.text;
    return { status: answer.status, json: objectOf(parseJson(text)), headers: answer.headers ?? {} };
  };
}

type Inferring = {
  readonly asking: Asking;
  readonly handler: InferenceHandler;
  readonly call: AskCall;
  readonly signal: AbortSignal;
};

/** As the same call on its own path is let in (`admit.ts`), read, held, billed and recorded. */
async function infer({ asking, handler, call, signal }: Inferring): Promise<AskAnswer> {
  const { caller, address } = asking;
  const { guard } = caller;
  const closed = guard?.closed ?? guard?.objectionTo?.(address) ?? null;
  const objection = objectionTo(caller, 'call') ?? (closed === null ? null : fault('permission_denied', closed));
  if (objection) return refused(objection);
  const bytes = Buffer.from(JSON.stringify(call.body ?? {}));
  const isLarge = bytes.length > LIMITS.small_body_bytes;
  const scan = isLarge ? new BodyScan(LIMITS.nesting_max) : null;
  const excess = scan?.push(bytes) ?? null;
  if (excess) return refused(excess);
  const url = `/api/v1${call.path}`;
  const answer = await new Promise<Awaited<Parameters<Parameters<typeof lineAnswering>[1]>[0]>>((done) => {
    const answering = lineAnswering(url, done);
    if (signal.aborted) return done(null);
    signal.addEventListener('abort', () => answering.destroy(), { once: true });
    handler(
      {
        headers: { ...passed(asking.headers), 'content-type': 'application/json' },
        url,
        params: {},
        caller,
        body: { chunks: [bytes], scan, size: bytes.length },
        room: null,
      },
      answering,
    );
  });
  if (answer === null) return refused(BROKEN);
  return { status: answer.status, json: objectOf(parseJson(answer.text)), headers: answer.headers };
}

const BROKEN = fault('cancelled', 'The call was given up before its answer was complete.');

const passed = (headers: WireHeaders): { [name: string]: string } =>
  Object.fromEntries(
    PASSED.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

function refused(value: Fault): AskAnswer {
  const body = envelope(value);
  return { status: body.error.code, json: objectOf(parseJson(JSON.stringify(body))), headers: {} };
}
