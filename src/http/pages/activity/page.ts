import { may } from '../../../access/may.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { Route, RouteRequest } from '../../route.ts';
import { about, exactCount, milliseconds, percent, perSecond, shortCount } from '../figures.ts';
import { type Html, html, type Part } from '../html.ts';
import { page } from '../layout.ts';
import { displayName } from '../model-words.ts';
import { notFound } from '../not-found.ts';
import { type Names, namesFor } from '../requests/names.ts';
import { seriesChart } from '../series-chart.ts';
import {
  type Asked,
  askedBy,
  GROUP_NAMES,
  GROUPS,
  type GroupName,
  SHOWN,
  type Shown,
  WINDOWS,
  type WindowName,
} from './asked.ts';
import { type Figures, figuresOf, type GroupFigures, isStacked, seriesOf, stepsOf } from './figures.ts';

/** What the account spent, asked, was answered and had fail, over time, told apart by what the URL says. */
export const activityRoute: Route = {
  method: 'GET',
  path: '/activity',
  auth: 'none',
  handle: async (request, gateway) => {
    const { caller } = request;
    if (!may(caller, 'look') || caller === null)
      return notFound(request, { message: 'Activity is shown to its owner. Sign in first.', list: '/sign-in' });
    const asked = askedBy(caller, request.query, gateway.world.now());
    const names = await namesFor(gateway, caller);
    const nameOf = namer(gateway, names);
    const { accountId } = caller;
    const [figures, series] = await Promise.all([
      figuresOf(gateway, accountId, asked),
      seriesOf(gateway, accountId, asked, (id) => nameOf(asked.by, id)),
    ]);
    return page(request, '/activity', {
      title: 'Activity',
      description: 'Spend, requests, tokens, errors and speed of this account over time.',
      section: 'activity',
      content: html`<div class="head measure"><h1>Activity</h1><p class="facts"><span>of the last ${WINDOWS[asked.window].label}, beside as long a time before</span><span>times are UTC</span>${!may(caller, 'read-spending') && html`<span>your own requests</span>`}</p></div>
${tabs(request, asked)}
<div class="measure">${narrowed(request, asked, { nameOf, caller })}
${totals(figures.total)}
<section class="part">${choices(request, asked)}${seriesChart({
        title: isStacked(asked.shown)
          ? `${SHOWN[asked.shown]} by ${GROUPS[asked.by].label.toLowerCase()}`
          : SHOWN[asked.shown],
        marks: stepsOf(asked).map((at) => markOf(at, asked.window)),
        series,
        kind: isStacked(asked.shown) ? 'stack' : 'lines',
        words: WORDS[asked.shown],
      })}</section>
<section class="part"><h2>By ${GROUPS[asked.by].label.toLowerCase()}</h2>${table(request, asked, figures.groups, nameOf)}
${figures.count > figures.groups.length && html`<p class="none">The ${exactCount(figures.groups.length)} that spent most, of ${exactCount(figures.count)}.</p>`}
<p class="pager"><a href="${pathWith('/activity.csv', request, {})}" download>Every step and group as CSV</a></p></section></div>`,
    });
  },
};

const WORDS: { readonly [S in Shown]: (value: number) => string } = {
  spend: about,
  requests: shortCount,
  tokens: shortCount,
  errors: shortCount,
  latency: milliseconds,
  throughput: perSecond,
};

/** The same page with something of its URL changed. */
export function pathWith(
  path: string,
  { query }: Pick<RouteRequest, 'query'>,
  change: { readonly [name: string]: string | null },
): string {
  const kept = Object.entries(query).filter(([name]) => ['window', 'show', 'by', ...GROUP_NAMES].includes(name));
  const next = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...Object.fromEntries(kept), ...change }))
    if (value) next.set(name, value);
  const text = next.toString();
  return text === '' ? path : `${path}?${text}`;
}

export type NameOf = (by: GroupName, id: string) => string;

export function namer(gateway: Gateway, { keyName, workspaceName }: Names): NameOf {
  const { models, providers } = gateway.catalog();
  return (by, id) => {
    if (id === '') return by === 'key' ? 'Console' : by === 'provider' ? 'answered by none' : 'not named';
    if (by === 'key') return keyName(id);
    if (by === 'workspace') return workspaceName(id);
    if (by === 'provider') return providers.get(id)?.name ?? id;
    const model = by === 'model' ? models.get(id) : undefined;
    return model ? displayName(model) : id;
  };
}

function markOf(at: number, window: WindowName): { readonly short: string; readonly long: string } {
  const text = new Date(at).toISOString();
  if (window === 'day')
    return { short: `${text.slice(11, 13)}:00`, long: `${text.slice(0, 10)} ${text.slice(11, 13)}:00` };
  return { short: text.slice(5, 10), long: window === 'year' ? `week of ${text.slice(0, 10)}` : text.slice(0, 10) };
}

const tabs = (request: RouteRequest, asked: Asked): Html =>
  html`<nav class="tabs" aria-label="Time"><div class="measure">${(Object.keys(WINDOWS) as WindowName[]).map(
    (window) =>
      html`<a href="${pathWith('/activity', request, { window })}"${window === asked.window && html` aria-current="page"`}>${WINDOWS[window].label}</a>`,
  )}</div></nav>`;

