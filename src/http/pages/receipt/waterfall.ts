import type { Attempt } from '../../../facts/attempt.ts';
import type { Receipt } from '../../../facts/receipt.ts';
import { ticksTo } from '../axis.ts';
import { milliseconds } from '../figures.ts';
import { type Html, html } from '../html.ts';

/** Units of the drawing across; it is stretched to the width there is. */
const WIDTH = 1000;
const HEIGHT = 14;
const TICKS = 5;

type Stage = 'gateway' | 'wait' | 'begin' | 'answer' | 'failed';
type Span = { readonly stage: Stage; readonly from: number; readonly to: number };
type Row = { readonly name: string; readonly outcome: string; readonly spans: readonly Span[] };

const WORDS: { readonly [S in Stage]: string } = {
  gateway: 'in the gateway',
  wait: 'connecting and waiting for the first byte',
  begin: 'from the first byte to the first content',
  answer: 'the answer',
  failed: 'until it failed',
};

/** Where the time of a call went: the gateway's part and every attempt on one axis, in milliseconds from its arrival. */
export function waterfall(receipt: Receipt): Html {
  const rows = rowsOf(receipt);
  const ends = rows.flatMap(({ spans }) => spans.map(({ to }) => to));
  const ticks = ticksTo(Math.max(receipt.totalMs, 1, ...ends), TICKS);
  const span = ticks.at(-1) ?? 1;
  const stages = (Object.keys(WORDS) as Stage[]).filter((stage) =>
    rows.some(({ spans }) => spans.some((each) => each.stage === stage)),
  );
  return html`<figure class="waterfall"><figcaption>${stages.map((stage) => html`<span class="key ${stage}">${WORDS[stage]}</span>`)}</figcaption>
${rows.map((row) => bar(row, span))}
<div class="row axis" aria-hidden="true"><span></span><span class="ticks">${ticks.map((tick) => html`<span>${milliseconds(tick)}</span>`)}</span></div></figure>`;
}

function rowsOf(receipt: Receipt): readonly Row[] {
  const attempts = receipt.attempts.map((attempt) => attemptRow(attempt, receipt));
  const busy = attempts.flatMap(({ spans }) => spans);
  return [{ name: 'Gateway', outcome: '', spans: gapsBetween(busy, receipt.totalMs) }, ...attempts];
}

function attemptRow(attempt: Attempt, { createdAt, totalMs }: Receipt): Row {
  const { endpoint, startedAt, headersMs, firstContentMs, outcome, fault } = attempt;
  const from = Math.min(Math.max(startedAt - createdAt, 0), totalMs);
  const end = from + attempt.totalMs;
  const headers = headersMs === null ? null : from + headersMs;
  const content = firstContentMs === null ? null : from + firstContentMs;
  const last: Stage = outcome === 'failed' ? 'failed' : content === null ? 'wait' : 'answer';
  const spans: readonly Span[] = [
    ...(headers === null ? [] : [{ stage: 'wait', from, to: headers } as const]),
    ...(content === null ? [] : [{ stage: 'begin', from: headers ?? from, to: content } as const]),
    { stage: last, from: content ?? headers ?? from, to: end },
  ];
  return { name: endpoint, outcome: fault?.code ?? outcome, spans: spans.filter(({ from, to }) => to > from) };
}

/** When nobody was being asked: planning, setting money aside, waiting between attempts, storing the receipt. */
function gapsBetween(busy: readonly Span[], totalMs: number): readonly Span[] {
  const gaps: Span[] = [];
  let at = 0;
  for (const { from, to } of [...busy].sort((a, b) => a.from - b.from)) {
    if (from > at) gaps.push({ stage: 'gateway', from: at, to: from });
    at = Math.max(at, to);
  }
  if (totalMs > at) gaps.push({ stage: 'gateway', from: at, to: totalMs });
  return gaps;
}

function bar({ name, outcome, spans }: Row, whole: number): Html {
  const x = (ms: number): number => Math.round((ms / whole) * WIDTH * 10) / 10;
  const words = spans.map(
    ({ stage, from, to }) => `${WORDS[stage]}: ${milliseconds(to - from)} from ${milliseconds(from)} on`,
  );
  return html`<div class="row"><span class="name"><code>${name}</code>${outcome && html` <small>${outcome}</small>`}</span><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${name}: ${words.length > 0 ? words.join('; ') : 'no time at all'}">${spans.map(
    ({ stage, from, to }, at) =>
      html`<rect class="${stage}" x="${x(from)}" y="2" width="${Math.max(1, x(to) - x(from))}" height="${HEIGHT - 4}"><title>${words[at]}</title></rect>`,
  )}</svg></div>`;
}
