import { exactCount, shortCount } from './figures.ts';
import { type Html, html } from './html.ts';
import type { DayOfUse } from './traffic.ts';

const WIDTH = 720;
const HEIGHT = 120;

/** Tokens per day as bars, prompt below and completion above, with the same figures as a table. */
export function useChart(title: string, days: readonly DayOfUse[]): Html {
  const used = days.some((day) => day.prompt + day.completion > 0);
  if (!used) return html`<p class="empty">Nothing answered yet. Figures appear with the first answer.</p>`;
  const most = Math.max(...days.map((day) => day.prompt + day.completion));
  const step = WIDTH / days.length;
  const scale = (tokens: number): number => Math.round((tokens / most) * HEIGHT * 10) / 10;
  const bars = days.map((day, at) => {
    const prompt = scale(day.prompt);
    const completion = scale(day.completion);
    const x = Math.round(at * step * 10) / 10;
    const width = Math.max(1, Math.round((step - 2) * 10) / 10);
    return html`<g><title>${day.day}: ${exactCount(day.prompt)} prompt, ${exactCount(day.completion)} completion, ${exactCount(day.requests)} requests</title><rect class="reach" x="${x}" y="0" width="${step}" height="${HEIGHT}"/><rect class="prompt" x="${x}" y="${HEIGHT - prompt}" width="${width}" height="${prompt}"/><rect class="completion" x="${x}" y="${HEIGHT - prompt - completion}" width="${width}" height="${completion}"/></g>`;
  });
  return html`<figure class="chart">
<figcaption>${title} <span class="key prompt">prompt</span> <span class="key completion">completion</span> <span class="most">highest ${shortCount(most)}</span></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${title}: ${describe(days)}">${bars}</svg>
<p class="span"><span>${days[0]?.day}</span><span>${days.at(-1)?.day}</span></p>
<details><summary>As a table</summary><table><thead><tr><th scope="col">Day</th><th scope="col" class="number">Prompt</th><th scope="col" class="number">Completion</th><th scope="col" class="number">Requests</th></tr></thead><tbody>${days.map(
    (day) =>
      html`<tr><td>${day.day}</td><td class="number">${exactCount(day.prompt)}</td><td class="number">${exactCount(day.completion)}</td><td class="number">${exactCount(day.requests)}</td></tr>`,
  )}</tbody></table></details>
</figure>`;
}

function describe(days: readonly DayOfUse[]): string {
  const total = days.reduce((sum, day) => sum + day.prompt + day.completion, 0);
  return `${shortCount(total)} tokens in ${days.length} days, ${shortCount(days.at(-1)?.prompt ?? 0)} prompt tokens on the last one`;
}
