import type { Verb } from '../../../access/may.ts';
import type { JsonObject } from '../../../base/json.ts';
import { API_GROUPS } from '../../contract/api.ts';
import { type Described, describedApi, openapiOf, operationIdOf } from '../../openapi.ts';
import type { Route, RouteRequest } from '../../route.ts';
import { codeBlock } from '../code.ts';
import { type Html, html } from '../html.ts';
import { docsPage } from './frame.ts';

/** Every operation of the API, from the routes themselves and from what reads their bodies. */
export const apiDocsRoute: Route = {
  method: 'GET',
  path: '/docs/api',
  auth: 'none',
  handle: (request) =>
    docsPage(request, '/docs/api', {
      title: 'API reference',
      lead: 'Everything that can be asked of this instance, below /api/v1 (or /v1). Administration takes a management key; what is public takes none.',
      parts: API_GROUPS,
      content: html`<p class="facts"><span><a href="/openapi.json">openapi.json</a></span><span><a href="/openapi.yaml">openapi.yaml</a></span></p>
${API_GROUPS.map(
  (group) =>
    html`<section id="${group.id}" class="part"><h2>${group.title}</h2><dl class="fields">${describedApi()
      .filter((one) => one.group === group)
      .map((one) => entry(one, request))}</dl></section>`,
)}`,
    }),
};

function entry(one: Described, request: RouteRequest): Html {
  const id = operationIdOf(one.method, one.path);
  return html`<div id="${id}"><dt><a href="#${id}"><code>${one.method} ${one.path}</code></a><span>${callerOf(one.auth)}</span></dt><dd><p>${one.summary}</p>
${one.query && html`<p class="terms">${members(one.query, 'query')}</p>`}${one.body && !one.fields && html`<p class="terms">${members(one.body, 'body')}</p>`}
${one.fields && html`<p class="terms"><span>${one.fields.map((group) => html`<a href="${pageOf(one, group.id)}">${group.title}</a> `)}</span></p>`}
<details><summary>curl</summary>${codeBlock('shell', sampleOf(one, request.origin), `${one.method} ${one.path}`)}</details></dd></div>`;
}

const callerOf = (auth: Verb | 'none'): string =>
  auth === 'none'
    ? 'public'
    : auth === 'call' || auth === 'look' || auth === 'use-presets'
      ? 'any key'
      : 'management key';

/** Where the fields of a call are told. */
const pageOf = ({ path }: Described, id: string): string =>
  path === '/chat/completions' ? `/docs/request#${id}` : `/docs/operations#${id}`;

/** The members of a schema with what they take. */
function members({ properties, required }: JsonObject, where: string): readonly Html[] {
  const must = (required ?? []) as readonly string[];
  return Object.entries((properties ?? {}) as { readonly [name: string]: JsonObject }).map(
    ([name, schema]) =>
      html`<span><i>${where}</i> <code>${name}${must.includes(name) && html`*`}</code> ${wordsOf(schema)}</span>`,
  );
}

function wordsOf(schema: JsonObject): string {
  const { type, anyOf, enum: words, minimum, maximum } = schema;
  if (Array.isArray(words)) return words.join(', ');
  if (Array.isArray(anyOf)) return anyOf.map((one) => wordsOf(one as JsonObject)).join(' or ');
  const bounds =
    typeof minimum === 'number' && typeof maximum === 'number' && maximum < 1e15 ? ` ${minimum}–${maximum}` : '';
  return `${typeof type === 'string' ? type : 'any'}${bounds}`;
}

function sampleOf({ method, path, auth, body }: Described, origin: string): string {
  const lines = [`curl ${method === 'GET' ? '' : `-X ${method} `}${origin}/api/v1${path.replace(/:(\w+)/g, '{$1}')}`];
  if (auth !== 'none') lines.push('  -H "Authorization: Bearer $KEY"');
  if (body) lines.push("  -H 'Content-Type: application/json' -d '{…}'");
  return lines.join(' \\\n');
}

const describedAs = (path: string, contentType: string): Route => ({
  method: 'GET',
  path,
  auth: 'none',
  handle: ({ origin }) => ({
    status: 200,
    text: `${JSON.stringify(openapiOf(origin), null, 2)}\n`,
    contentType,
    headers: { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' },
  }),
});

/** The same for programs. YAML 1.2 takes JSON as it is (yaml.org/spec/1.2.2, chapter 1.3, read 2026-11-29). */
export const openapiRoutes: readonly Route[] = [
  describedAs('/openapi.json', 'application/json; charset=utf-8'),
  describedAs('/openapi.yaml', 'application/yaml; charset=utf-8'),
];
