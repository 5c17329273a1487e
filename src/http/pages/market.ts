import { dayBefore, dayOf } from '../../base/period.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { tokensOf } from '../../insights/insights.ts';
import { SHAPE_DAYS, type Shape } from '../../insights/performance.ts';
import { count, percent, shortCount } from './figures.ts';
import { type Html, html, type Part } from './html.ts';
import { authorName, displayName, pagePath } from './model-words.ts';
import { SERIES_MAX, seriesChart } from './series-chart.ts';

const ROWS_MAX = 20;

/** Fewer days than these are no chart. */
const CHARTED_DAYS_MIN = 7;

type Day = { readonly day: string; readonly model: string; readonly tokens: number; readonly requests: number };
export type Market = { readonly chart: Html; readonly authors: Html; readonly pictures: Html };

/** What went through models of the catalogue in the last days: by day, by author, and through those that draw. */
export async function marketOf(gateway: Gateway, days: number): Promise<Market> {
  const catalog = gateway.catalog();
  const today = dayOf(gateway.world.now());
  const charted = Math.max(days, CHARTED_DAYS_MIN);
  const from = dayBefore(today, charted - 1);
  const sums = await gateway.insights.sums({ from, to: today, by: ['day', 'model'] });
  const rows = sums
    .filter(({ model }) => catalog.models.get(model)?.sandbox !== true)
    .map((row) => ({ ...row, tokens: Number(tokensOf(row)), requests: Number(row.requests) }));
  const dates = Array.from({ length: charted }, (_, at) => dayBefore(from, -at));
  const since = dayBefore(today, days - 1);
  const recent = rows.filter(({ day }) => day >= since);
  return {
    chart: chartOf(catalog, dates, rows),
    authors: authorsOf(catalog, recent),
    pictures: picturesOf(catalog, recent),
  };
}

const added = (rows: readonly Day[], of: (row: Day) => string, value: (row: Day) => number): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(of(row), (sums.get(of(row)) ?? 0) + value(row));
  return sums;
};

/** Models with the most tokens by name, the others together. */
function chartOf(catalog: Catalog, dates: readonly string[], rows: readonly Day[]): Html {
  const sums = added(
    rows,
    ({ model }) => model,
    ({ tokens }) => tokens,
  );
  const ranked = [...sums].filter(([, tokens]) => tokens > 0).sort(([, a], [, b]) => b - a);
  const isMany = ranked.length > SERIES_MAX;
  const named = (isMany ? ranked.slice(0, SERIES_MAX - 1) : ranked).map(([model]) => model);
  const nameOf = (model: string): string => (named.includes(model) ? model : 'others');
  const at = added(
    rows,
    ({ day, model }) => `${day} ${nameOf(model)}`,
    ({ tokens }) => tokens,
  );
  return seriesChart({
    title: 'Tokens per day by model',
    marks: dates.map((date) => ({ short: date.slice(5), long: date })),
    series: [...named, ...(isMany ? ['others'] : [])].map((name) => {
      const model = catalog.models.get(name);
      return { name: model ? displayName(model) : name, values: dates.map((date) => at.get(`${date} ${name}`) ?? 0) };
    }),
    kind: 'stack',
    words: shortCount,
  });
}

type Line = { readonly name: Part; readonly value: number; readonly beside?: Part };

