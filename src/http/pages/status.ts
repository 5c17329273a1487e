import type { Endpoint } from '../../catalog/model.ts';
import type { EndpointHealth } from '../../facts/health.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { troubleWords } from '../../ledger/trouble.ts';
import type { Route } from '../route.ts';
import { exactCount, milliseconds, percent } from './figures.ts';
import { type Column, grid } from './grid.ts';
import { type Html, html } from './html.ts';
import { page } from './layout.ts';
import { pagePath } from './model-words.ts';

type Measured = { readonly endpoint: Endpoint; readonly health: EndpointHealth };

/** How this instance is, and how the hosts are that it was answered by in the last day, as it saw them itself. */
export const statusRoute: Route = {
  method: 'GET',
  path: '/status',
  auth: 'none',
  handle: (request, gateway) => {
    const measured = measuredOf(gateway);
    const failing = measured.filter(isFailing).length;
    const trouble = gateway.ledger.trouble();
    return page(request, '/status', {
      title: 'Status',
      description: 'How this instance is, and how the providers are that it was answered by in the last day.',
      content: html`<div class="head measure"><h1>Status</h1>
<p class="facts"><span>${trouble === null ? live('this instance takes calls') : html`<strong>${troubleWords(trouble)}</strong>`}</span><span>${measured.length === 0 ? 'no host was asked in the last day' : `${exactCount(measured.length)} endpoints were asked in the last day`}</span><span>${failing === 0 ? 'none of them fails' : html`<strong>${exactCount(failing)} of them fail</strong>`}</span></p>
<p class="lead">Figures are this instance’s own, of its own traffic: what was answered, of all that was asked of a host and was not the caller’s fault. For programs: <a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a>, and <a href="/docs/api#get-models-author-slug-endpoints">endpoints of a model</a>.</p></div>
<div class="measure">${grid({ name: 'status', noun: 'Endpoints', rows: measured, columns: COLUMNS, filters: FILTERS, fields, empty: 'Nothing was asked of any provider in the last day.' }, request.query)}</div>`,
    });
  },
};

const live = (words: string): Html => html`<span class="state live">${words}</span>`;

/** The worst first. */
function measuredOf({ catalog, health }: Gateway): readonly Measured[] {
  const view = health.view();
  const measured: Measured[] = [];
  for (const endpoint of catalog().endpoints.values()) {
    const seen = view.of(endpoint.id);
    if (seen && seen.successLast1d !== null) measured.push({ endpoint, health: seen });
  }
  const worth = ({ health: { success, successLast1d } }: Measured): number => success ?? successLast1d ?? 1;
  return measured.sort((one, other) => worth(one) - worth(other) || one.endpoint.id.localeCompare(other.endpoint.id));
}

/** Behind its peers, or with more failures than answers of late. */
const isFailing = ({ health: { stable, successLast5m, success } }: Measured): boolean =>
  !stable || (successLast5m ?? success ?? 1) < 0.5;

const share = (value: number | null): Html =>
  value === null ? html`<span class="none">–</span>` : html`${percent(value)}`;

const COLUMNS: readonly Column<Measured>[] = [
  {
    key: 'provider',
    label: 'Provider',
    kind: 'text',
    sortBy: ({ endpoint }) => endpoint.provider.name,
    cell: ({ endpoint: { provider } }) =>
      html`<a href="/provider/${encodeURIComponent(provider.slug)}">${provider.name}</a>`,
  },
  {
    key: 'model',
    label: 'Model',
    kind: 'text',
    sortBy: ({ endpoint }) => endpoint.modelId,
    cell: ({ endpoint: { modelId, tag } }) =>
      html`<a href="${pagePath(modelId)}">${modelId}</a><code class="id">${tag}</code>`,
  },
  {
    key: 'state',
    label: 'State',
    kind: 'text',
    sortBy: (one) => (isFailing(one) ? 'a' : 'b'),
    cell: (one) => (isFailing(one) ? html`<strong>fails</strong>` : live('answers')),
  },
  ...(
    [
      ['5m', 'Uptime, 5 min', ({ successLast5m }) => successLast5m],
      ['30m', '30 min', ({ success }) => success],
      ['1d', '1 day', ({ successLast1d }) => successLast1d],
    ] as const satisfies readonly (readonly [string, string, (health: EndpointHealth) => number | null])[]
  ).map(
    ([key, label, of]): Column<Measured> => ({
      key,
      label,
      kind: 'number',
      sortBy: ({ health }) => of(health) ?? 2,
      cell: ({ health }) => share(of(health)),
    }),
  ),
  {
    key: 'latency',
    label: 'Latency, p50',
    kind: 'number',
    sortBy: ({ health }) => health.latencyMs?.p50 ?? Number.MAX_SAFE_INTEGER,
    cell: ({ health }) => (health.latencyMs ? milliseconds(health.latencyMs.p50) : html`<span class="none">–</span>`),
  },
];

const FILTERS = [
  { name: 'q', label: 'Search endpoints', match: 'search', field: 'search' },
  {
    name: 'state',
    label: 'State',
    match: 'word',
    field: 'state',
    options: [
      ['answers', 'answers'],
      ['fails', 'fails'],
    ],
  },
] as const;

const fields = (one: Measured): { readonly [field: string]: string } => ({
  search: `${one.endpoint.provider.name} ${one.endpoint.modelId} ${one.endpoint.tag}`.toLowerCase(),
  state: isFailing(one) ? 'fails' : 'answers',
});