function choices(request: RouteRequest, asked: Asked): Html {
  const links = <T extends string>(
    name: string,
    label: string,
    options: readonly (readonly [T, string])[],
    chosen: T,
  ): Html =>
    html`<nav class="choices" aria-label="${label}">${options.map(
      ([value, word]) =>
        html`<a href="${pathWith('/activity', request, { [name]: value })}"${value === chosen && html` aria-current="true"`}>${word}</a>`,
    )}</nav>`;
  const groups = GROUP_NAMES.map((name) => [name, GROUPS[name].label] as const);
  return html`${links('show', 'Figure', Object.entries(SHOWN) as [Shown, string][], asked.shown)}${links('by', 'Told apart by', groups, asked.by)}`;
}

type Seen = { readonly nameOf: NameOf; readonly caller: Principal };
/** What the page is narrowed to, each with a way out. */
function narrowed(request: RouteRequest, { only }: Asked, { nameOf, caller }: Seen): Part {
  const shown = GROUP_NAMES.filter(
    (name) => only[name] !== undefined && (name !== 'key' || may(caller, 'read-spending')),
  );
  if (shown.length === 0) return null;
  return html`<p class="narrowed">${shown.map((name) => html`<span>${GROUPS[name].label}: ${nameOf(name, only[name] ?? '')} <a href="${pathWith('/activity', request, { [name]: null })}" aria-label="Without this ${GROUPS[name].label.toLowerCase()}">remove</a></span>`)}</p>`;
}

function totals(total: { readonly now: Figures; readonly before: Figures | null } | null): Part {
  if (!total) return html`<p class="empty">Nothing was asked in this time.</p>`;
  const { now, before } = total;
  const tokens = (figures: Figures | null): number | null =>
    figures && (figures.tokens_prompt ?? 0) + (figures.tokens_completion ?? 0);
  const entries: readonly (readonly [string, number | null, number | null, (value: number) => string])[] = [
    ['Spend', now.total_usage, before?.total_usage ?? null, about],
    ['Requests', now.request_count, before?.request_count ?? null, exactCount],
    ['Tokens', tokens(now), tokens(before), shortCount],
    ['Errors', now.error_count, before?.error_count ?? null, exactCount],
    ['Latency, median', now.p50_latency, before?.p50_latency ?? null, milliseconds],
    ['Latency, p95', now.p95_latency, before?.p95_latency ?? null, milliseconds],
  ];
  return html`<dl class="totals">${entries.map(([term, value, earlier, words]) => html`<div><dt>${term}</dt><dd>${value === null ? '–' : words(value)} ${change(value, earlier)}</dd></div>`)}</dl>`;
}

/** Against the time before; nothing where there is nothing to compare with. */
function change(now: number | null, before: number | null): Part {
  if (now === null || !before) return null;
  const rounded = Math.round(((now - before) / before) * 100);
  return html`<small title="compared with the time before">${rounded > 0 ? '+' : rounded < 0 ? '−' : '±'}${exactCount(Math.abs(rounded))}%</small>`;
}

function table(request: RouteRequest, asked: Asked, groups: readonly GroupFigures[], nameOf: NameOf): Html {
  if (groups.length === 0) return html`<p class="empty">Nothing in this time.</p>`;
  const { by, window } = asked;
  const number = (value: number | null, words: (value: number) => string): Html =>
    html`<td class="number">${value === null ? html`<span class="none">–</span>` : html`<data value="${value}">${words(value)}</data>`}</td>`;
  const requestsOf = (id: string): string => {
    const known = Object.entries(asked.only).map(([name, value]) => [GROUPS[name as GroupName].request, value ?? '']);
    const query = new URLSearchParams([
      ...known,
      [GROUPS[by].request, id],
      ['from', new Date(asked.from).toISOString().slice(0, 16)],
    ]);
    return `/requests?${query.toString()}`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="By ${GROUPS[by].label.toLowerCase()}"><table class="requests"><thead><tr><th scope="col">${GROUPS[by].label}</th><th scope="col" class="number">Spend</th><th scope="col" class="number wide">Change</th><th scope="col" class="number">Requests</th><th scope="col" class="number wide">Prompt</th><th scope="col" class="number wide">Completion</th><th scope="col" class="number wide">Errors</th><th scope="col" class="number wide">Latency, p50</th><th scope="col" class="number wide">p95</th><th scope="col" class="number wide">Throughput</th></tr></thead><tbody>${groups.map(
    ({
      id,
      now,
      spentBefore,
    }) => html`<tr><th scope="row">${id === '' ? nameOf(by, id) : html`<a href="${pathWith('/activity', request, { [by]: id, by: by === 'model' ? 'provider' : 'model', window })}">${nameOf(by, id)}</a>`}</th>
${number(now.total_usage, about)}<td class="number wide">${change(now.total_usage, spentBefore)}</td><td class="number">${id === '' ? exactCount(now.request_count ?? 0) : html`<a href="${requestsOf(id)}">${exactCount(now.request_count ?? 0)}</a>`}</td>
${wide(number(now.tokens_prompt, shortCount))}${wide(number(now.tokens_completion, shortCount))}<td class="number wide">${errorsOf(now)}</td>${wide(number(now.p50_latency, milliseconds))}${wide(number(now.p95_latency, milliseconds))}${wide(number(now.avg_throughput, perSecond))}</tr>
`,
  )}</tbody></table></div>`;
}

const wide = ({ markup }: Html): Html => ({ markup: markup.replace('class="number"', 'class="number wide"') });

const errorsOf = ({ error_count: errors, request_count: requests }: Figures): Part =>
  errors && requests
    ? html`<span title="${percent(errors / requests)} of the requests">${exactCount(errors)}</span>`
    : html`<span class="none">–</span>`;