/** Parts of one whole in the order given, each with its share as a number and as a bar. */
function shares(caption: string, head: readonly [string, string, string?], given: readonly Line[]): Html {
  const lines = given.filter(({ value }) => value > 0);
  const whole = lines.reduce((sum, { value }) => sum + value, 0);
  if (whole === 0) return html`<p class="empty">Nothing in this time.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="market"><caption class="unseen">${caption}</caption><thead><tr><th scope="col">${head[0]}</th><th scope="col" class="number">${head[1]}</th>${head[2] && html`<th scope="col" class="number">${head[2]}</th>`}<th scope="col" class="number">Share</th><td></td></tr></thead><tbody>${lines
    .slice(0, ROWS_MAX)
    .map(
      ({ name, value, beside }) =>
        html`<tr><th scope="row">${name}</th><td class="number">${count(value)}</td>${head[2] && html`<td class="number">${beside}</td>`}<td class="number"><data value="${value / whole}">${percent(value / whole)}</data></td><td><svg class="share" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true"><rect class="whole" width="100" height="3"/><rect width="${Math.round((1000 * value) / whole) / 10}" height="3"/></svg></td></tr>`,
    )}</tbody></table></div>`;
}

const byValue = (a: Line, b: Line): number => b.value - a.value;

function authorsOf(catalog: Catalog, rows: readonly Day[]): Html {
  const known = rows.filter(({ model }) => catalog.models.has(model));
  const authorOf = ({ model }: Day): string => catalog.models.get(model)?.author ?? '';
  const tokens = added(known, authorOf, (row) => row.tokens);
  const requests = added(known, authorOf, (row) => row.requests);
  const names = new Map([...catalog.models.values()].map((model) => [model.author, authorName(model)]));
  const lines = [...tokens]
    .filter(([, value]) => value > 0)
    .map(
      ([author, value]): Line => ({
        name: html`<a href="/${encodeURIComponent(author)}">${names.get(author) ?? author}</a>`,
        value,
        beside: count(requests.get(author) ?? 0),
      }),
    );
  return shares('Authors by tokens', ['Author', 'Tokens', 'Requests'], lines.sort(byValue));
}

function picturesOf(catalog: Catalog, rows: readonly Day[]): Html {
  const drawing = rows.filter(({ model }) => catalog.models.get(model)?.output.includes('image'));
  const requests = added(
    drawing,
    ({ model }) => model,
    (row) => row.requests,
  );
  const lines = [...requests]
    .filter(([, value]) => value > 0)
    .map(([model, value]) => ({ name: linkTo(catalog, model), value }));
  return shares('Models that draw, by requests', ['Model', 'Requests'], lines.sort(byValue));
}

function linkTo({ models }: Catalog, id: string): Part {
  const model = models.get(id);
  return model ? html`<a href="${pagePath(model.id)}">${displayName(model)}</a>` : html`<code>${id}</code>`;
}

const REACHES = [
  ['1K', 'up to 1,000 tokens'],
  ['10K', 'up to 10,000'],
  ['100K', 'up to 100,000'],
  ['1M', 'up to a million'],
  ['10M', 'more'],
] as const;

/** How far conversations reached, and which models called tools: what only the hours of the last days tell. */
export function shapesOf(catalog: Catalog, shapes: readonly Shape[]): Html {
  const meant = shapes.filter(({ model }) => catalog.models.get(model)?.sandbox !== true);
  const reaches = REACHES.map(([context, words]): Line => {
    const own = meant.filter((one) => one.context === context);
    return {
      name: words,
      value: own.reduce((sum, one) => sum + one.requests, 0),
      beside: count(own.reduce((sum, one) => sum + one.tokens, 0)),
    };
  });
  const callers = new Map<string, { calls: number; all: number }>();
  for (const { model, finish, requests: calls } of meant) {
    const own = callers.get(model) ?? { calls: 0, all: 0 };
    callers.set(model, own);
    own.all += calls;
    if (finish === 'tool_calls') own.calls += calls;
  }
  const called = [...callers].filter(([, { calls }]) => calls > 0);
  const tools = called.map(
    ([model, own]): Line => ({
      name: linkTo(catalog, model),
      value: own.calls,
      beside: html`<data value="${own.calls / own.all}">${percent(own.calls / own.all)}</data>`,
    }),
  );
  return html`<section class="part"><h2>Context length <small>last ${SHAPE_DAYS} days</small></h2>
<p class="lead">Requests by the tokens of their prompt and answer together.</p>${shares(
    'Requests by context length',
    ['Context', 'Requests', 'Tokens'],
    reaches,
  )}</section>
<section class="part"><h2>Tool calls <small>last ${SHAPE_DAYS} days</small></h2>
<p class="lead">Answers that ended in calls of the caller's tools, by model.</p>${shares('Models by tool calls', ['Model', 'Answers', 'Of its answers'], tools.sort(byValue))}</section>`;
}
