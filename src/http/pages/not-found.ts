import { fault } from '../../base/fault.ts';
import { envelope } from '../faults.ts';
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

const API_NAMES: ReadonlySet<string | undefined> = new Set(['api', 'v1', 'v1beta']);

/** A misspelt path of the API must not be answered with a page: its clients read JSON. Null for every other name. */
export const notFoundInApi = (author: string | undefined): RouteAnswer | null =>
  API_NAMES.has(author) ? { status: 404, json: envelope(fault('not_found', 'This path does not exist.')) } : null;
