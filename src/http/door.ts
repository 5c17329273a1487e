import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WireHeaders } from '../base/world.ts';
import { anthropicMessagesClient, countTokensRequest } from '../dialects/anthropic-messages/index.ts';
import { CLIENT_DIALECTS } from '../dialects/registry.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { admission } from './admit.ts';
import { countTokensHandler, type TokenCount } from './count-tokens.ts';
import { geminiModelsHandler } from './gemini-models.ts';
import { type InferenceHandler, inferenceHandler } from './inference.ts';
import { readBody } from './read-body.ts';
import { pathOf, refuse } from './refuse.ts';
import { PREFIXES } from './route.ts';
import { INFERENCE_ROUTES } from './v1/inference-routes.ts';

/** Takes a request if it is one for inference. False = it is not, and nothing of it was touched. */
export type Door = (request: IncomingMessage, response: ServerResponse) => boolean;

/** The paths behind the door, in the router's patterns: a final `*` is the rest of the path. */
export type Doors = { readonly open: Door; readonly paths: readonly string[] };

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
  for (const { path, dialect } of INFERENCE_ROUTES) {
    const client = CLIENT_DIALECTS[dialect];
    if (client) for (const prefix of PREFIXES) handlers.set(prefix + path, inferenceHandler(client, gateway));
  }
  for (const prefix of PREFIXES)
    handlers.set(`${prefix}/messages/count_tokens`, countTokensHandler(MESSAGES_COUNT, gateway));
  const models = geminiModelsHandler(gateway);
  const admit = admission(gateway, 'inference');

  const open: Door = (request, response) => {
    if (request.method !== 'POST') return false;
    const path = trimmed(request.url ?? '');
    const rest = restBehindModels(path);
    const handler = rest === undefined ? handlers.get(path.includes('%') ? pathOf(path) : path) : models;
    if (!handler) return false;
    const params: { readonly [name: string]: string } = rest === undefined ? NO_PARAMS : { '*': rest };
    admit(request, response, (caller) => {
      if (caller === null) return;
      readBody(
        request,
        (chunks) => {
          const { headers, url = '' } = request;
          handler({ headers: headers as WireHeaders, url, params, caller, chunks }, response);
        },
        (value) => refuse(response, value),
      );
    });
    return true;
  };
  return { open, paths: [...handlers.keys(), ...MODELS.map((prefix) => `${prefix}*`)] };
}

const NO_PARAMS: { readonly [name: string]: string } = {};

/** Without the query and a final slash. */
function trimmed(url: string): string {
  const query = url.indexOf('?');
  const path = query === -1 ? url : url.slice(0, query);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/**
 * Google's SDKs put the version into the path themselves, and the method behind the model: `v1beta` for long, `v1` by
 * default from @google/genai 3 on (read 2026-11-22).
 */
const MODELS = ['/v1beta/models/', '/api/v1beta/models/', '/v1/models/', '/api/v1/models/'] as const;

/** What stands behind `models/`, percent-encoding undone where it can be; undefined if the path is another. */
function restBehindModels(path: string): string | undefined {
  const prefix = MODELS.find((start) => path.startsWith(start));
  if (prefix === undefined || path.length === prefix.length) return undefined;
  const rest = path.slice(prefix.length);
  if (!rest.includes('%')) return rest;
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest;
  }
}
