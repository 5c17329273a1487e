import type { Objection } from '../../../access/people/people.ts';
import { PRODUCT } from '../../../base/product.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { type Html, html } from '../html.ts';
import { page } from '../layout.ts';
import { fieldOf, isOurForm, NOT_KEPT } from './begun.ts';
import { entryForm } from './entries.ts';
import { PASSWORD_HINT } from './invitation.ts';

const show = (request: RouteRequest, status: number, content: Html): RouteAnswer =>
  page(request, '/new-password', {
    status,
    title: 'New password',
    description: `A new password for this ${PRODUCT.name} instance.`,
    headers: NOT_KEPT,
    content: html`<div class="head measure narrow"><h1>New password</h1>${content}</div>`,
  });

const GONE = html`<p class="notice">This link has been used already, or is too old. Ask for a new one.</p>`;

function form({ query }: RouteRequest, objection: Objection | null = null): Html {
  return entryForm({
    name: 'new-password',
    action: `/new-password?${new URLSearchParams({ token: query.token ?? '' })}`,
    label: 'Set the password',
    entries: [
      {
        name: 'password',
        label: 'New password',
        type: 'password',
        autocomplete: 'new-password',
        hint: PASSWORD_HINT,
        required: true,
      },
    ],
    complaint: objection,
  });
}

/** Asks for a new password; nothing is used up by looking. */
export const newPasswordRoute: Route = {
  method: 'GET',
  path: '/new-password',
  auth: 'none',
  handle: async (request, { access }) => {
    if ((await access.resetBy(request.query.token ?? '')) !== null) return show(request, 200, form(request));
    const wait = access.guesses.wrong(request.address);
    return show(request, wait === null ? 404 : 429, GONE);
  },
};

/** Sets it and ends every session: whoever came in by the old one is out. Nobody is signed in by a link of this kind. */
export const passwordSetRoute: Route = {
  method: 'POST',
  path: '/new-password',
  auth: 'none',
  form: true,
  handle: async (request, { access }) => {
    const known = isOurForm(request) && (await access.resetBy(request.query.token ?? '')) !== null;
    if (!known) {
      const wait = access.guesses.wrong(request.address);
      return show(request, wait === null ? 404 : 429, GONE);
    }
    const set = await access.people.reset(request.query.token ?? '', fieldOf(request, 'password'));
    if ('id' in set)
      return show(
        request,
        200,
        html`<p role="status">It is set, and every session of yours has ended. <a href="/sign-in">Sign in</a> with it.</p>`,
      );
    return set.field === 'token' ? show(request, 404, GONE) : show(request, 400, form(request, set));
  },
};
