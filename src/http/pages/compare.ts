import { seesBoards } from '../../access/may.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { findModel } from '../../catalog/catalog.ts';
import type { Model } from '../../catalog/model.ts';
import type { Performed } from '../../insights/performance.ts';
import { type Offers, offersOf } from '../../router/offer.ts';
import type { Route, RouteAnswer, RouteRequest } from '../route.ts';
import { about, count, dayOf, exactCount, milliseconds, percent, perSecond } from './figures.ts';
import { type Html, html, outbound, type Part } from './html.ts';
import { page } from './layout.ts';
import {
  benchmarkOf,
  comparePath,
  displayName,
  featureWords,
  modalityWords,
  pagePath,
  sourceName,
} from './model-words.ts';
import { answersHere, offered } from './models.ts';
import { notFound } from './not-found.ts';

const COMPARED_MAX = 4;

export const compareRoute: Route = {
  method: 'GET',
  path: '/compare/*',
  auth: 'none',
  handle: async (request, gateway) => {
    const catalog = gateway.catalog();
    const parts = (request.params['*'] ?? '').split('/').filter((part) => part !== '');
    const names = parts.flatMap((part, at) => (at % 2 === 0 ? [`${part}/${parts[at + 1] ?? ''}`] : []));
    const found = names.flatMap((name) => findModel(catalog, name) ?? []);
    const models = [...new Set(found)].slice(0, COMPARED_MAX);
    const added = findModel(catalog, request.query.add ?? '');
    if (added) return toComparison([...models, added]);
    if (models.length === 0 && names.length > 0)
      return notFound(request, { message: 'None of these models is in the catalogue.', list: '/models' });
    const performed = seesBoards(request.caller, gateway) ? await gateway.insights.performance.models() : null;
    return comparison(request, catalog, models, { offers: offersOf(gateway.enabled()), performed });
  },
};

/** The same page without a model: where one begins. */
export const compareStartRoute: Route = { ...compareRoute, path: '/compare' };

const toComparison = (models: readonly Model[]): RouteAnswer => ({
  status: 303,
  text: '',
  contentType: 'text/plain; charset=utf-8',
  headers: { location: comparePath([...new Set(models)].slice(-COMPARED_MAX)), 'cache-control': 'no-store' },
});

type Known = {
  readonly offers: Offers;
  /** How their calls went here; null = whoever looks is not shown it. */
  readonly performed: ReadonlyMap<string, Performed> | null;
};

function comparison(request: RouteRequest, catalog: Catalog, models: readonly Model[], known: Known): RouteAnswer {
  const names = models.map(displayName).join(' and ');
  return page(request, comparePath(models), {
    title: names === '' ? 'Compare models' : `${names} compared`,
    description: `${names === '' ? 'Models' : names} side by side: price, context, modalities, features, benchmarks.`,
    section: 'models',
    content: html`<div class="head measure"><h1>Compare</h1><p class="facts"><span>up to four models side by side; prices are those that a call from here pays</span>${known.performed && html`<span>speeds and use are those of the last 30 days here</span>`}</p></div>
<div class="measure">${models.length > 0 && table(models, known)}${models.length < COMPARED_MAX && addForm(catalog, models)}</div>`,
  });
}

function addForm(catalog: Catalog, models: readonly Model[]): Html {
  const options = [...catalog.models.values()].filter((model) => !models.includes(model));
  return html`<form class="add part" method="get" action="${comparePath(models)}"><label>${models.length === 0 ? 'Begin with' : 'Another model'} <input name="add" list="compare-models" placeholder="author/model" autocomplete="off" spellcheck="false" required></label><button type="submit">${models.length === 0 ? 'Begin' : 'Add'}</button>
<datalist id="compare-models">${options.map((model) => html`<option value="${model.id}">${displayName(model)}</option>`)}</datalist></form>`;
}

function table(models: readonly Model[], known: Known): Html {
  const without = (model: Model): string => comparePath(models.filter((other) => other !== model));
  return html`<section class="part"><div class="scroll" tabindex="0" role="region" aria-label="Comparison"><table class="compare">
<thead><tr><td></td>${models.map((model) => html`<th scope="col"><a href="${pagePath(model.id)}">${displayName(model)}</a><code class="id">${model.id}</code><a class="without" href="${without(model)}" aria-label="Remove ${displayName(model)}">remove</a></th>`)}</tr></thead>
<tbody>${lines(known.offers).map(([label, cell]) => line(label, models, cell))}${known.performed && performedLines(known.performed, models)}${benchmarkNames(models).map((name) => line(name, models, score(name)))}</tbody></table></div></section>`;
}

