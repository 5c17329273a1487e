import { seesBoards } from '../../access/may.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { DIALECT_TABLE } from '../../catalog/dialect-table.ts';
import { variablesToSet } from '../../catalog/environment.ts';
import type { Provider } from '../../catalog/provider.ts';
import { offersAt } from '../../router/offer.ts';
import type { Route } from '../route.ts';
import { copyable } from './code.ts';
import { policyWords } from './endpoints-table.ts';
import { exactCount } from './figures.ts';
import { type Column, grid } from './grid.ts';
import { type Html, html, outbound, type Part } from './html.ts';
import { page } from './layout.ts';
import { modelGrid } from './models.ts';
import { nearest } from './near.ts';
import { notFound } from './not-found.ts';
import { providerService } from './provider-service.ts';

type Row = { readonly provider: Provider; readonly models: number; readonly isOn: boolean };

export const providersRoute: Route = {
  method: 'GET',
  path: '/providers',
  auth: 'none',
  handle: (request, gateway) => {
    const catalog = gateway.catalog();
    const served = modelsPerProvider(catalog);
    const on = gateway.enabled();
    const rows = [...catalog.providers.values()]
      .map((provider) => ({ provider, models: served.get(provider.slug) ?? 0, isOn: on.has(provider.slug) }))
      .sort(
        (a, b) =>
          Number(b.isOn) - Number(a.isOn) ||
          b.models - a.models ||
          a.provider.name.localeCompare(b.provider.name, 'en'),
      );
    const filters = [
      { name: 'q', label: 'Search providers', match: 'search', field: 'search' },
      {
        name: 'state',
        label: 'State',
        match: 'word',
        field: 'state',
        options: [
          ['on', 'on'],
          ['off', 'off'],
        ],
      },
      {
        name: 'policy',
        label: 'Data policy',
        match: 'word',
        field: 'policy',
        options: [
          ['no-training', 'no training'],
          ['zero-retention', 'keeps nothing'],
        ],
      },
    ] as const;
    const fields = ({ provider: { name, slug, policy }, isOn }: Row) => ({
      search: `${name} ${slug}`.toLowerCase(),
      state: isOn ? 'on' : 'off',
      policy: `${policy.trainsOnData ? '' : 'no-training'} ${policy.retainsDays === 0 ? 'zero-retention' : ''}`,
    });
    return page(request, '/providers', {
      title: 'Providers',
      description: `${rows.length} providers: what they serve, in which dialect, and what they do with prompts.`,
      section: 'providers',
      content: html`<div class="head measure"><h1>Providers</h1><p class="facts"><span>${exactCount(rows.length)} providers</span><span>${exactCount(rows.filter((row) => row.isOn).length)} on: a provider is on when its key is in the environment</span></p></div>
<div class="measure">${grid({ name: 'providers', noun: 'Providers', rows, columns: COLUMNS, filters, fields, empty: 'The catalogue is empty.' }, request.query)}</div>`,
    });
  },
};

const COLUMNS: readonly Column<Row>[] = [
  {
    key: 'name',
    label: 'Provider',
    kind: 'text',
    sortBy: ({ provider }) => provider.name,
    cell: ({ provider }) =>
      html`<a href="/provider/${encodeURIComponent(provider.slug)}">${provider.name}</a><code class="id">${provider.slug}</code>`,
  },
  {
    key: 'state',
    label: 'State',
    kind: 'text',
    sortBy: ({ isOn }) => (isOn ? 'a' : 'b'),
    cell: ({ provider, isOn }) =>
      isOn ? html`<span class="state live">on</span>` : html`<span class="none">off: ${switchedOnBy(provider)}</span>`,
  },
  { key: 'models', label: 'Models', kind: 'number', sortBy: ({ models }) => models, cell: ({ models }) => models },
  {
    key: 'speaks',
    label: 'Speaks',
    kind: 'text',
    sortBy: ({ provider }) => dialectWords(provider),
    cell: ({ provider }) => dialectWords(provider),
  },
  {
    key: 'policy',
    label: 'Data policy',
    kind: 'text',
    sortBy: ({ provider }) => policyWords(provider.policy),
    cell: ({ provider }) => policyWords(provider.policy),
  },
  {
    key: 'seat',
    label: 'Seat',
    kind: 'text',
    sortBy: ({ provider }) => provider.policy.headquarters ?? '',
    cell: ({ provider }) => provider.policy.headquarters ?? html`<span class="none">–</span>`,
  },
];

