import type { Endpoint, Model } from '../../catalog/model.ts';
import type { DataPolicy } from '../../catalog/provider.ts';
import type { Percentiles } from '../../facts/health.ts';
import { count, exactCount, milliseconds, percent, price, shortCount } from './figures.ts';
import { type Column, grid } from './grid.ts';
import { type Html, html, linkable } from './html.ts';
import type { DayOfService, Service } from './traffic.ts';

const NONE = html`<span class="none" title="not known yet">–</span>`;

type Row = Service & { readonly endpoint: Endpoint };

/** One line per endpoint: who serves the model, at what price, how well. */
export function endpointsTable(
  model: Model,
  serviceOf: (endpoint: Endpoint) => Service,
  query: { readonly [name: string]: string | undefined },
): Html {
  const rows = model.endpoints.map((endpoint) => ({ endpoint, ...serviceOf(endpoint) }));
  return grid<Row>(
    {
      name: 'endpoints',
      noun: 'Endpoints',
      rows,
      columns: COLUMNS.filter(
        ({ key }) => !(key in SELDOM) || rows.some(({ endpoint }) => hasPrice(endpoint, SELDOM[key])),
      ),
      filters: [],
      fields: () => ({}),
      empty: 'No provider serves this model.',
    },
    query,
  );
}

const COLUMNS: readonly Column<Row>[] = [
  {
    key: 'provider',
    label: 'Provider',
    kind: 'text',
    sortBy: ({ endpoint }) => endpoint.provider.name,
    cell: ({ endpoint, isEnabled }) =>
      html`<a href="/provider/${encodeURIComponent(endpoint.provider.slug)}">${endpoint.provider.name}</a>${isEnabled && html` <span class="state live" title="its key is present: requests can go there now"><span class="unseen">on</span></span>`}<code class="id">${endpoint.tag}</code>`,
  },
  number(
    'context',
    'Context',
    ({ endpoint }) => endpoint.context,
    ({ endpoint }) => count(endpoint.context),
  ),
  number(
    'maximum',
    'Max output',
    ({ endpoint }) => endpoint.maxOutput ?? 0,
    ({ endpoint }) => (endpoint.maxOutput === null ? NONE : count(endpoint.maxOutput)),
  ),
  number(
    'input',
    'Input /M',
    ({ endpoint }) => Number(endpoint.price.input),
    ({ endpoint }) => tiered(endpoint, 'input'),
  ),
  number(
    'output',
    'Output /M',
    ({ endpoint }) => Number(endpoint.price.output),
    ({ endpoint }) => tiered(endpoint, 'output'),
  ),
  number(
    'cache',
    'Cache read /M',
    ({ endpoint }) => Number(endpoint.price.inputCacheRead ?? -1n),
    ({ endpoint }) => tiered(endpoint, 'inputCacheRead'),
  ),
  number(
    'write',
    'Cache write /M',
    ({ endpoint }) => Number(endpoint.price.inputCacheWrite ?? -1n),
    ({ endpoint }) => tiered(endpoint, 'inputCacheWrite'),
  ),
  number(
    'audio',
    'Audio in /M',
    ({ endpoint }) => Number(endpoint.price.inputAudio ?? -1n),
    ({ endpoint }) => tiered(endpoint, 'inputAudio'),
  ),
  number(
    'drawn',
    'Images out /M',
    ({ endpoint }) => Number(endpoint.price.outputImage ?? -1n),
    ({ endpoint }) => tiered(endpoint, 'outputImage'),
  ),
  number(
    'latency',
    'Latency',
    ({ health }) => health?.latencyMs?.p50 ?? Number.MAX_SAFE_INTEGER,
    ({ health }) => (health?.latencyMs ? quantiles(health.latencyMs, milliseconds) : NONE),
  ),
  number(
    'throughput',
    'Throughput',
    ({ health }) => health?.throughput?.p50 ?? 0,
    ({ health }) => (health?.throughput ? quantiles(health.throughput, tokensPerSecond) : NONE),
  ),
  number(
    'uptime',
    'Uptime, 30 days',
    ({ days }) => shareOf(days) ?? -1,
    ({ days }) => uptime(days),
  ),
  { key: 'policy', label: 'Data policy', kind: 'text', cell: ({ endpoint }) => policy(endpoint.provider.policy) },
  {
    key: 'quantisation',
    label: 'Precision',
    kind: 'text',
    sortBy: ({ endpoint }) => endpoint.quantization,
    cell: ({ endpoint }) => (endpoint.quantization === 'unknown' ? NONE : endpoint.quantization),
  },
];

