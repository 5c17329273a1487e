import { seesBoards } from '../../access/may.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { findModel } from '../../catalog/catalog.ts';
import type { Benchmark, Model } from '../../catalog/model.ts';
import { waysToSwitchOn } from '../../router/missing-key.ts';
import { type Offer, type Offers, offersOf } from '../../router/offer.ts';
import type { Route, RouteAnswer, RouteRequest } from '../route.ts';
import { useChart } from './chart.ts';
import { copyable, sampleTabs } from './code.ts';
import { endpointsTable } from './endpoints-table.ts';
import { dayOf, exactCount, isoDay, perMillion, perUnit } from './figures.ts';
import { type Html, html, outbound, type Part } from './html.ts';
import { page } from './layout.ts';
import { makeKey } from './make-key.ts';
import { modelCards } from './model-cards.ts';
import {
  authorName,
  benchmarkOf,
  comparePath,
  displayName,
  featureWords,
  modalityWords,
  pagePath,
  parametersOf,
  sourceName,
  summary,
} from './model-words.ts';
import { nearest } from './near.ts';
import { notFound } from './not-found.ts';
import { performanceCharts } from './performance.ts';
import { appTable } from './rank-tables.ts';
import { samplesOf } from './samples.ts';
import { standingsOf } from './standing.ts';
import { daysOfUse, rankedApps, serviceOf } from './traffic.ts';

export const modelRoute: Route = {
  method: 'GET',
  path: '/:author/:slug',
  auth: 'none',
  handle: async (request, gateway) => {
    const catalog = gateway.catalog();
    const asked = `${request.params.author}/${request.params.slug}`;
    const model = findModel(catalog, asked);
    if (!model) return noModel(request, catalog, asked);
    const isShown = seesBoards(request.caller, gateway);
    const [use, performed, apps, service] = await Promise.all([
      isShown ? daysOfUse(gateway, { model: model.id }) : null,
      isShown && !model.router ? gateway.insights.performance.days(model.id) : null,
      isShown ? rankedApps(gateway, 'month', model.id) : null,
      serviceOf(gateway, model.id),
    ]);
    const offers = offersOf(gateway.enabled());
    const offer = offers(model);
    const path = pagePath(model.id);
    return page(request, path, {
      title: `${displayName(model)} – Run with an API`,
      description: summary(`${model.description} ${priceWords(model, offer).join(', ')}.`, 300),
      section: 'models',
      content: html`${head(model, offer, tabsOf({ isShown, isRouter: model.router !== undefined }))}
<div class="measure">
${overview(model)}
${
  model.router
    ? chosenAmong(catalog, gateway.enabled())
    : html`<section id="endpoints" class="part"><h2>Endpoints</h2>
<p class="lead">In the order in which an ordinary call from here tries them; the number says why on hover. The first one is drawn among cheap and healthy ones, here the likeliest. A dot marks providers whose key is here. <a href="/docs/request#provider">How to choose</a>.</p>
${switchOn(model, gateway.enabled())}${endpointsTable(model, { serviceOf: service, standingOf: standingsOf(gateway, model, request.caller) }, request.query)}</section>`
}
${performed && html`<section id="performance" class="part"><h2>Performance <small>here, last 30 days</small></h2>${performanceCharts(performed, gateway.world.now())}</section>`}
<section id="samples" class="part"><h2>Sample code</h2>${samples(model, request)}</section>
${fields(model)}
${use && html`<section id="activity" class="part"><h2>Activity</h2>${useChart(`Tokens per day through ${displayName(model)}`, use)}</section>`}
${apps && html`<section id="apps" class="part"><h2>Apps <small>this month</small></h2>${appTable(apps, {})}</section>`}
${siblings(catalog, model, offers)}
</div>`,
    });
  },
};

function noModel(request: RouteRequest, catalog: Catalog, asked: string): RouteAnswer {
  const near = nearest(asked, catalog.models.keys()).map((id) => ({ path: pagePath(id), label: id }));
  return notFound(request, { message: `There is no model “${asked}” in this catalogue.`, list: '/models', near });
}

