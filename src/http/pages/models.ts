import { formatPerMillion } from '../../base/money.ts';
import { PARAMETERS } from '../../call/parameters.ts';
import type { Model } from '../../catalog/model.ts';
import { OWN_OUTPUTS } from '../../catalog/operations.ts';
import { isCallable, type Offer, type Offers, offersOf } from '../../router/offer.ts';
import type { Route } from '../route.ts';
import { count, dayOf, exactCount, isoDay, perUnit, price } from './figures.ts';
import { type Column, type Filter, type Grid, grid } from './grid.ts';
import { type Html, html } from './html.ts';
import { page } from './layout.ts';
import { authorName, displayName, modalityWords, pagePath, parametersOf, realModels } from './model-words.ts';

export const modelsRoute: Route = {
  method: 'GET',
  path: '/models',
  auth: 'none',
  handle: (request, gateway) => {
    const catalog = gateway.catalog();
    const real = realModels(catalog);
    const sandbox = [...catalog.models.values()].filter((model) => model.sandbox);
    return page(request, '/models', {
      title: 'Models',
      description: `${real.length} models behind one OpenAI-compatible API, with prices, context lengths and providers.`,
      section: 'models',
      content: html`<div class="head measure"><h1>Models</h1>
<p class="facts"><span>${exactCount(real.length)} models</span><span>${exactCount(catalog.endpoints.size)} endpoints</span><span>${exactCount(catalog.providers.size)} providers</span><span>those that answer here come first</span><span>prices per million tokens, as a call from here pays them; in grey what the cheapest host asks where none is on</span><span><a href="/compare">compare</a></span></p></div>
<div class="measure">${modelGrid(real, request.query, { enabled: gateway.enabled(), sandbox })}</div>`,
    });
  },
};

type Shown = {
  readonly enabled: ReadonlySet<string>;
  /** Whose prices are shown; those of this instance unless a provider's own. */
  readonly offers?: Offers;
  readonly sandbox?: readonly Model[];
};

/** The list of models, wherever it stands: all of them, an author's, a provider's. The sandbox's are listed apart. */
export function modelGrid(
  models: readonly Model[],
  query: { readonly [name: string]: string | undefined },
  { enabled, offers = offersOf(enabled), sandbox = [] }: Shown,
): Html {
  const answers = (model: Model): boolean => isCallable(model, offers(model));
  const value: Grid<Model> = {
    name: 'models',
    noun: 'Models',
    rows: [...models.filter(answers), ...models.filter((model) => !answers(model))],
    columns: columns(offers),
    filters: filters(models),
    fields: (model) => fields(model, offers),
    ...(sandbox.length > 0 && { apart: { title: SANDBOX, rows: sandbox } }),
    empty: 'The catalogue is empty.',
  };
  return grid(value, query);
}

const SANDBOX = html`Sandbox <small>test models inside this gateway, always on and free: <a href="/docs/sandbox">how to use them</a></small>`;

const columns = (offers: Offers): readonly Column<Model>[] => [
  {
    key: 'name',
    label: 'Model',
    kind: 'text',
    sortBy: (model) => displayName(model),
    cell: (model) =>
      html`<a href="${pagePath(model.id)}"><span class="author">${authorName(model)}</span> ${model.name}</a><code class="id">${model.id}</code>`,
  },
  {
    key: 'here',
    label: 'Answers here',
    kind: 'text',
    sortBy: (model) => (isCallable(model, offers(model)) ? 0 : 1),
    cell: (model) => (model.router ? ROUTED : answersHere(offers(model))),
  },
  {
    key: 'input',
    label: 'Input /M',
    kind: 'number',
    sortBy: (model) => Number(offers(model)?.endpoint.price.input ?? -1n),
    cell: (model) => offered(offers(model), 'input'),
  },
  {
    key: 'output',
    label: 'Output /M',
    kind: 'number',
    sortBy: (model) => Number(offers(model)?.endpoint.price.output ?? -1n),
    cell: (model) => offered(offers(model), 'output'),
  },
  {
    key: 'context',
    label: 'Context',
    kind: 'number',
    sortBy: (model) => model.context,
    cell: (model) => count(model.context),
  },
  {
    key: 'maximum',
    label: 'Max output',
    kind: 'number',
    sortBy: (model) => model.maxOutput ?? 0,
    cell: (model) => (model.maxOutput === null ? html`<span class="none">–</span>` : count(model.maxOutput)),
  },
  { key: 'reads', label: 'Reads', kind: 'text', cell: (model) => modalityWords(model.input) },
  {
    key: 'endpoints',
    label: 'Providers',
    kind: 'number',
    sortBy: (model) => model.endpoints.length,
    cell: (model) => model.endpoints.length,
  },
  {
    key: 'created',
    label: 'Created',
    kind: 'number',
    sortBy: (model) => model.created,
    cell: (model) => html`<time datetime="${isoDay(model.created)}">${dayOf(model.created)}</time>`,
  },
];