type Cell = (model: Model) => Part;

/** What is the same of all of them says so, and stands back. */
function line(label: string, models: readonly Model[], cell: Cell): Html {
  const cells = models.map((model) => html`<td>${cell(model)}</td>`);
  const isSame = cells.length > 1 && cells.every(({ markup }) => markup === cells[0]?.markup);
  return html`<tr${isSame && html` class="same"`}><th scope="row">${label}${isSame && html` <small>the same</small>`}</th>${cells}</tr>`;
}

type Figure = readonly [
  label: string,
  better: 'low' | 'high' | null,
  value: (performed: Performed) => number | null,
  words: (value: number) => string,
];
const FIGURES: readonly Figure[] = [
  ['Calls here', null, (one) => one.request_count, exactCount],
  ['Answered', 'high', (one) => (one.error_rate === null ? null : 1 - one.error_rate), percent],
  ['First content, median', 'low', (one) => one.p50_latency, milliseconds],
  ['First content, p90', 'low', (one) => one.p90_latency, milliseconds],
  ['Throughput, median', 'high', (one) => one.p50_throughput, perSecond],
  ['Paid for a million tokens', 'low', (one) => one.blended_cost_per_million_tokens, about],
  ['Prompt tokens from a cache', 'high', (one) => one.cache_hit_rate, percent],
];

/** The best of each line is marked, where they differ. */
function performedLines(performed: ReadonlyMap<string, Performed>, models: readonly Model[]): readonly Html[] {
  if (!models.some(({ id }) => performed.has(id))) return [];
  return FIGURES.map(([label, better, value, words]) => {
    const figureOf = ({ id }: Model): number | null => {
      const own = performed.get(id);
      return own ? value(own) : null;
    };
    const values = models.map(figureOf).filter((one) => one !== null);
    const best = better === 'low' ? Math.min(...values) : Math.max(...values);
    const isMarked = better !== null && values.some((one) => one !== best);
    return line(label, models, (model) => {
      const own = figureOf(model);
      if (own === null) return html`<span class="none">–</span>`;
      const shown = html`<data value="${own}">${words(own)}</data>`;
      return isMarked && own === best ? html`<strong title="the best of these">${shown}</strong>` : shown;
    });
  });
}

const lines = (offers: Offers): readonly (readonly [string, Cell])[] => [
  ['Answers here', (model) => answersHere(offers(model))],
  ['Input /M', (model) => offered(offers(model), 'input')],
  ['Output /M', (model) => offered(offers(model), 'output')],
  ['Context', (model) => count(model.context)],
  ['Max output', (model) => (model.maxOutput === null ? '–' : count(model.maxOutput))],
  ['Reads', (model) => modalityWords(model.input)],
  ['Writes', (model) => modalityWords(model.output)],
  ['Features', (model) => featureWords(model).join(', ')],
  ['Knowledge to', (model) => model.knowledge ?? '–'],
  ['Weights', (model) => (model.openWeights ? 'open' : 'closed')],
  ['Created', (model) => dayOf(model.created)],
  ['Providers', (model) => [...new Set(model.endpoints.map((endpoint) => endpoint.provider.name))].join(', ')],
];

const benchmarkNames = (models: readonly Model[]): readonly string[] => [
  ...new Set(models.flatMap((model) => model.benchmarks.map(({ name }) => benchmarkOf(name).benchmark))),
];

/** Every score that the model has there, with what was different about it and who says so. */
const score =
  (benchmark: string): Cell =>
  ({ benchmarks }) => {
    const found = benchmarks.filter(({ name }) => benchmarkOf(name).benchmark === benchmark);
    if (found.length === 0) return html`<span class="none">–</span>`;
    return found.map(({ name, score: value, unit, source }) => {
      const how = [benchmarkOf(name).how, sourceName(source)].filter((word) => word !== '').join(', ');
      return html`<div>${outbound(source, `${value}${unit === '%' ? '%' : ` ${unit}`}`.trim())} <small>${how}</small></div>`;
    });
  };
