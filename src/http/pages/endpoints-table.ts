import { formatPrice, type PicoUsd } from '../../base/money.ts';
import type { Endpoint, Model } from '../../catalog/model.ts';
import type { Price, PriceOverride, Rates } from '../../catalog/price.ts';
import { WEEKDAYS } from '../../catalog/price-file.ts';
import type { DataPolicy } from '../../catalog/provider.ts';
import { UNIT_NAMES, UNITS } from '../../catalog/units.ts';
import type { Percentiles } from '../../facts/health.ts';
import { count, exactCount, milliseconds, percent, price, shortCount } from './figures.ts';
import { type Column, grid } from './grid.ts';
import { type Html, html, linkable, type Part } from './html.ts';
import type { Standing } from './standing.ts';
import type { DayOfService, Service } from './traffic.ts';

const NONE = html`<span class="none" title="not known yet">–</span>`;

type Row = Service & { readonly endpoint: Endpoint; readonly standing: Standing | undefined };

type Shown = {
  readonly serviceOf: (endpoint: Endpoint) => Service;
  readonly standingOf: (endpointId: string) => Standing | undefined;
};

/** One line per endpoint, in the order in which calls try them: who serves the model, at what price, how well. */
export function endpointsTable(
  model: Model,
  { serviceOf, standingOf }: Shown,
  query: { readonly [name: string]: string | undefined },
): Html {
  const rows = model.endpoints
    .map((endpoint) => ({ endpoint, standing: standingOf(endpoint.id), ...serviceOf(endpoint) }))
    .sort((a, b) => placeOf(a) - placeOf(b));
  return grid<Row>(
    {
      name: 'endpoints',
      noun: 'Endpoints',
      rows,
      columns: COLUMNS.filter(({ key }) => {
        const rate = SELDOM_RATES.get(key);
        return rate === undefined || rows.some(({ endpoint }) => hasPrice(endpoint, rate));
      }),
      filters: [],
      fields: () => ({}),
      empty: 'No provider serves this model.',
    },
    query,
  );
}

/** A price, and below it what it becomes for long prompts, at other hours, and what it was before a discount. */
function tiered({ price: prices }: Endpoint, member: keyof Rates): Html {
  return html`${price(prices[member])}${changes(prices, member, (value) => price(value))}`;
}

/** The same for what is sold by the piece. */
function apiece({ price: prices }: Endpoint, member: keyof Rates): Html {
  const value = prices[member];
  if (value === undefined) return NONE;
  return html`${each(value)}${changes(prices, member, (dearer) => html`${each(dearer)}`)}`;
}

const each = (value: PicoUsd): string => `$${formatPrice(value)}`;

function changes(prices: Price, member: keyof Rates, words: (value: PicoUsd) => Html): Part {
  const others = prices.overrides.flatMap((override) => {
    const value = override.price[member];
    return value === undefined || value === prices[member] ? [] : [{ condition: conditionWords(override), value }];
  });
  const list = prices.discounted?.list[member];
  const discount = prices.discounted && list !== undefined && list !== prices[member];
  return html`${others.map(({ condition, value }) => html`<small class="tier" title="${condition.title}">${condition.short} ${words(value)}</small>`)}${discount && html`<small class="tier" title="the list price, before a discount of ${percent(prices.discounted?.by ?? 0)}">list ${words(list)}</small>`}`;
}

/** When an override holds, in short and in full. */
export function conditionWords({ minPromptTokens, hours, days, drawn, filmed }: PriceOverride): {
  readonly short: string;
  readonly title: string;
} {
  const short: string[] = [];
  const title: string[] = [];
  if (minPromptTokens >= 0) {
    short.push(`> ${shortCount(minPromptTokens)}`);
    title.push(`for prompts of more than ${exactCount(minPromptTokens)} tokens`);
  }
  if (hours) {
    const span = `${clock(hours.start)}–${clock(hours.end)}`;
    short.push(span);
    title.push(`${span} UTC`);
  }
  if (days) {
    const names = days.map((day) => WEEKDAYS[day]?.slice(0, 3) ?? '').join(' ');
    short.push(names);
    title.push(`on ${names}`);
  }
  if (drawn) {
    const words = Object.values(drawn).join(' ');
    short.push(words);
    title.push(`for pictures of ${words}`);
  }
  if (filmed) {
    const words = [filmed.resolution, filmed.audio && `${filmed.audio} sound`].filter(Boolean).join(' ');
    short.push(words);
    title.push(`for videos of ${words}`);
  }
  return { short: short.join(', '), title: title.join(', ') };
}

