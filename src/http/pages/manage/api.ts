import { objectionTo, type Verb } from '../../../access/may.ts';
import { assert } from '../../../base/assert.ts';
import { isObject, type JsonObject, optionalString, stringOf } from '../../../base/json.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { Route, RouteRequest } from '../../route.ts';
import { refusal } from '../../v1/account/refusal.ts';
import { apiRoutes } from '../../v1/routes.ts';

/** One call of the API, as a program would make it. */
export type ApiCall = {
  readonly method: Route['method'];
  /** As its route has it: `/keys/:hash`. */
  readonly path: string;
  readonly params?: { readonly [name: string]: string };
  readonly query?: { readonly [name: string]: string };
  readonly body?: JsonObject;
};

export type ApiAnswer =
  | { readonly ok: true; readonly json: JsonObject }
  | { readonly ok: false; readonly status: number; readonly message: string; readonly param: string | undefined };

const routes: ReadonlyMap<string, Route> = new Map(apiRoutes.map((route) => [`${route.method} ${route.path}`, route]));

/** What a call does, which its caller must be allowed to. */
export function verbOf({ method, path }: ApiCall): Verb {
  const auth = routes.get(`${method} ${path}`)?.auth;
  assert(auth !== undefined && auth !== 'none', `${method} ${path} is no call for managers`);
  return auth;
}

/** Makes the call for whoever asked for a page: with the API's own rights, checks and words, and without the network. */
export type Api = (call: ApiCall) => Promise<ApiAnswer>;

export const apiFor =
  (request: RouteRequest, gateway: Gateway): Api =>
  async ({ method, path, params = {}, query = {}, body = {} }) => {
    const route = routes.get(`${method} ${path}`);
    assert(route, `there is no ${method} ${path}`);
    const objection = route.auth === 'none' ? null : objectionTo(request.caller, route.auth);
    const answer = objection
      ? refusal(objection)
      : await route.handle({ ...request, look: null, params, query, body }, gateway);
    assert('json' in answer, `${method} ${path} does not answer in JSON`);
    const json: JsonObject = isObject(answer.json) ? answer.json : {};
    if (answer.status < 400) return { ok: true, json };
    const error = isObject(json.error) ? json.error : {};
    const metadata = isObject(error.metadata) ? error.metadata : {};
    return {
      ok: false,
      status: answer.status,
      message: stringOf(error.message),
      param: optionalString(metadata.param),
    };
  };

/** The same call for a shell. What the path names is filled in; a secret in its body stands for itself. */
export function curlOf({ method, path, params = {}, query = {}, body }: ApiCall, origin: string): string {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? `{${name}}`));
  const search = new URLSearchParams(query).toString();
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}'${origin}/api/v1${filled}${search && `?${search}`}'`,
    `-H "Authorization: Bearer $SWITCHWRIGHT_MANAGEMENT_KEY"`,
  ];
  if (body !== undefined)
    lines.push('-H "Content-Type: application/json"', `-d '${JSON.stringify(body, null, 2).replaceAll("'", `'\\''`)}'`);
  return lines.join(' \\\n  ');
}
