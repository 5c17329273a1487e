import { PRODUCT } from '../../../base/product.ts';
import type { Route } from '../../route.ts';
import { copyable } from '../code.ts';
import { html } from '../html.ts';
import { docsPage } from './frame.ts';

export const docsRoute: Route = {
  method: 'GET',
  path: '/docs',
  auth: 'none',
  handle: (request) => {
    const { origin } = request;
    return docsPage(request, '/docs', {
      title: 'Start',
      lead: `${PRODUCT.name} puts one API in front of every model and provider.`,
      content: html`<section class="part prose"><h2>One base URL</h2>
<p>Point a client here and give it a key of this instance. Nothing else in your program changes. <a href="/docs/frameworks">Ready-made files for seven clients</a>.</p>
<dl class="pairs wide"><div><dt>OpenAI clients</dt><dd>${copyable(`${origin}/api/v1`)}</dd></div><div><dt>Anthropic clients</dt><dd>${copyable(`${origin}/api`)}</dd></div><div><dt>Google clients</dt><dd>${copyable(origin)}</dd></div><div><dt>Header</dt><dd><code>Authorization: Bearer ${PRODUCT.keyPrefix}…</code></dd></div></dl>
<h2>Any model, any dialect</h2>
<p>A request in one dialect reaches a model that speaks another. What cannot be carried over is left out and named in the receipt, never dropped in silence. <a href="/models">All models</a>, <a href="/docs/request">all request fields</a>.</p>
<h2>Routing and fallback</h2>
<p>Among the healthy endpoints of a model a cheap one is drawn; the others stand by. Until the first word of the answer a failure moves on to the next endpoint, then to the next of your <code>models</code>. <a href="/docs/request#provider">How to choose providers</a>, <a href="/docs/errors">what each error means</a>.</p>
<h2>A receipt for every request</h2>
<p>Each answer has an id. Its receipt shows every attempt with its reason, the tokens by meter, and the cost to the last digit.</p>
<h2>Your app on the rankings</h2>
<p>Send <code>HTTP-Referer</code> with your site’s address and <code>X-Title</code> with its name, and it appears among the <a href="/apps">apps</a>.</p>
<h2>Nothing at hand?</h2>
<p>The <a href="/docs/sandbox">sandbox models</a> answer without a provider key.</p></section>`,
    });
  },
};
