import type { RouteAnswer, RouteRequest } from '../route.ts';
import { html } from './html.ts';
import { page } from './layout.ts';

/** The page for what is not there, with the list it would have been in. */
export function notFound(request: RouteRequest, message: string, list = '/'): RouteAnswer {
  return page(request, list, {
    status: 404,
    title: 'Not found',
    description: message,
    content: html`<div class="head measure narrow"><h1>Not found</h1><p>${message}</p>
<p><a href="${list}">${list === '/' ? 'To the start' : `Look through ${list.slice(1)}`}</a>, or press <kbd>⌘K</kbd> to search.</p></div>`,
  });
}