const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** Columns that are there only where an endpoint of the model has such a price. */
const SELDOM: readonly {
  readonly key: string;
  readonly label: string;
  readonly rate: keyof Rates;
  readonly cell: (endpoint: Endpoint, rate: keyof Rates) => Html;
}[] = [
  { key: 'write', label: 'Cache write /M', rate: 'inputCacheWrite', cell: tiered },
  { key: 'write-1h', label: 'Cache write, 1 h /M', rate: 'inputCacheWrite1h', cell: tiered },
  { key: 'thought', label: 'Reasoning /M', rate: 'outputReasoning', cell: tiered },
  { key: 'audio', label: 'Audio in /M', rate: 'inputAudio', cell: tiered },
  { key: 'audio-cache', label: 'Audio cache read /M', rate: 'inputAudioCacheRead', cell: tiered },
  { key: 'image', label: 'Images in /M', rate: 'inputImage', cell: tiered },
  { key: 'video', label: 'Video in /M', rate: 'inputVideo', cell: tiered },
  { key: 'spoken', label: 'Audio out /M', rate: 'outputAudio', cell: tiered },
  { key: 'drawn', label: 'Images out /M', rate: 'outputImage', cell: tiered },
  { key: 'filmed', label: 'Video out /M', rate: 'outputVideo', cell: tiered },
  ...UNIT_NAMES.map((rate) => ({ key: UNITS[rate].key, label: UNITS[rate].label, rate, cell: apiece })),
];
const SELDOM_RATES = new Map(SELDOM.map(({ key, rate }) => [key, rate]));
/** Reasoning that costs what the answer does is no news. */
const hasPrice = ({ price: prices }: Endpoint, member: keyof Rates): boolean =>
  prices[member] !== undefined && !(member === 'outputReasoning' && prices.outputReasoning === prices.output);

/** What is not tried comes last. */
const placeOf = ({ standing }: Row): number => standing?.place ?? Number.MAX_SAFE_INTEGER;

const COLUMNS: readonly Column<Row>[] = [
  number('order', 'Tried', placeOf, ({ standing }) =>
    standing?.place == null
      ? html`<span class="none" title="not tried${standing && html`: ${standing.reason}`}">–</span>`
      : html`<span title="${standing.reason}">${standing.place}</span>`,
  ),
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
  ...SELDOM.map(({ key, label, rate, cell }) =>
    number(
      key,
      label,
      ({ endpoint }) => Number(endpoint.price[rate] ?? -1n),
      ({ endpoint }) => cell(endpoint, rate),
    ),
  ),
  number(
    'latency',
    'Latency',
    ({ health }) => health?.latencyMs?.p50 ?? Number.MAX_SAFE_INTEGER,
    ({ health }) => (health?.latencyMs ? quantiles(health.latencyMs, health.latencyMsLast5m, milliseconds) : NONE),
  ),
  number(
    'throughput',
    'Throughput',
    ({ health }) => health?.throughput?.p50 ?? 0,
    ({ health }) =>
      health?.throughput ? quantiles(health.throughput, health.throughputLast5m, tokensPerSecond) : NONE,
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

const tokensPerSecond = (rate: number): string => `${Math.round(rate)} tok/s`;

/** The median of the last half hour; what fewer calls kept to on hover. */
const quantiles = (long: Percentiles, short: Percentiles | null, words: (value: number) => string): Html => {
  const told = ({ p50, p75, p90, p99 }: Percentiles): string =>
    `median ${words(p50)}, p75 ${words(p75)}, p90 ${words(p90)}, p99 ${words(p99)}`;
  const title = `last 30 minutes: ${told(long)}${short ? `; last 5 minutes: ${told(short)}` : ''}`;
  return html`<data value="${long.p50}" title="${title}">${words(long.p50)}</data>`;
};

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
