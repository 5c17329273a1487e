import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from '../base/fault.ts';
import type { WireHeaders } from '../base/world.ts';
import { anthropicMessagesClient, countTokensRequest } from '../dialects/anthropic-messages/index.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { admission, knownCaller } from './admit.ts';
import { countTokensHandler, type TokenCount } from './count-tokens.ts';
import { geminiModelsHandler } from './gemini-models.ts';
import { GOOGLE_VERSIONS, googleMethodOf, takeQueryKey } from './google-paths.ts';
import { createHandlers } from './handlers.ts';
import { CORS } from './headers.ts';
import type { InferenceHandler } from './inference.ts';
import { INFERENCE_ROUTES, pathsOf } from './inference-routes.ts';
import type { Taker } from './lane/connection.ts';
import { ownUrl } from './prefixes.ts';
import { isReadable, readBody, type WholeBody } from './read-body.ts';
import { type Form, isForm, readForm } from './read-form.ts';
import { pathOf, refuse } from './refuse.ts';
import { FULL, makeRoom, type Room, smallWeight } from './room.ts';
import { PREFIXES } from './route.ts';

/** Takes a request if it is one for inference. False = it is not, and nothing of it was touched. */
export type Door = (request: IncomingMessage, response: ServerResponse) => boolean;

export type Doors = {
  readonly open: Door;
  /** The same for a plain POST of the lane, if its caller is known and nothing stands against the request. */
  readonly take: Taker;
  /** The paths behind the door, in the router's patterns: a final `*` is the rest of the path. */
  readonly paths: readonly string[];
};

const MESSAGES_COUNT: TokenCount = {
  dialect: anthropicMessagesClient,
  decode: countTokensRequest,
  encode: (tokens) => ({ input_tokens: tokens }),
};

/**
 * Inference goes past the framework, straight from Node's server to its handler: of everything that happens to a call
 * the framework's part would cost the most after the sockets (a sixth of the CPU; measured 2026-11-25), and the
 * handlers write their answers themselves anyway.
 */
export function inferenceDoor(gateway: Gateway): Doors {
  const handlers = new Map<string, InferenceHandler>();
  const takingForms = new Set<InferenceHandler>();
  const handlerOf = createHandlers(gateway);
  for (const route of INFERENCE_ROUTES) {
    const handler = handlerOf(route);
    if (route.takesForms) takingForms.add(handler);
    for (const path of pathsOf(route)) handlers.set(path, handler);
  }
  for (const prefix of PREFIXES)
    handlers.set(`${prefix}/messages/count_tokens`, countTokensHandler(MESSAGES_COUNT, gateway));
  const models = geminiModelsHandler(gateway, handlerOf);
  const admit = admission(gateway, 'call');

  const find = (url: string): Place | null => {
    const path = trimmed(url);
    const known = handlers.get(path.includes('%') ? pathOf(path) : path);
    if (known) return { handler: known, params: NO_PARAMS };
    const rest = googleMethodOf(path);
    return rest === undefined ? null : { handler: models, params: { '*': rest } };
  };
  const open: Door = (request, response) => {
    takeQueryKey(request);
    if (request.method !== 'POST') return isHello(request) && sayHello(response);
    const place = find(request.url ?? '');
    if (place === null) return false;
    admit(request, response, (caller) => {
      if (caller === null) return;
      const handle = (room: Room | null, body: WholeBody, form?: Form): void => {
        const { headers, url = '' } = request;
        const read = { body, room, ...(form && { form }) };
        place.handler({ headers: headers as WireHeaders, url, params: place.params, caller, ...read }, response);
      };
      const refused = (value: Fault): void => refuse(response, value);
      const enter = (room: Room | null): void => {
        if (takingForms.has(place.handler) && isForm(request.headers['content-type']))
          readForm(request, (form) => handle(room, NO_BODY, form), refused);
        else readBody(request, room, (body) => handle(room, body), refused);
      };
      makeRoom({ memory: gateway.memory, who: caller.keyId }, request, response, enter, () => refuse(response, FULL));
    });
    return true;
  };
  const take: Taker = ({ target, headers, bodyBytes }, holds) => {
    const url = ownUrl(target);
    const place = find(url);
    takeQueryKey({ url, headers });
    const caller = place && isReadable(headers['content-type']) && knownCaller(gateway, headers);
    if (!place || !caller || (takingForms.has(place.handler) && isForm(headers['content-type']))) return null;
    const { handler, params } = place;
    const weight = smallWeight(bodyBytes);
    if (weight > 0) {
      const { memory } = gateway;
      // Where there is none it is waited for the other way.
      if (!memory.takeAtOnce(caller.keyId, weight)) return null;
      holds(() => memory.giveBack(caller.keyId, weight));
    }
    return ({ chunks }, answer) =>
      handler({ headers, url, params, caller, body: { chunks, scan: null, size: bodyBytes }, room: null }, answer);
  };
  return { open, take, paths: [...handlers.keys(), ...MODELS.map((prefix) => `${prefix}*`)] };
}

/** Claude Code asks before its first call whether anyone is there (2.1.332, seen 2026-11-29). */
const isHello = ({ method, url = '' }: IncomingMessage): boolean =>
  (method === 'HEAD' || method === 'GET') && HELLO.test(url);
const HELLO = /^(?:\/api)?(?:\/v1)?\/api\/hello(?:\?|$)/;

function sayHello(response: ServerResponse): true {
  const text = '{"message":"hello"}';
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length, ...CORS }).end(text);
  return true;
}

type Place = { readonly handler: InferenceHandler; readonly params: { readonly [name: string]: string } };

const NO_BODY: WholeBody = { chunks: [], scan: null, size: 0 };
const NO_PARAMS: { readonly [name: string]: string } = {};

/** Without the query and a final slash. */
function trimmed(url: string): string {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Below these everything is Google's: the method stands behind the model. `v1` is the default from @google/genai 3 on. */
const MODELS = ['v1', ...GOOGLE_VERSIONS].flatMap((version) => [`/${version}/models/`, `/api/${version}/models/`]);
