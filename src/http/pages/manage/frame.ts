import { may, objectionTo, type Verb } from '../../../access/may.ts';
import type { JsonObject } from '../../../base/json.ts';
import { PRODUCT } from '../../../base/product.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { codeBlock } from '../code.ts';
import { type Html, html, type Part } from '../html.ts';
import { page } from '../layout.ts';
import { type Api, type ApiCall, apiFor, curlOf } from './api.ts';

/** Whoever manages something on a page, and the API that it is done with. */
export type Managing = {
  readonly request: RouteRequest;
  readonly gateway: Gateway;
  readonly caller: Principal;
  readonly api: Api;
};

/** A page of the console for those who may do what it is for. */
export type ManagedRoute = Route & { readonly verb: Verb };

/** What is managed here, in the order of the navigation. */
const NOUNS: readonly (readonly [path: string, label: string, verb: Verb])[] = [
  ['/settings/keys', 'API keys', 'see-keys'],
  ['/settings/workspaces', 'Workspaces', 'read-settings'],
  ['/settings/people', 'People', 'read-settings'],
  ['/settings/invitations', 'Invitations', 'read-settings'],
  ['/settings/audit-log', 'Audit log', 'read-audit-log'],
  ['/settings/credits', 'Credits', 'read-spending'],
  ['/settings/provider-keys', 'Provider keys', 'operate'],
  ['/settings/byok', 'Own provider keys', 'read-settings'],
  ['/settings/guardrails', 'Guardrails', 'read-settings'],
  ['/settings/presets', 'Presets', 'use-presets'],
  ['/settings/destinations', 'Destinations', 'read-settings'],
  ['/settings/mcp-servers', 'MCP servers', 'read-settings'],
  ['/settings/alerts', 'Alerts', 'read-settings'],
];
export const nounsFor = (caller: Principal): typeof NOUNS => NOUNS.filter(([, , verb]) => may(caller, verb));

type Handle = (managing: Managing) => Promise<RouteAnswer>;

/** The route of such a page. Who may not is told so, and learns of nothing that there is. */
export const managed = (method: 'GET' | 'POST', path: string, verb: Verb, handle: Handle): ManagedRoute => ({
  method,
  path,
  verb,
  auth: 'none',
  ...(method === 'POST' && { form: true }),
  handle: async (request, gateway) => {
    const { caller, params } = request;
    const asked = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const next = `/sign-in?${new URLSearchParams({ next: method === 'GET' ? asked : '/settings' })}`;
    const objection = objectionTo(caller, verb);
    if (caller === null || objection) return refused(request, caller, objection?.message ?? '', next);
    if (method === 'POST' && !isSaidBy(request, caller)) return refused(request, caller, ELSEWHERE, next);
    return handle({ request, gateway, caller, api: apiFor(request, gateway) });
  },
});

const ELSEWHERE = 'This form did not come from a page of this instance';
/** A session’s cookie counts only for pages of this instance (decisions/0015); of a form the browser must say so. */
const isSaidBy = ({ headers }: RouteRequest, { kind }: Principal): boolean =>
  kind !== 'session' || headers['sec-fetch-site'] !== undefined || headers.origin !== undefined;

function refused(request: RouteRequest, caller: Principal | null, message: string, signIn: string): RouteAnswer {
  return page(request, '/settings', {
    status: caller === null ? 401 : 403,
    title: caller === null ? 'Sign in first' : 'Not allowed',
    description: `A page of this ${PRODUCT.name} instance for those who manage it.`,
    headers: NOT_KEPT,
    content: html`<div class="head measure narrow"><h1>${caller === null ? 'Sign in first' : 'Not allowed'}</h1>
<p>${caller === null ? html`This page is for those who manage the instance. <a href="${signIn}">Sign in</a>: you are brought back here.` : message}.</p></div>`,
  });
}

/** What is managed is nobody else’s to see, in no cache. */
export const NOT_KEPT = { 'cache-control': 'no-store' };

export type Shown = {
  readonly path: string;
  readonly title: string;
  /** The list that this is one of. */
  readonly above?: readonly [path: string, label: string];
  /** Beside the title: what can be copied, a state. */
  readonly beside?: Part;
  readonly facts?: readonly Part[];
  /** Sections of this page; without any the tabs are all that is managed. */
  readonly tabs?: readonly (readonly [id: string, label: string])[];
  readonly content: Part;
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
};

/** One page shape for all: title, a line of facts, tabs, content. */
export function manage({ request, caller }: Managing, shown: Shown): RouteAnswer {
  const { path, title, above, beside, facts = [], tabs, content, status = 200, headers } = shown;
  const links: Part = tabs
    ? tabs.map(([id, label]) => html`<a href="#${id}">${label}</a>`)
    : nounsFor(caller).map(
        ([to, label]) => html`<a href="${to}"${to === path && html` aria-current="page"`}>${label}</a>`,
      );
  return page(request, path, {
    status,
    title: `${title} · ${PRODUCT.name}`,
    description: `${title}: managed on this ${PRODUCT.name} instance.`,
    section: 'settings',
    headers: { ...NOT_KEPT, ...headers },
    content: html`<div class="head measure"><p class="crumbs"><a href="/settings">Settings</a>${above && html` / <a href="${above[0]}">${above[1]}</a>`}</p>
<div class="title"><h1>${title}</h1>${beside}</div>
${facts.length > 0 && html`<p class="facts">${facts.map((fact) => fact && html`<span>${fact}</span>`)}</p>`}</div>
<nav class="tabs" aria-label="${tabs ? 'On this page' : 'Settings'}"><div class="measure">${links}</div></nav>
<div class="measure">${said(request)}${content}</div>`,
  });
}

/** What was done by the form that led here. The address holds a word of ours, nothing else is shown. */
function said({ query }: RouteRequest): Html | null {
  const words = DONE[query.done ?? ''];
  return words === undefined ? null : html`<p class="notice done" role="status">${words}</p>`;
}
const DONE: { readonly [word: string]: string | undefined } = Object.assign(Object.create(null), {
  made: 'Made.',
  saved: 'Saved.',
  deleted: 'Deleted.',
  enabled: 'Switched on.',
  disabled: 'Switched off.',
});

/** The call of the API that does what is done here. */
export const sameByApi = (call: ApiCall, { request }: Managing): Html =>
  html`<details class="api"><summary>The same by the API</summary>${codeBlock('shell', curlOf(call, request.origin), `${call.method} ${call.path}`)}</details>`;

export const redirect = (location: string): RouteAnswer => ({
  status: 303,
  text: '',
  contentType: 'text/plain; charset=utf-8',
  headers: { location, ...NOT_KEPT },
});

export const listOf = (json: JsonObject): readonly JsonObject[] =>
  Array.isArray(json.data) ? (json.data as readonly JsonObject[]) : [];
