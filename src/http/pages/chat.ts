import { type Catalog, findModel } from '../../catalog/catalog.ts';
import type { Model } from '../../catalog/model.ts';
import { isCallable, offersOf } from '../../router/offer.ts';
import type { Route } from '../route.ts';
import { shortCount } from './figures.ts';
import { html } from './html.ts';
import { page } from './layout.ts';
import { switchOn } from './model.ts';
import { cardPrice } from './model-cards.ts';
import { displayName, firstModel, modalityWords } from './model-words.ts';

/** Models that can be asked now: at least one endpoint's provider is switched on, and the answer is text. */
const callable = (catalog: Catalog, enabled: ReadonlySet<string>): readonly Model[] =>
  [...catalog.models.values()].filter(
    (model) =>
      model.output.includes('text') &&
      (model.router !== undefined || model.endpoints.some(({ provider }) => enabled.has(provider.slug))),
  );

/** What the chat chooses from: those that answer here first, those that only rehearse last. */
export const chatModelsRoute: Route = {
  method: 'GET',
  path: '/chat/models.json',
  auth: 'none',
  handle: (_request, gateway) => {
    const offers = offersOf(gateway.enabled());
    const rows = [...gateway.catalog().models.values()]
      .filter(({ output }) => output.includes('text'))
      .map((model) => ({
        id: model.id,
        name: displayName(model),
        isOn: isCallable(model, offers(model)),
        sandbox: model.sandbox,
        price: cardPrice(model, offers),
        context: `${shortCount(model.context)} context`,
        reads: `reads ${modalityWords(model.input)}`,
      }));
    const rank = ({ isOn, sandbox }: (typeof rows)[number]): number => (sandbox ? 2 : isOn ? 0 : 1);
    return {
      status: 200,
      json: rows.toSorted((a, b) => rank(a) - rank(b)),
      headers: { 'cache-control': 'no-cache' },
    };
  },
};

/** Conversations with any models, which stay in the browser. */
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
      content: html`<div class="head measure"><h1>Chat</h1><p class="facts"><span>requests are booked like any other</span><span>conversations stay in this browser</span><span><a href="/playground">Playground</a></span></p></div>
<div class="measure">${
        request.caller
          ? html`${asked && switchOn(asked, enabled)}<div class="chat" data-chat="${model?.id ?? ''}"><noscript><p class="empty">The chat needs JavaScript.</p></noscript></div>`
          : html`<p class="empty"><a href="/sign-in">Sign in</a> to try a model. ${models.length} models are switched on.</p>`
      }</div>`,
    });
  },
};
