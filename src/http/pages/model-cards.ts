import type { Model } from '../../catalog/model.ts';
import { perMillion, shortCount } from './figures.ts';
import { type Html, html } from './html.ts';
import { lowestPrice, pagePath } from './model-words.ts';

/** A few models at a glance. Variants may share a name, so each shows its slug. */
export function modelCards(models: readonly Model[], nameOf: (model: Model) => string): Html {
  return html`<ul class="cards">${models.map(
    (model) =>
      html`<li><a href="${pagePath(model.id)}">${nameOf(model)}</a><code>${model.id}</code><span>${shortCount(model.context)} context, ${priceOf(model)}</span></li>`,
  )}</ul>`;
}

function priceOf(model: Model): string {
  const lowest = lowestPrice(model);
  if (!lowest) return 'no provider';
  return lowest.input === 0n && lowest.output === 0n
    ? 'free'
    : `${perMillion(lowest.input)} in, ${perMillion(lowest.output)} out`;
}
