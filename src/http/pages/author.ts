import type { Route } from '../route.ts';
import { exactCount } from './figures.ts';
import { html } from './html.ts';
import { page } from './layout.ts';
import { authorName } from './model-words.ts';
import { modelGrid } from './models.ts';
import { nearest } from './near.ts';
import { notFound } from './not-found.ts';

export const authorRoute: Route = {
  method: 'GET',
  path: '/:author',
  auth: 'none',
  handle: (request, gateway) => {
    const catalog = gateway.catalog();
    const author = request.params.author ?? '';
    const models = [...catalog.models.values()].filter((model) => model.author === author);
    if (models.length === 0)
      return notFound(request, {
        message: `No page and no author of models is called “${author}”.`,
        list: '/models',
        near: nearest(author, new Set([...catalog.models.values()].map((model) => model.author))).map((name) => ({
          path: `/${encodeURIComponent(name)}`,
          label: name,
        })),
      });
    const name = models[0] ? authorName(models[0]) : author;
    return page(request, `/${encodeURIComponent(author)}`, {
      title: `Models from ${name}`,
      description: `${models.length} models from ${name}, with prices, context lengths and providers.`,
      section: 'models',
      content: html`<div class="head measure"><h1>${name}</h1><p class="facts"><span>${exactCount(models.length)} ${models.length === 1 ? 'model' : 'models'}</span>${catalog.providers.has(author) && html`<span><a href="/provider/${encodeURIComponent(author)}">${name} as a provider</a></span>`}</p></div>
<div class="measure">${modelGrid(models, request.query, { enabled: gateway.enabled() })}</div>`,
    });
  },
};
