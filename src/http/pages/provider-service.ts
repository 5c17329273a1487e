import { dayBefore, dayOf } from '../../base/period.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { tokensOf } from '../../insights/insights.ts';
import { exactCount, milliseconds, percent, shortCount } from './figures.ts';
import { type Html, html } from './html.ts';
import { seriesChart } from './series-chart.ts';
import { WINDOWS } from './traffic.ts';

/** How a provider has served this instance in the last thirty days: how much, how well, how fast. */
export async function providerService(
  { insights, world }: Pick<Gateway, 'insights' | 'world'>,
  provider: string,
): Promise<Html> {
  const today = dayOf(world.now());
  const days = Array.from({ length: WINDOWS.month }, (_, at) => dayBefore(today, WINDOWS.month - 1 - at));
  const rows = await insights.sums({ from: days[0] ?? today, to: today, by: ['day'], where: { provider } });
  const found = new Map(rows.map((row) => [row.day, row]));
  const answered = days.map((day) => Number(found.get(day)?.requests ?? 0n));
  const failed = days.map((day) => Number(found.get(day)?.errors ?? 0n));
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  const [requests, errors] = [sum(answered), sum(failed)];
  if (requests + errors === 0) return html`<p class="empty">Nothing was sent there in the last 30 days.</p>`;
  const tokens = sum(rows.map((row) => Number(tokensOf(row))));
  const latency = sum(rows.map(({ latencyMs }) => Number(latencyMs)));
  return html`<p class="facts"><span>${percent(requests / (requests + errors))} answered in 30 days</span><span>${exactCount(requests)} requests</span><span>${exactCount(errors)} failed attempts</span><span>${shortCount(tokens)} tokens</span>${requests > 0 && html`<span>${milliseconds(latency / requests)} a request</span>`}</p>
${seriesChart({
  title: 'Attempts per day',
  marks: days.map((day) => ({ short: day.slice(5), long: day })),
  series: [
    { name: 'answered', values: answered },
    { name: 'failed', values: failed },
  ],
  kind: 'stack',
  words: shortCount,
})}`;
}
