import { ticksTo } from './axis.ts';
import { type Html, html } from './html.ts';

/** One named row of values, one for each mark of the axis; null = there is none there. */
export type Series = { readonly name: string; readonly values: readonly (number | null)[] };

export type Chart = {
  readonly title: string;
  /** What the marks along the time axis are called, in short and in full. */
  readonly marks: readonly { readonly short: string; readonly long: string }[];
  readonly series: readonly Series[];
  /** `stack`: parts of one whole; `lines`: values that cannot be added. */
  readonly kind: 'stack' | 'lines';
  readonly words: (value: number) => string;
};

const WIDTH = 720;
const HEIGHT = 180;
const TICKS = 4;
/** Colours that there are; the stylesheet names them. */
export const SERIES_MAX = 7;

/**
 * Values over time with an axis, a legend and the same figures as a table, drawn by the server: nothing moves when it
 * comes, and whoever cannot see it reads the table.
 */
export function seriesChart(chart: Chart): Html {
  const { title, marks, series, kind, words } = chart;
  const totals = marks.map((_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0));
  const most =
    kind === 'stack'
      ? Math.max(...totals)
      : Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
  if (!(most > 0)) return html`<p class="empty">Nothing in this time.</p>`;
  const ticks = ticksTo(most, TICKS);
  const top = ticks.at(-1) ?? 1;
  const y = (value: number): number => Math.round((1 - value / top) * HEIGHT * 10) / 10;
  const step = WIDTH / marks.length;
  const lines = ticks.map((tick) => html`<line class="rule" x1="0" x2="${WIDTH}" y1="${y(tick)}" y2="${y(tick)}"/>`);
  const columns = marks.map((mark, at) => {
    const told = [...series].filter(({ values }) => values[at] !== null && values[at] !== 0);
    const said = told.map(({ name, values }) => `${name} ${words(values[at] ?? 0)}`).join(', ');
    return html`<g data-mark="${mark.long}: ${said || 'nothing'}"><title>${mark.long}: ${said || 'nothing'}</title><rect class="reach" x="${round(at * step)}" y="0" width="${round(step)}" height="${HEIGHT}"/>${kind === 'stack' && stackAt(series, at, { x: at * step, step, y })}</g>`;
  });
  return html`<figure class="chart series" data-chart>
<figcaption>${title}${series.map(({ name }, at) => html`<span class="key s${at + 1}">${name}</span>`)}</figcaption>
<p class="readout" data-readout aria-hidden="true">&#160;</p>
<div class="plot"><span class="ticks" aria-hidden="true">${[...ticks].reverse().map((tick) => html`<span>${words(tick)}</span>`)}</span>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${title}, ${marks[0]?.long} to ${marks.at(-1)?.long}: highest ${words(most)}. The table below has every figure.">${lines}${columns}${kind === 'lines' && series.map((each, at) => lineOf(each, at, { step, y }))}</svg>
<span class="marks" aria-hidden="true">${shortly(marks)}</span></div>
<details><summary>As a table</summary><div class="scroll" tabindex="0" role="region" aria-label="${title}, as a table"><table><thead><tr><th scope="col">Time, UTC</th>${series.map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead><tbody>${marks.map(
    (mark, at) =>
      html`<tr><th scope="row">${mark.long}</th>${series.map(({ values }) => html`<td class="number">${values[at] === null || values[at] === undefined ? '–' : words(values[at])}</td>`)}</tr>`,
  )}</tbody></table></div></details>
</figure>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

type Place = { readonly x: number; readonly step: number; readonly y: (value: number) => number };

function stackAt(series: readonly Series[], at: number, { x, step, y }: Place): readonly Html[] {
  const width = round(Math.max(1, step - Math.min(3, step / 4)));
  let below = 0;
  return series.flatMap(({ values }, index) => {
    const value = values[at] ?? 0;
    if (value <= 0) return [];
    const from = below;
    below += value;
    return [
      html`<rect class="s${index + 1}" x="${round(x)}" y="${y(below)}" width="${width}" height="${round(Math.max(0.5, y(from) - y(below)))}"/>`,
    ];
  });
}

/** Pieces of a line; where nothing is known it is broken off. */
function lineOf({ values }: Series, index: number, { step, y }: Omit<Place, 'x'>): Html {
  let path = '';
  let isDown = false;
  values.forEach((value, at) => {
    if (value === null) {
      isDown = false;
      return;
    }
    const x = round((at + 0.5) * step);
    // A point by itself would not be seen.
    const isAlone = !isDown && values[at + 1] == null;
    path += isAlone ? `M${round(x - 2)} ${y(value)}H${round(x + 2)}` : `${isDown ? 'L' : 'M'}${x} ${y(value)}`;
    isDown = !isAlone;
  });
  return html`<path class="line s${index + 1}" d="${path}"/>`;
}

/** The first, the last and some between. */
function shortly(marks: Chart['marks']): readonly Html[] {
  const wanted = Math.min(marks.length, 5);
  const places = Array.from({ length: wanted }, (_, at) =>
    Math.round((at * (marks.length - 1)) / Math.max(1, wanted - 1)),
  );
  return [...new Set(places)].map((at) => html`<span>${marks[at]?.short}</span>`);
}