/** What a call from here costs, or, where none is possible, what the cheapest host would ask. */
export function priceWords(model: Model, offer: Offer | null): readonly string[] {
  if (model.router) return ['Priced as the model chosen'];
  if (!offer) return ['Not served by any provider'];
  const { price, provider } = offer.endpoint;
  const input = `Starting at ${perUnit(price) ?? `${perMillion(price.input)}/M input tokens`}`;
  const words = model.output.includes('text') ? [input, `${perMillion(price.output)}/M output tokens`] : [input];
  return offer.isOn ? words : [...words, `at ${provider.name}, which is off`];
}

const TABS = [
  ['overview', 'Overview'],
  ['endpoints', 'Endpoints'],
  ['performance', 'Performance'],
  ['samples', 'Sample code'],
  ['fields', 'Request'],
  ['activity', 'Activity'],
  ['apps', 'Apps'],
] as const;

/** What strangers are not shown has no tab, nor what a model without endpoints lacks. */
const tabsOf = (shown: { readonly isShown: boolean; readonly isRouter: boolean }): readonly (typeof TABS)[number][] =>
  TABS.filter(([id]) => {
    if (id === 'activity' || id === 'apps') return shown.isShown;
    return id !== 'performance' || (shown.isShown && !shown.isRouter);
  });

function head(model: Model, offer: Offer | null, parts: readonly (typeof TABS)[number][]): Html {
  const tabs: Part = parts.map(([id, label]) => html`<a href="#${id}">${label}</a>`);
  return html`<div class="head measure">
<div class="title"><h1>${displayName(model)}</h1>${copyable(model.id)}${model.output.includes('text') && html`<a class="try" href="/chat?model=${encodeURIComponent(model.id)}">Chat</a>`}<a class="try" href="${comparePath([model])}">Compare</a>${model.expires && html`<span class="state degraded">leaves on ${model.expires}</span>`}</div>
<p class="facts">${model.created > 0 && html`<span>Created <time datetime="${isoDay(model.created)}">${dayOf(model.created)}</time></span>`}<span>${exactCount(model.context)} context</span>${priceWords(model, offer).map((words) => html`<span>${words}</span>`)}</p>
</div>
<nav class="tabs" aria-label="On this page"><div class="measure">${tabs}</div></nav>`;
}

function overview(model: Model): Html {
  const paragraphs = model.description.split(/\n\s*\n/).filter((text) => text.trim() !== '');
  return html`<section id="overview" class="part overview"><h2 class="unseen">Overview</h2>
<div class="prose">${paragraphs.length > 0 ? paragraphs.map((text) => html`<p>${text}</p>`) : html`<p class="none">No description yet.</p>`}
${model.benchmarks.length > 0 && benchmarks(model.benchmarks)}</div>
<dl class="pairs">${pairs(model)}</dl></section>`;
}

const NAMED_MAX = 3;
/** What to do where no request could be answered: the keys that would change it. */
export function switchOn(model: Model, enabled: ReadonlySet<string>): Html | null {
  if (model.endpoints.length === 0 || model.endpoints.some(({ provider }) => enabled.has(provider.slug))) return null;
  const ways = waysToSwitchOn(model.endpoints);
  const named = ways.slice(0, NAMED_MAX).map((way, at) => html`${at > 0 && ' or '}<code>${way}</code>`);
  return html`<p class="notice">No provider of this model is on. Start with ${named} in the environment${ways.length > NAMED_MAX && ', or another of their keys'}, and it answers.</p>`;
}

const CHOSEN_SHOWN = 100;
/** What a router model may choose from; the request's key and its plugins may leave less. */
function chosenAmong({ models }: Catalog, enabled: ReadonlySet<string>): Html {
  const open = [...models.values()].filter(
    ({ router, unrouted, sandbox, endpoints }) =>
      !router && !unrouted && !sandbox && endpoints.some(({ provider }) => enabled.has(provider.slug)),
  );
  const shown = open.slice(0, CHOSEN_SHOWN);
  return html`<section id="endpoints" class="part"><h2>Models</h2>
<p class="lead">It has no endpoint of its own: it chooses among ${exactCount(open.length)} ${open.length === 1 ? 'model that answers' : 'models that answer'} here, as far as a request's key, preferences and plugins allow. <a href="/docs/request#plugins">How to choose</a>.</p>
${open.length > 0 ? html`<ul class="words">${shown.map(({ id }) => html`<li><a href="${pagePath(id)}"><code>${id}</code></a></li>`)}</ul>` : html`<p class="empty">No provider is on, so that it chooses a model of the sandbox.</p>`}${open.length > shown.length && html`<p>and ${exactCount(open.length - shown.length)} more</p>`}</section>`;
}

