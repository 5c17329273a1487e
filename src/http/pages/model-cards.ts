import type { Model } from '../../catalog/model.ts';
import type { Offer, Offers } from '../../router/offer.ts';
import { perMillion, perUnit, shortCount } from './figures.ts';
import { type Html, html } from './html.ts';
import { pagePath } from './model-words.ts';

/** A few models at a glance. Variants may share a name, so each shows its slug. */
export function modelCards(models: readonly Model[], offers: Offers, nameOf: (model: Model) => string): Html {
  return html`<ul class="cards">${models.map(
    (model) =>
      html`<li><a href="${pagePath(model.id)}">${nameOf(model)}</a><code>${model.id}</code><span>${shortCount(model.context)} context, ${cardPrice(model, offers)}</span></li>`,
  )}</ul>`;
}

/** What a call from here costs, in few words. */
export const cardPrice = (model: Model, offers: Offers): string =>
  model.router ? 'priced as the model chosen' : priceOf(offers(model));

function priceOf(offer: Offer | null): string {
  if (!offer) return 'no provider';
  const { price } = offer.endpoint;
  const apiece = perUnit(price);
  if (apiece) return apiece;
  return price.input === 0n && price.output === 0n
    ? 'free'
    : `${perMillion(price.input)} in, ${perMillion(price.output)} out`;
}
