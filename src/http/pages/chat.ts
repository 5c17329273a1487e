import { type Catalog, findModel } from '../../catalog/catalog.ts';
import type { Model } from '../../catalog/model.ts';
import type { Route } from '../route.ts';
import { html } from './html.ts';
import { page } from './layout.ts';
import { switchOn } from './model.ts';
import { displayName, firstModel } from './model-words.ts';

/** Models that can be asked now: at least one endpoint's provider is switched on, and the answer is text. */
const callable = (catalog: Catalog, enabled: ReadonlySet<string>): readonly Model[] =>
  [...catalog.models.values()].filter(
    (model) =>
      model.output.includes('text') &&
      (model.router !== undefined || model.endpoints.some(({ provider }) => enabled.has(provider.slug))),
  );

/** A conversation with any model, for trying it out. The conversation stays in the browser. */
export const chatRoute: Route = {
  method: 'GET',
  path: '/chat',
  auth: 'none',
  handle: (request, gateway) => {
    const catalog = gateway.catalog();
    const enabled = gateway.enabled();
    const models = callable(catalog, enabled);
    const asked = findModel(catalog, request.query.model ?? '');
    const model = asked ?? models.find(({ sandbox, router }) => !sandbox && !router) ?? firstModel(catalog);
    return page(request, '/chat', {
      title: 'Chat',
      description: 'Try any model that is switched on.',
      section: 'chat',
      content: html`<div class="head measure"><h1>Chat</h1><p class="facts"><span>requests are booked like any other</span><span>the conversation stays in this browser</span></p></div>
<div class="measure">${
        request.caller
          ? html`${asked && switchOn(asked, enabled)}<div class="chat" data-chat="${model?.id ?? ''}"><noscript><p class="empty">The chat needs JavaScript.</p></noscript></div>
<datalist id="chat-models">${models.map((entry) => html`<option value="${entry.id}">${displayName(entry)}</option>`)}</datalist>`
          : html`<p class="empty"><a href="/sign-in">Sign in</a> to try a model. ${models.length} models are switched on.</p>`
      }</div>`,
    });
  },
};
