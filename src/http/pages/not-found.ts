import type { RouteAnswer, RouteRequest } from '../route.ts';
import { html } from './html.ts';
import { keysOf, page } from './layout.ts';

/** What is not there, the list it would have been in, and what may have been meant. */
export type Missing = {
  readonly message: string;
  readonly list?: string;
  readonly near?: readonly { readonly path: string; readonly label: string }[];
};

/** The page for what is not there. */
export function notFound(request: RouteRequest, { message, list = '/', near = [] }: Missing): RouteAnswer {
  return page(request, list, {
    status: 404,
    title: 'Not found',
    description: message,
    content: html`<div class="head measure"><h1>Not found</h1><p class="lead">${message}</p></div>
<div class="measure">${near.length > 0 && html`<section class="part"><h2>Did you mean</h2><ul class="plain">${near.map(({ path, label }) => html`<li><a href="${path}">${label}</a></li>`)}</ul></section>`}
<p class="part"><a href="${list}">${LISTS[list] ?? 'To the start'}</a><span data-script-only>, or press <kbd>${keysOf(request)}</kbd> to search</span>.</p></div>`,
  });
}

const LISTS: { readonly [path: string]: string } = {
  '/models': 'All models',
  '/providers': 'All providers',
  '/apps': 'All apps',
  '/sign-in': 'Sign in',
};