type TokenPrice = 'input' | 'output' | 'inputCacheRead' | 'inputCacheWrite' | 'inputAudio' | 'outputImage';
/** Columns that are there only where an endpoint of the model has such a price. */
const SELDOM: { readonly [key: string]: TokenPrice } = {
  write: 'inputCacheWrite',
  audio: 'inputAudio',
  drawn: 'outputImage',
};
const hasPrice = ({ price: prices }: Endpoint, member: TokenPrice | undefined): boolean =>
  member !== undefined && prices[member] !== undefined;

/** A price, and below it what it becomes for long prompts. */
function tiered({ price: prices }: Endpoint, member: TokenPrice): Html {
  const tiers = prices.overrides.flatMap(({ minPromptTokens, price: dearer }) => {
    const value = dearer[member];
    return value === undefined || value === prices[member] ? [] : [{ above: minPromptTokens, value }];
  });
  return html`${price(prices[member])}${tiers.map(({ above, value }) => html`<small class="tier" title="for prompts of more than ${exactCount(above)} tokens">&gt; ${shortCount(above)} ${price(value)}</small>`)}`;
}

const tokensPerSecond = (rate: number): string => `${Math.round(rate)} tok/s`;

/** The median of the last half hour; the slower tenths on hover. */
const quantiles = ({ p50, p90, p99 }: Percentiles, words: (value: number) => string): Html =>
  html`<data value="${p50}" title="last 30 minutes: median ${words(p50)}, p90 ${words(p90)}, p99 ${words(p99)}">${words(p50)}</data>`;

function number(key: string, label: string, sortBy: (row: Row) => number, cell: Column<Row>['cell']): Column<Row> {
  return { key, label, kind: 'number', sortBy, cell };
}

/** ≥ 95 % is normal, 80–95 % degraded, below that down (spec §3.1). */
const stateOf = (success: number): 'live' | 'degraded' | 'down' =>
  success >= 0.95 ? 'live' : success >= 0.8 ? 'degraded' : 'down';

const shareOf = (days: readonly DayOfService[]): number | null => {
  const requests = days.reduce((sum, day) => sum + day.requests, 0);
  return requests === 0 ? null : 1 - days.reduce((sum, day) => sum + day.errors, 0) / requests;
};

/** Thirty days as one bar each; days without requests are a dot on the line. */
function uptime(days: readonly DayOfService[]): Html {
  const share = shareOf(days);
  const words = share === null ? 'no requests in 30 days' : `${percent(share)} answered in 30 days`;
  const bars = days.map((day, at) => {
    const success = shareOf([day]);
    const height = success === null ? 2 : 14;
    const said = success === null ? 'no requests' : `${percent(success)} of ${day.requests}`;
    return html`<rect class="${success === null ? 'idle' : stateOf(success)}" x="${at * 3}" y="${14 - height}" width="2" height="${height}"><title>${day.day}: ${said}</title></rect>`;
  });
  return html`<svg class="uptime" viewBox="0 0 ${days.length * 3 - 1} 14" width="${days.length * 3 - 1}" height="14" role="img" aria-label="${words}">${bars}</svg> <span>${share === null ? NONE : percent(share)}</span>`;
}

/** What a provider says about prompts, in words. Routing counts silence as the worst; a page must not put it into their mouth. */
export function policyWords(policy: DataPolicy): string {
  const silent = policy.trainingStated === false;
  if (silent && policy.perRequest) return 'as the request asks';
  if (silent && policy.retainsDays === null) return 'not stated';
  const training = silent ? 'training not stated' : policy.trainsOnData ? 'may train on prompts' : 'no training';
  if (policy.retainsDays === null) return training;
  return `${training}, ${policy.retainsDays === 0 ? 'keeps nothing' : `keeps ${policy.retainsDays} days`}`;
}

function policy(value: DataPolicy): Html {
  const href = linkable(value.privacyUrl);
  const words = policyWords(value);
  return href ? html`<a href="${href}" rel="noopener noreferrer nofollow">${words}</a>` : html`${words}`;
}
