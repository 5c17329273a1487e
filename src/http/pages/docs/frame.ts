import type { RouteAnswer, RouteRequest } from '../../route.ts';
import { type Html, html } from '../html.ts';
import { page } from '../layout.ts';

const PAGES = [
  ['/docs', 'Start'],
  ['/docs/frameworks', 'Frameworks'],
  ['/docs/request', 'Request'],
  ['/docs/parameters', 'Parameters'],
  ['/docs/response', 'Response'],
  ['/docs/operations', 'Other operations'],
  ['/docs/realtime', 'Realtime'],
  ['/docs/files', 'Files and batches'],
  ['/docs/api', 'API reference'],
  ['/docs/errors', 'Errors'],
  ['/docs/sandbox', 'Sandbox'],
] as const;
export type DocsPath = (typeof PAGES)[number][0];

/** A page of the docs: their list on the left, the text beside it. */
export function docsPage(
  request: RouteRequest,
  path: DocsPath,
  value: {
    readonly title: string;
    readonly lead: string;
    readonly content: Html;
    /** The page's own sections, listed below its entry. */
    readonly parts?: readonly { readonly id: string; readonly title: string }[];
  },
): RouteAnswer {
  return page(request, path, {
    title: `${value.title} – Docs`,
    description: value.lead,
    section: 'docs',
    content: html`<div class="measure docs">
<nav class="side" aria-label="Docs">${PAGES.map(
      ([to, label]) =>
        html`<a href="${to}"${to === path && html` aria-current="page"`}>${label}</a>${to === path && value.parts && html`<ul>${value.parts.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul>`}`,
    )}</nav>
<article><div class="head"><h1>${value.title}</h1><p class="lead">${value.lead}</p><p class="facts"><span><a href="${path}.md">as Markdown</a></span></p></div>${value.content}</article></div>`,
  });
}