const dialectWords = (provider: Provider): string =>
  provider.dialects.map(({ id }) => DIALECT_TABLE[id].name).join(', ');

function modelsPerProvider(catalog: Catalog): ReadonlyMap<string, number> {
  const served = new Map<string, number>();
  for (const model of catalog.models.values())
    for (const slug of new Set(model.endpoints.map((endpoint) => endpoint.provider.slug)))
      served.set(slug, (served.get(slug) ?? 0) + 1);
  return served;
}

export const providerRoute: Route = {
  method: 'GET',
  path: '/provider/:slug',
  auth: 'none',
  handle: async (request, gateway) => {
    const catalog = gateway.catalog();
    const provider = catalog.providers.get(request.params.slug ?? '');
    if (!provider)
      return notFound(request, {
        message: `There is no provider “${request.params.slug}”.`,
        list: '/providers',
        near: nearest(request.params.slug ?? '', catalog.providers.keys()).map((slug) => ({
          path: `/provider/${encodeURIComponent(slug)}`,
          label: catalog.providers.get(slug)?.name ?? slug,
        })),
      });
    const enabled = gateway.enabled();
    const service = seesBoards(request.caller, gateway) ? await providerService(gateway, provider.slug) : null;
    const models = [...catalog.models.values()].filter((model) =>
      model.endpoints.some((endpoint) => endpoint.provider.slug === provider.slug),
    );
    return page(request, `/provider/${encodeURIComponent(provider.slug)}`, {
      title: provider.name,
      description: `${models.length} models served by ${provider.name}; ${policyWords(provider.policy)}.`,
      section: 'providers',
      content: html`<div class="head measure"><div class="title"><h1>${provider.name}</h1>${copyable(provider.slug)}${enabled.has(provider.slug) ? html`<span class="state live">on</span>` : html`<span class="none">off</span>`}</div>
<p class="facts"><span>${exactCount(models.length)} models</span><span>${policyWords(provider.policy)}</span>${provider.reseller && html`<span>resells others' endpoints; ranked after direct ones</span>`}</p></div>
<div class="measure"><section class="part">${facts(provider)}</section>
${service && html`<section class="part"><h2>Service</h2>${service}</section>`}
<section class="part"><h2>Models</h2>${modelGrid(models, request.query, { enabled, offers: offersAt(provider.slug, enabled) })}</section></div>`,
    });
  },
};

function facts(provider: Provider): Html {
  const { policy } = provider;
  const entries: readonly (readonly [string, Part])[] = [
    ['Speaks', dialectWords(provider)],
    ['Switched on by', switchedOnBy(provider)],
    ['Documentation', outbound(provider.docs, provider.docs)],
    ['Read on', provider.docsRead],
    ['Privacy', policy.privacyUrl && outbound(policy.privacyUrl, policy.privacyUrl)],
    ['Terms', policy.termsUrl && outbound(policy.termsUrl, policy.termsUrl)],
    ['Status', policy.statusUrl && outbound(policy.statusUrl, policy.statusUrl)],
    ['Headquarters', policy.headquarters],
    ['Data centres', policy.datacenters?.join(', ')],
    ['After a cancel', provider.billsAfterCancel ? 'bills on' : 'stops billing'],
  ];
  return html`<dl class="pairs wide">${entries.map(([term, words]) => words && html`<div><dt>${term}</dt><dd>${words}</dd></div>`)}</dl>`;
}

/** The variables of the environment that turn it on. */
function switchedOnBy(provider: Provider): Part {
  if (provider.auth.scheme === 'none') return 'nothing: no key needed';
  return html`${variablesToSet(provider).map((name, at) => html`${at > 0 && ' and '}<code>${name}</code>`)}`;
}
