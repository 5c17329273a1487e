import { findModel } from '../../catalog/catalog.ts';
import type { Model } from '../../catalog/model.ts';
import type { Route } from '../route.ts';
import { dayOf, exactCount, perMillion } from './figures.ts';
import { html, type Part } from './html.ts';
import { page } from './layout.ts';
import { displayName, featureWords, lowestPrice, modalityWords, pagePath } from './model-words.ts';
import { notFound } from './not-found.ts';

const COMPARED_MAX = 4;

export const compareRoute: Route = {
  method: 'GET',
  path: '/compare/*',
  auth: 'none',
  handle: (request, gateway) => {
    const catalog = gateway.catalog();
    const parts = (request.params['*'] ?? '').split('/').filter((part) => part !== '');
    const names = parts.flatMap((part, at) => (at % 2 === 0 ? [`${part}/${parts[at + 1] ?? ''}`] : []));
    const models = names.slice(0, COMPARED_MAX).flatMap((name) => findModel(catalog, name) ?? []);
    if (models.length === 0) return notFound(request, 'None of these models is in the catalogue.', '/models');
    const title = models.map((model) => displayName(model)).join(' and ');
    return page(request, `/compare/${models.map((model) => model.id).join('/')}`, {
      title: `${title} compared`,
      description: `${title} side by side: price, context, modalities, features, benchmarks.`,
      section: 'models',
      content: html`<div class="head measure"><h1>Compare</h1><p class="facts"><span>${title}</span></p></div>
<div class="measure"><section class="part"><div class="scroll" tabindex="0" role="region" aria-label="Comparison"><table class="compare">
<thead><tr><th scope="col"></th>${models.map((model) => html`<th scope="col"><a href="${pagePath(model.id)}">${displayName(model)}</a></th>`)}</tr></thead>
<tbody>${lines(models)}</tbody></table></div></section></div>`,
    });
  },
};

function lines(models: readonly Model[]): Part {
  const rows: readonly (readonly [string, (model: Model) => Part])[] = [
    ['Input /M', (model) => amount(lowestPrice(model)?.input)],
    ['Output /M', (model) => amount(lowestPrice(model)?.output)],
    ['Context', (model) => exactCount(model.context)],
    ['Max output', (model) => (model.maxOutput === null ? '–' : exactCount(model.maxOutput))],
    ['Reads', (model) => modalityWords(model.input)],
    ['Writes', (model) => modalityWords(model.output)],
    ['Features', (model) => featureWords(model).join(', ')],
    ['Created', (model) => dayOf(model.created)],
    ['Providers', (model) => [...new Set(model.endpoints.map((endpoint) => endpoint.provider.name))].join(', ')],
    ...[...new Set(models.flatMap((model) => model.benchmarks.map(({ name }) => name)))].map(
      (name) =>
        [name, (model: Model) => model.benchmarks.find((benchmark) => benchmark.name === name)?.score ?? '–'] as const,
    ),
  ];
  return rows.map(
    ([label, cell]) =>
      html`<tr><th scope="row">${label}</th>${models.map((model) => html`<td>${cell(model)}</td>`)}</tr>`,
  );
}

const amount = (price: Parameters<typeof perMillion>[0] | undefined): string =>
  price === undefined ? '–' : perMillion(price);
