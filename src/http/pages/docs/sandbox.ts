import type { Route } from '../../route.ts';
import { codeBlock } from '../code.ts';
import { html } from '../html.ts';
import { firstModel, pagePath } from '../model-words.ts';
import { docsPage } from './frame.ts';

/** The models that answer without a key or a network. */
export const sandboxRoute: Route = {
  method: 'GET',
  path: '/docs/sandbox',
  auth: 'none',
  handle: (request, gateway) => {
    const catalog = gateway.catalog();
    const models = [...catalog.models.values()].filter((model) => model.sandbox);
    const first = firstModel(catalog);
    return docsPage(request, '/docs/sandbox', {
      title: 'Sandbox',
      lead: 'Models that live inside the gateway, like the test cards of a payment service: they answer, stream, call tools and fail on demand, without a key and without a network.',
      content: html`${first?.sandbox && codeBlock('shell', curl(request.origin, first.id), 'A request to the sandbox')}
<section class="part"><h2>Models</h2>${
        models.length === 0
          ? html`<p class="empty">This instance has no sandbox models.</p>`
          : html`<dl class="fields">${models.map(
              (model) =>
                html`<div><dt><a href="${pagePath(model.id)}"><code>${model.id}</code></a><span>${model.name}</span></dt><dd><p>${model.description}</p></dd></div>`,
            )}</dl>`
      }</section>`,
    });
  },
};

const curl = (origin: string, model: string): string => `curl ${origin}/api/v1/chat/completions \\
  -H "Authorization: Bearer $SWITCHWRIGHT_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{ "model": "${model}", "messages": [{ "role": "user", "content": "Hello" }] }'`;