function pairs(model: Model): Part {
  const features = featureWords(model);
  const reasoning = model.reasoning;
  const entries: readonly (readonly [string, Part])[] = [
    ['Reads', modalityWords(model.input)],
    ['Writes', modalityWords(model.output)],
    ['Features', features.length > 0 ? features.join(', ') : null],
    ['Reasoning', reasoning && [reasoning.mandatory ? 'always on' : 'optional', ...reasoning.efforts].join(', ')],
    ['Context', `${exactCount(model.context)} tokens`],
    ['Max output', model.maxOutput === null ? null : `${exactCount(model.maxOutput)} tokens`],
    ['Knowledge to', model.knowledge],
    ['Tokenizer', model.tokenizer],
    ['Weights', model.openWeights ? weights(model) : 'closed'],
  ];
  return entries.map(([term, words]) => words && html`<div><dt>${term}</dt><dd>${words}</dd></div>`);
}

const weights = (model: Model): Html =>
  model.huggingFaceId
    ? html`open, ${outbound(`https://huggingface.co/${model.huggingFaceId}`, model.huggingFaceId)}`
    : html`open`;

function benchmarks(values: readonly Benchmark[]): Html {
  const lines = values.map((value) => ({ ...value, ...benchmarkOf(value.name) }));
  const together = [...Map.groupBy(lines, ({ benchmark }) => benchmark).values()].flat();
  return html`<table class="benchmarks"><caption>Benchmarks</caption><tbody>${together.map(
    ({ benchmark, how, score, unit, source }) =>
      html`<tr><th scope="row">${benchmark}${how && html` <small>${how}</small>`}</th><td class="number"><data value="${score}">${score}${unit === '%' ? '%' : unit && html` <small>${unit}</small>`}</data></td><td><svg class="share" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true"><rect class="whole" width="100" height="3"/><rect width="${Math.max(0, Math.min(100, score))}" height="3"/></svg></td><td>${outbound(source, sourceName(source))}</td></tr>`,
  )}</tbody></table>`;
}

function samples(model: Model, request: RouteRequest): Html {
  const baseUrl = `${request.origin}/api/v1`;
  return html`<p class="lead">Any OpenAI client works with this base URL and a key of this instance. <a href="/docs/frameworks">More frameworks</a>.</p>
<dl class="pairs wide connect"><div><dt>Base URL</dt><dd>${copyable(baseUrl)}</dd></div><div><dt>Key</dt><dd>${makeKey(request)}</dd></div></dl>
${sampleTabs('samples', samplesOf(model, baseUrl))}`;
}

function fields(model: Model): Html {
  const supported = [...parametersOf(model)];
  return html`<section id="fields" class="part"><h2>Request fields</h2>
<p class="lead">What at least one endpoint of this model takes, beside <a href="/docs/request#messages"><code>messages</code></a> and the <a href="/docs/request">gateway's own fields</a>. Others are left out for it, and the receipt says so.</p>
<ul class="words">${supported.map((name) => html`<li><a href="/docs/parameters#${name}"><code>${name}</code></a></li>`)}</ul></section>`;
}

function siblings(catalog: Catalog, model: Model, offers: Offers): Html | null {
  const others = [...catalog.models.values()].filter((other) => other.author === model.author && other.id !== model.id);
  if (others.length === 0) return null;
  const name = authorName(model);
  return html`<section id="more" class="part"><h2>More models from ${name}</h2>
${modelCards(others.slice(0, 8), offers, (other) => other.name)}
<p>${others.length > 8 && html`<a href="/${encodeURIComponent(model.author)}">All ${others.length + 1} models from ${name}</a>, `}<a href="${comparePath([model, ...others.slice(0, 3)])}">compare side by side</a></p></section>`;
}
