import { may } from '../../access/may.ts';
import type { RouteRequest } from '../route.ts';
import { type Html, html } from './html.ts';

/** A button that makes a key and writes it into the samples of the page (`console/src/sample-key.ts`); for the owner only. */
export const makeKey = (request: RouteRequest): Html =>
  may(request.caller, 'consent')
    ? html`<span class="make-key" data-script-only><button type="button" data-make-key>Make a key</button> <span role="status" data-key-said>and fill it in; it is kept in this tab only</span></span><noscript><code>npm run switchwright -- keys create</code></noscript>`
    : html`<span class="make-key"><a href="/sign-in">Sign in</a> to make one here</span>`;
