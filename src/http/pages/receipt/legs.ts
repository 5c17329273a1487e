import type { Leg, Receipt } from '../../../facts/receipt.ts';
import { dollars, milliseconds } from '../figures.ts';
import { type Html, html } from '../html.ts';

/** The steps of a call that took several: answers of its model, and what the gateway did for it between them. */
export const legsOf = ({ legs }: Receipt): Html | false =>
  legs !== undefined &&
  html`<section class="part"><h2>Steps</h2><table class="bill"><thead><tr><th scope="col">Step</th><th scope="col">By</th><th scope="col" class="number">Time</th><th scope="col" class="number">Cost</th></tr></thead>
<tbody>${legs.map(row)}</tbody></table></section>`;

const row = ({ purpose, name, by, endpoint, cost, ms, reason, note }: Leg): Html =>
  html`<tr><td>${purpose === 'answer' ? 'Answer' : html`${purpose} <code>${name ?? ''}</code>`}${reason !== undefined && html`<br>failed: ${reason}`}${note !== undefined && html`<br>${note}`}</td><td>${by ?? endpoint ?? ''}</td><td class="number">${milliseconds(ms)}</td><td class="number">${dollars(cost)}</td></tr>`;