const ROUTED = html`<span class="state live" title="it chooses among the models that answer here">yes</span>`;

/** Whether a call from here would be answered now, and where it would go. */
export const answersHere = (offer: Offer | null): Html =>
  offer?.isOn
    ? html`<span class="state live" title="at ${offer.endpoint.provider.name}">yes</span>`
    : html`<span class="none">no</span>`;

/** A price that no call from here pays looks otherwise, and says whose it is. */
export function offered(offer: Offer | null, member: 'input' | 'output'): Html {
  const apiece = offer && perUnit(offer.endpoint.price);
  const shown = apiece ? html`<span class="none" title="${apiece}">–</span>` : price(offer?.endpoint.price[member]);
  if (!offer || offer.isOn) return shown;
  return html`<span class="elsewhere" title="asked by ${offer.endpoint.provider.name}: no provider of it is on here">${shown}</span>`;
}

function fields(model: Model, offers: Offers): { readonly [field: string]: string } {
  const offer = offers(model);
  return {
    search: `${displayName(model)} ${model.id}`.toLowerCase(),
    author: model.author.toLowerCase(),
    state: isCallable(model, offer) ? 'on' : 'off',
    input: model.input.join(' '),
    output: model.output.join(' '),
    context: String(model.context),
    price: offer && !perUnit(offer.endpoint.price) ? formatPerMillion(offer.endpoint.price.input) : '',
    features: [...parametersOf(model), ...(model.openWeights ? ['open-weights'] : [])].join(' '),
    provider: model.endpoints.map((endpoint) => endpoint.provider.slug.toLowerCase()).join(' '),
  };
}

function filters(models: readonly Model[]): readonly Filter[] {
  const authors = new Map(models.map((model) => [model.author.toLowerCase(), authorName(model)]));
  const providers = new Map(
    models.flatMap((model) => model.endpoints.map(({ provider }) => [provider.slug, provider.name])),
  );
  return [
    { name: 'q', label: 'Search models', match: 'search', field: 'search' },
    {
      name: 'author',
      label: 'Author',
      match: 'word',
      field: 'author',
      options: byLabel([...authors]),
    },
    {
      name: 'provider',
      label: 'Provider',
      match: 'word',
      field: 'provider',
      options: byLabel([...providers].map(([slug, name]) => [slug.toLowerCase(), name])),
    },
    { name: 'state', label: 'State', match: 'word', field: 'state', options: STATES },
    { name: 'reads', label: 'Reads', match: 'word', field: 'input', options: READS },
    { name: 'writes', label: 'Writes', match: 'word', field: 'output', options: WRITES },
    { name: 'context', label: 'Context', match: 'min', field: 'context', options: CONTEXTS },
    { name: 'price', label: 'Input price', match: 'max', field: 'price', options: PRICES },
    { name: 'feature', label: 'Can', match: 'word', field: 'features', options: [...ABILITIES, ...TAKES] },
  ];
}

const byLabel = (options: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] =>
  [...options].sort(([, a], [, b]) => a.localeCompare(b, 'en'));

const STATES = [
  ['on', 'can be called now'],
  ['off', 'needs a provider’s key'],
] as const;
const READS = [
  ['image', 'images'],
  ['file', 'files'],
  ['audio', 'audio'],
  ['video', 'video'],
] as const;
const WRITES = [['text', 'text'], ['image', 'images'], ['audio', 'audio'], ...OWN_OUTPUTS] as const;
const CONTEXTS = [
  ['32000', '≥ 32K'],
  ['128000', '≥ 128K'],
  ['200000', '≥ 200K'],
  ['1000000', '≥ 1M'],
] as const;
const PRICES = [
  ['0', 'free'],
  ['0.5', '≤ $0.50 /M'],
  ['1', '≤ $1 /M'],
  ['5', '≤ $5 /M'],
] as const;
const ABILITIES = [
  ['tools', 'call tools'],
  ['structured_outputs', 'follow a JSON schema'],
  ['reasoning', 'reason'],
  ['logprobs', 'report log probabilities'],
  ['seed', 'take a seed'],
  ['open-weights', 'be downloaded (open weights)'],
] as const;
/** The dials, by the names that the docs link here with. */
const TAKES = PARAMETERS.filter((name) => !ABILITIES.some(([ability]) => ability === name)).map(
  (name) => [name, `take ${name}`] as const,
);
